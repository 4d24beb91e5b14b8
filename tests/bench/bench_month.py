"""What a month costs: a whole engine, four free services, their visitors, and 750 hours.

CPU of the process. The limit is 60 s for the month; beside it stands what became of the hours and
of the visitors, and how soon the same services are suspended when they are all kept awake.

    python tests/bench/bench_month.py [--days 28]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scenarios"))

from month_world import DAY_S, Month

from sentinel_tui.paths import Paths

_LIMIT_S = 60.0
_FREE_HOURS = 750.0
_START_MS = round(datetime(2027, 2, 1, tzinfo=UTC).timestamp() * 1_000)
_LAST_MOMENT_S = 1_800.0
_STEPS_A_DAY = 4


async def planned(days: int, folder: Path) -> None:
    """Live through a month by the plan, and tell what came of it."""
    month = Month(_START_MS, _FREE_HOURS)
    began_s = time.process_time()
    async with month.watched(paths_in(folder), month.config(_FREE_HOURS)) as engine:
        await month.clock.advance(days * DAY_S - _LAST_MOMENT_S)
        told_h = engine.parts.keeping.ledger.used_h(month.clock.now_ms())
    cost_s = time.process_time() - began_s
    counted_h, met = month.workspace.used_h(), month.met
    print(f"{days} days of four services      {cost_s:8.1f} s CPU   (limit {_LIMIT_S:.0f} s)")
    print(f"hours, by the platform         {counted_h:8.1f} h of {_FREE_HOURS:.0f} h")
    print(f"hours, by the ledger           {told_h:8.1f} h   ({told_h / counted_h - 1:+.2%})")
    print(f"visitors                       {met.total():8}")
    print(f"  met a cold start             {met['cold'] / met.total():8.1%}")
    print(f"  would have, without a plan   {month.first / met.total():8.1%}")
    print(f"  found it suspended           {met['refused'] / met.total():8.1%}")


async def always_on(folder: Path) -> None:
    """Keep everything awake, and tell how long that goes well."""
    month = Month(_START_MS, _FREE_HOURS)
    steps = 0
    async with month.watched(paths_in(folder), month.config(_FREE_HOURS, always_on=True)):
        while not month.suspended:
            await month.clock.advance(DAY_S / _STEPS_A_DAY)
            month.workspace.settle()
            steps += 1
    print(f"always on: suspended on day    {steps / _STEPS_A_DAY:8.2f}")


def paths_in(folder: Path) -> Paths:
    """A watch's files in an empty folder."""
    data_dir = folder / "data"
    data_dir.mkdir(mode=0o700)
    return Paths(config=folder / "sentinel.toml", data_dir=data_dir)


def main() -> None:
    """Run it, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=28)
    days = parser.parse_args().days
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(planned(days, Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(always_on(Path(folder)))


if __name__ == "__main__":
    main()
