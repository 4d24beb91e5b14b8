"""A program of the owner's gets the message and nothing else, and never holds anything up."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from sentinel_tui.config.channels import CommandChannel
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.notify.command import Command


def command(*argv: str, timeout: float = 10) -> Command:
    table = {"name": "own", "kind": "command", "argv": list(argv), "timeout": timeout}
    return Command(CommandChannel.model_validate(table))


def python(program: str, *arguments: str, timeout: float = 10) -> Command:
    return command(sys.executable, "-c", program, *arguments, timeout=timeout)


async def test_it_gets_the_message_on_its_standard_input(tmp_path: Path, message) -> None:
    program = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    await python(program, str(tmp_path / "got")).send(message())

    told = json.loads((tmp_path / "got").read_bytes())
    assert told["type"] == "incident.alarm"
    assert told["data"]["key"] == message().key
    assert told["data"]["body"] == message().body


async def test_it_sees_the_message_but_not_our_secrets_around_it(
    tmp_path: Path, message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENDER_API_KEY", "canary-in-the-environment")
    program = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    await python(program, str(tmp_path / "seen")).send(message())

    seen = json.loads((tmp_path / "seen").read_text())
    assert seen["SENTINEL_KEY"] == message().key
    assert seen["SENTINEL_SEVERITY"] == "CRITICAL"
    assert seen["SENTINEL_KIND"] == "alarm"
    assert seen["SENTINEL_TITLE"] == message().title
    assert seen["PATH"] == os.environ["PATH"]
    assert "canary-in-the-environment" not in seen.values()


async def test_no_shell_reads_its_arguments(tmp_path: Path, message) -> None:
    program = "import json, sys; json.dump(sys.argv[2:], open(sys.argv[1], 'w'))"
    arguments = ["$(touch evil)", "; touch evil", "*", "a b", "`id`", ""]
    await python(program, str(tmp_path / "got"), *arguments).send(message())
    assert json.loads((tmp_path / "got").read_text()) == arguments


async def test_a_title_is_data_wherever_it_arrives(tmp_path: Path, message) -> None:
    program = "import os, sys; open(sys.argv[1], 'w').write(os.environ['SENTINEL_TITLE'])"
    await python(program, str(tmp_path / "got")).send(message(title="$(id); `id`"))
    assert (tmp_path / "got").read_text() == "$(id); `id`"


async def test_an_exit_code_other_than_0_is_a_failure_with_its_last_words(message) -> None:
    program = (
        "import os, sys; os.write(1, b'one\\n'); os.write(2, b'no \\x1b[31mphone'); sys.exit(3)"
    )
    with pytest.raises(DeliveryError, match=r"exited with 3: no .*phone") as refused:
        await python(program).send(message())
    assert not refused.value.final
    assert refused.value.error.isprintable()


async def test_one_that_is_killed_says_by_which_signal(message) -> None:
    with pytest.raises(DeliveryError, match="signal 15"):
        await python("import os; os.kill(os.getpid(), 15)").send(message())


@pytest.mark.parametrize("argv", [("/nowhere/at/all",), ("/",), ("/etc/hostname",)])
async def test_one_that_cannot_be_run_says_so(message, argv: tuple[str, ...]) -> None:
    with pytest.raises(DeliveryError, match="did not start") as refused:
        await command(*argv).send(message())
    assert not refused.value.final


HANG = 'trap "" TERM; sleep 60 & echo $! > "$0"; wait; sleep 60'


def hanging(child: Path, timeout: float) -> Command:
    """Ignores every polite request to end, and has a child that does not end either."""
    return command("/bin/sh", "-c", HANG, str(child), timeout=timeout)


async def test_one_that_hangs_is_killed_with_all_it_started(tmp_path: Path, message) -> None:
    with pytest.raises(DeliveryError, match="killed: not done within"):
        await hanging(tmp_path / "child", timeout=1).send(message())

    child = int((tmp_path / "child").read_text())
    async with asyncio.timeout(5):
        while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)


FLOOD = """\
import os, sys
count, said = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY), 0
while True:
    said += os.write(1, b"\x1b[31m flood \\n" * 1000)
    os.pwrite(count, str(said).encode(), 0)
"""


async def test_one_that_floods_is_not_listened_to_for_long(tmp_path: Path, message) -> None:
    with pytest.raises(DeliveryError, match="killed") as refused:
        await python(FLOOD, str(tmp_path / "said"), timeout=2).send(message())
    assert int((tmp_path / "said").read_text()) < 4 << 20
    assert refused.value.error.isprintable()


async def test_one_that_says_a_lot_and_ends_is_told_by_its_exit_code(message) -> None:
    await python("print('x' * 500_000)").send(message())


async def test_one_that_reads_nothing_is_told_by_its_exit_code(message) -> None:
    await command("/bin/true").send(message(body="x" * 1_000_000))


async def test_one_that_leaves_something_running_is_not_waited_for(tmp_path: Path, message) -> None:
    leaves = command("/bin/sh", "-c", 'sleep 60 & echo $! > "$0"', str(tmp_path / "left"))
    async with asyncio.timeout(9):
        await leaves.send(message())
    left = psutil.Process(int((tmp_path / "left").read_text()))
    assert left.is_running()
    left.kill()


async def test_cancelled_it_is_gone(tmp_path: Path, message) -> None:
    task = asyncio.create_task(hanging(tmp_path / "child", timeout=20).send(message()))
    async with asyncio.timeout(5):
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
