"""Setting up, looking after the store, and running the engine."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

from cli_world import TIMEOUT_S

import sentinel_tui


def test_the_version_is_told_by_both_ways(shell):
    assert shell.run("--version").out == f"sentinel {sentinel_tui.__version__}\n"


def test_init_writes_a_file_that_only_its_owner_reads_and_that_is_right(shell):
    done = shell.run("init", "https://curator.example.com/health", "public.example.com")
    assert done.code == 0
    assert done.out == f"{shell.config}\n"
    assert stat.S_IMODE(shell.config.stat().st_mode) == 0o600
    checked = shell.run("config", "check")
    assert checked.code == 0
    assert "is right" in checked.out
    assert 'id = "curator"' in shell.config.read_text()


def test_init_never_overwrites(shell):
    shell.config.write_text("# mine")
    done = shell.run("init", "https://example.com")
    assert done.code == 3
    assert shell.config.read_text() == "# mine"


def test_init_without_urls_and_without_anybody_to_ask_says_what_to_type(shell):
    done = shell.run("init")
    assert done.code == 64
    assert "sentinel init http" in done.err
    assert not shell.config.exists()


def test_init_refuses_what_cannot_be_watched(shell):
    assert shell.run("init", "ftp://example.com").code == 64
    assert not shell.config.exists()


def test_config_check_names_every_mistake_with_its_line(shell):
    shell.config.write_text('[[services]]\nid = "A B"\nurl = "nowhere"\nintervall = 3\n')
    done = shell.run("config", "check")
    assert done.code == 3
    assert f"{shell.config}:2" in done.out
    assert "intervall" in done.out
    mistakes = shell.run("config", "check", "--json").data["mistakes"]
    assert {mistake["line"] for mistake in mistakes} >= {2, 3, 4}


def test_config_show_masks_secrets(shell):
    shell.run("init", "https://example.com")
    with shell.config.open("a") as file:
        file.write(
            '\n[[services]]\nid = "api"\n'
            'checks = [{ kind = "http", url = "https://example.com", bearer = "hunter2hunter2" }]\n'
        )
    done = shell.run("config", "show")
    assert done.code == 0
    assert "hunter2" not in done.out + done.err
    assert "***" in done.out


def test_config_path_and_schema(shell):
    assert shell.run("config", "path").out == f"{shell.config}\n"
    assert "services" in json.loads(shell.run("config", "schema").out)["properties"]


def test_a_group_without_a_command_shows_its_commands(shell):
    done = shell.run("config")
    assert done.code == 64
    assert "check" in done.err
    assert done.out == ""


def test_reading_before_anything_was_recorded_says_how_to_begin(shell):
    done = shell.run("status")
    assert done.code == 4
    assert "sentinel init" in done.err
    assert shell.run("help").code == 0
    assert not shell.data_dir.exists()


def test_the_dashboard_needs_a_terminal(shell):
    done = shell.run()
    assert done.code == 64
    assert "sentinel status" in done.err


def test_check_looks_once_at_any_url(shell, web):
    done = shell.run("check", web)
    assert done.code == 0
    assert "█" in done.out
    read = shell.run("check", f"{web}/broken", "--json").data
    assert read["exit_code"] == 1
    assert read["outcome"] == "fail"
    assert read["phase"] == "assertion"
    assert read["status"] == 500
    assert read["timings_ms"]["total"] > 0
    assert not shell.data_dir.exists()


def test_check_refuses_what_is_no_url_or_no_timeout(shell):
    assert shell.run("check", "mailto://me").code == 64
    assert shell.run("check", "http://127.0.0.1", "--timeout", "soon").code == 64
    assert shell.run("check", "http://127.0.0.1", "--timeout", "0").code == 64


def test_stop_without_an_engine_is_no_error(shell):
    done = shell.run("stop")
    assert done.code == 0
    assert "No engine" in done.err


def test_after_stop_the_next_engine_can_start_at_once(shell, web):
    shell.run("init", web)
    for _ in range(2):
        assert shell.run("probe").code == 0
        assert shell.run("stop").code == 0
    assert shell.run("store", "vacuum").code == 0


def test_the_store_is_looked_after_beside_a_running_engine(watched):
    read = watched.run("store", "info", "--json").data
    assert read["rows"]["services"] == 3
    assert read["size_bytes"] > 0
    assert watched.run("store", "check").code == 0
    done = watched.run("store", "backup")
    assert done.code == 0
    assert done.out.startswith(str(watched.data_dir / "backups"))
    vacuumed = watched.run("store", "vacuum")
    assert vacuumed.code == 5
    assert "sentinel stop" in vacuumed.err


def test_a_store_that_is_not_there_is_told_with_a_way_out(shell):
    for command in ("info", "check", "backup", "vacuum"):
        done = shell.run("store", command)
        assert done.code == 4
        assert done.err
    assert not shell.data_dir.exists()


def test_a_second_engine_is_refused(watched):
    done = watched.run("engine")
    assert done.code == 5
    assert "sentinel stop" in done.err


def test_the_service_unit_runs_this_sentinel_on_these_files(shell, tmp_path):
    unit = shell.run("service", "print").out
    assert str(shell.config) in unit
    assert str(shell.data_dir) in unit
    done = shell.run("service", "install", HOME=str(tmp_path))
    assert done.code == 0
    assert "systemctl --user" in done.err
    assert "ExecStart=" in Path(done.out.strip()).read_text()


def test_a_version_that_nobody_reads_is_no_error(shell):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "sentinel_tui", "--version"],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0
    assert done.stderr == b""
