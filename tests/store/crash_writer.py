"""Writes durable rows for as long as it lives, and says which are acknowledged.

Run as `python crash_writer.py FOLDER FIRST`; each acknowledged number is printed on a line.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path

from store_keeping import an_action

from sentinel_tui.clock import SystemClock
from sentinel_tui.config.model import RetentionOptions, Service
from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, Holder, StoreWriter


def write(db: Database, number: int, key: int) -> None:
    """An intent, an alert that is raised again and again, a begun action, and observations."""
    recorder.begin_intent(
        db,
        key=f"intent-{number}",
        verb="wake",
        service="curator",
        arguments={},
        source="cli",
        at_ms=number,
    )
    outage = Finding("down/curator", Rule.DOWN, True, Severity.CRITICAL, number, "down")
    recorder.raise_finding(db, outage, "curator")
    action = recorder.propose(db, an_action(f"action-{number}"))
    for step in (Step.APPROVED, Step.STARTED):
        recorder.advance(db, action.id, step, number, "healing", f"now {step}")
    db.write_many(
        "INSERT OR REPLACE INTO metrics (at_ms, check_key, outcome) VALUES (?, ?, 0)",
        ((number * 100_000 + n * 1_000, key) for n in range(100)),
    )


async def main() -> None:
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    paths = Paths(folder / "sentinel.toml", folder)
    writer = StoreWriter.open(paths, SystemClock(), RetentionOptions(), Holder.here())
    services = [Service(id="curator", url="http://localhost/")]
    keys = await writer.run(partial(recorder.register, services=services))
    print("ready", flush=True)  # noqa: T201 (read by the test)
    while True:
        job = partial(write, number=number, key=keys["curator", "http"])
        await asyncio.gather(
            writer.run(job, durable=True),
            writer.run(partial(roll_up, now_ms=number * 100_000)),
        )
        print(number, flush=True)  # noqa: T201 (read by the test)
        number += 1


if __name__ == "__main__":
    asyncio.run(main())
