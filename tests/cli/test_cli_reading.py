"""Commands that read, on a watch that is under way."""

import subprocess

import pytest
from cli_world import TIMEOUT_S

READING = ["status", "metrics curator", "alerts", "why public", "history"]


def test_the_worst_state_is_the_exit_code(watched):
    assert watched.run("status").code == 2
    assert watched.run("status", "curator").code == 0
    assert watched.run("status", "public").code == 2


@pytest.mark.parametrize("said", READING)
def test_data_is_on_standard_output_and_nothing_else_is(watched, said):
    done = watched.run(*said.split())
    assert done.out
    assert done.err == ""
    assert "\x1b" not in done.out


@pytest.mark.parametrize("said", READING)
def test_each_answers_as_json_too(watched, said):
    read = watched.run(*said.split(), "--json").data
    assert read["engine"]["watching"] is True
    assert read["exit_code"] == watched.run(*said.split()).code


def test_free_text_is_the_same_as_the_command(watched):
    spoken = watched.run("run", "montre moi les alertes", "--json").data
    assert spoken["alerts"] == watched.run("alerts", "--json").data["alerts"]
    assert spoken["open"] == 1


def test_times_are_told_in_the_zone_of_the_configuration(watched):
    assert "Europe/Paris" in watched.run("history").out


def test_a_usage_error_goes_to_standard_error_with_what_to_type(watched):
    done = watched.run("metrics", "curatr")
    assert done.code == 64
    assert done.out == ""
    assert "metrics curator" in done.err


def test_errors_are_json_on_standard_output_where_json_was_asked_for(watched):
    read = watched.run("why", "nobody", "--json").data
    assert set(read) == {"error", "hint", "exit_code"}
    assert watched.run("--bogus", "--json").data["exit_code"] == 64


def test_help_keys_lists_the_ids_that_the_configuration_takes(watched):
    assert "probe.now" in watched.run("help", "keys").out


def test_a_closed_pipe_is_no_error_worth_a_word(watched):
    writer = subprocess.Popen(
        watched.command("help"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    assert writer.stderr.read() == ""
    writer.stderr.close()
    writer.wait(TIMEOUT_S)


def test_a_terminal_without_the_signs_still_gets_the_words(watched):
    done = watched.run("status", PYTHONIOENCODING="ascii")
    assert "DOWN" in done.out
    assert done.out.isascii()


def test_without_an_engine_reading_goes_on_and_says_so(shell, web):
    shell.run("init", web)
    shell.run("probe")
    assert shell.run("status").code == 0
    assert shell.run("stop").code == 0
    assert "No engine is watching" in shell.run("status").out
    read = shell.run("status", "--json").data
    assert read["engine"]["watching"] is False
    assert read["exit_code"] == 1
