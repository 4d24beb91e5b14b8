"""Questions on the command line, answered by somebody at a terminal."""

import os
import pty
import subprocess
from contextlib import closing, suppress

from cli_world import TIMEOUT_S, Done, Shell


def run_at_terminal(shell: Shell, *words: str, typed: str) -> Done:
    """Run a command whose standard input is a terminal on which `typed` was typed ahead."""
    master, slave = pty.openpty()
    with closing(os.fdopen(master, "wb", buffering=0)) as keyboard:
        keyboard.write(typed.encode())
        done = subprocess.run(
            shell.command(*words),
            stdin=slave,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        with suppress(OSError):
            os.close(slave)
    assert "Traceback" not in done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def test_init_asks_for_urls_until_nothing_is_typed(shell):
    done = run_at_terminal(shell, "init", typed="example.com\nftp://no\nhttps://two.example\n\n")
    assert done.code == 0
    assert "https://example.com" in shell.config.read_text()
    assert "https://two.example" in shell.config.read_text()
    assert "ftp" not in shell.config.read_text()
    assert "ftp://no" in done.err
    assert done.out == f"{shell.config}\n"


def test_init_without_an_answer_writes_nothing(shell):
    assert run_at_terminal(shell, "init", typed="\n").code == 130
    assert not shell.config.exists()


def test_a_restart_is_asked_for_by_name_and_no_is_no(watched):
    done = run_at_terminal(watched, "restart", "curator", typed="n\n")
    assert done.code == 1
    assert "restart curator" in done.err
    assert "nothing was done" in done.err
    events = watched.run("history", "--json").data["events"]
    assert not any("restart" in event["text"] for event in events)


def test_a_restart_that_is_wanted_is_answered_by_the_engine(watched):
    done = run_at_terminal(watched, "restart", "curator", typed="y\n")
    assert done.code == 5
    assert "Render" in done.err
