"""Killed at any moment between an alert and its delivery, nothing is lost and nothing doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest
from crash_teller import CHANNELS, STEP_MS, T0_MS
from store_looks import OpenWriter
from store_telling import Desk, orders

from sentinel_tui.domain.notifying.notices import NoticeKind, NoticeStatus
from sentinel_tui.paths import Paths
from sentinel_tui.store.backup import check
from sentinel_tui.store.driver import open_reader
from sentinel_tui.store.queries import Reader

KILLS = 200
MOST_STEPS = 12

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the nursery forks")


def killed_lives(folder: Path) -> None:
    """Let one life after the other go some random steps further, and kill each."""
    dice = random.Random(11)  # noqa: S311 (moments, not secrets)
    script = Path(__file__).with_name("crash_teller.py")
    with subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for _ in range(KILLS):
            nursery.stdin.write("live\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline().removeprefix("child "))
            kill_after(nursery.stdout.readline, child, dice.randrange(1, MOST_STEPS))
        nursery.stdin.close()
        assert nursery.wait(timeout=30) == 0


def kill_after(next_line: object, child: int, steps: int) -> None:
    """Kill a child after some of its steps, wherever it has come meanwhile."""
    assert callable(next_line)
    while next_line().strip() not in ("ready", "dead"):
        pass
    for _ in range(steps):
        if next_line().strip() == "dead":
            pytest.fail("a life ended by itself")
    os.kill(child, signal.SIGKILL)
    while next_line().strip() != "dead":
        pass


def taken(folder: Path) -> list[tuple[str, str, str, str]]:
    """What the channels took: channel, key, title and body, in order."""
    lines = (folder / "taken").read_text().splitlines()
    return [(channel, key, title, body) for channel, key, title, body in map(json.loads, lines)]


@needs_fork
async def test_no_alert_is_lost_or_told_twice_by_any_of_two_hundred_kills(
    paths: Paths, open_writer: OpenWriter
) -> None:
    paths.data_dir.mkdir(mode=0o700)
    killed_lives(paths.data_dir)
    assert check(paths.store) == []
    with closing(open_reader(paths.store)) as connection:
        written = connection.execute("SELECT key FROM intents").fetchall()
    outages = [key for (key,) in written if key.endswith("/True")]
    desk = Desk(open_writer(), now_ms=T0_MS + (len(written) + 2) * STEP_MS)
    await desk.employ(orders(*CHANNELS))
    for _ in range(40):
        await desk.after(minutes=11)
        for channel in CHANNELS:
            await desk.deliver(channel)

    with closing(Reader(paths)) as reader:
        incidents = reader.incidents(limit=10_000)
        notices = reader.notices(limit=100_000)
        messages = {one.key: one for one in reader.messages(limit=100_000)}
    assert len(incidents) == len(outages), "one incident for each outage"
    assert {one.status for one in notices} <= {NoticeStatus.SENT, NoticeStatus.DROPPED}

    told: dict[tuple[str, int], list[NoticeKind]] = defaultdict(list)
    for notice in notices:
        if notice.status is NoticeStatus.SENT:
            told[notice.channel, notice.incident].append(notice.kind)
    for channel in CHANNELS:
        for incident in incidents:
            begun = {NoticeKind.ALARM} if incident.open else {NoticeKind.ALARM, NoticeKind.RECOVERY}
            kinds = [kind for kind in told[channel, incident.id] if kind is not NoticeKind.REMINDER]
            assert sorted(kinds) == sorted(begun), f"{channel}, incident {incident.id}"

    texts: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for channel, key, title, body in taken(paths.data_dir):
        texts[key].add((channel, title, body))
        assert messages[key].sent_ms is not None, "what a channel took is known to be taken"
    assert {len(told_as) for told_as in texts.values()} == {1}, "a key never changes its text"
    assert len(taken(paths.data_dir)) > len(texts), "some were taken twice, under the same key"
