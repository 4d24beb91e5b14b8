"""A watch in a process of its own that fails, recovers and tells, for as long as it lives.

Run as `python crash_teller.py FOLDER`. The process is a nursery: for each line it reads it starts a
child that takes up the work where the last one was killed, so that two hundred kills do not cost
two hundred starts of Python. A child's name is its number; each step of its work is a line on
standard output.

What the channel takes is written to `FOLDER/taken`, one JSON line each and flushed to the device,
before the store hears of it: so a kill in between is a delivery of which nobody knows.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from functools import partial
from pathlib import Path

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Orders
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.writer import Database, Holder, StoreWriter

T0_MS = 1_800_000_000_000
STEP_MS = 400_000
"""Between two steps of the story: longer than a telling waits, and than an incident comes back."""

CHANNELS = ("mail", "ntfy")


def say(word: str) -> None:
    """One line for whoever decides when this process dies."""
    os.write(1, f"{word}\n".encode())


def take(folder: Path, message: Message) -> None:
    """The channel takes a message, whatever becomes of its sender."""
    line = json.dumps([message.channel, message.key, message.title, message.body])
    with (folder / "taken").open("a") as taken:
        taken.write(f"{line}\n")
        taken.flush()
        os.fsync(taken.fileno())


def tell_of(db: Database, number: int, now_ms: int, *, holds: bool) -> None:
    """A step of the story: an outage begins or ends, with an intent that marks it."""
    service = f"s{number}"
    finding = Finding(
        fingerprint(Rule.DOWN, service),
        Rule.DOWN,
        holds,
        Severity.CRITICAL,
        now_ms,
        "HTTP 503" if holds else "recovered",
    )
    recorder.raise_finding(db, finding, service)
    recorder.begin_intent(
        db,
        key=f"{number}/{holds}",
        verb="step",
        service=service,
        arguments={},
        source="cli",
        at_ms=now_ms,
    )


def steps_done(db: Database) -> int:
    """How far the story has come."""
    row = db.row("SELECT count(*) FROM intents")
    return row[0] if row else 0


async def deliver_all(writer: StoreWriter, folder: Path, now_ms: int, dice: random.Random) -> None:
    """Let every channel have what it is due; now and then one does not take it."""
    await writer.run(partial(recorder.tend, now_ms=now_ms))
    for channel in CHANNELS:
        claim = partial(recorder.claim, channel=channel, now_ms=now_ms, zone="UTC")
        while message := await writer.run(claim, durable=True):
            say("claimed")
            if dice.random() < 0.25:
                refuse = partial(
                    recorder.failed, key=message.key, at_ms=now_ms, error="busy", final=False
                )
                await writer.run(refuse)
                say("refused")
                break
            take(folder, message)
            say("taken")
            await writer.run(partial(recorder.delivered, key=message.key, at_ms=now_ms))
            say("delivered")


async def live(folder: Path, seed: int) -> None:
    """Take up the story and go on with it until killed."""
    dice = random.Random(seed)  # noqa: S311 (moments, not secrets)
    paths = Paths(folder / "sentinel.toml", folder)
    writer = StoreWriter.open(paths, FakeClock(T0_MS), RetentionOptions(), Holder.here())
    policy = NotifyPolicy(tuple(map(ChannelPolicy, CHANNELS)))
    writer.orders = Orders(policy)
    kinds = [(name, "webhook") for name in CHANNELS]
    await writer.run(partial(recorder.register_channels, channels=kinds))
    say("ready")
    while True:
        step = await writer.run(steps_done)
        now_ms = T0_MS + (step + 1) * STEP_MS
        # What an earlier life left is told before the story goes on.
        await deliver_all(writer, folder, now_ms - STEP_MS // 2, dice)
        job = partial(tell_of, number=step // 2, now_ms=now_ms, holds=step % 2 == 0)
        await writer.run(job, durable=True)
        say("written")


def main() -> None:
    folder = Path(sys.argv[1])
    for seed, _ in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            asyncio.run(live(folder, seed))
        say(f"child {child}")
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
