"""Logs of visits for the tests: public ones, and people who keep their hours."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, Hour, hours

WEEK_S = HOURS_A_WEEK * HOUR_S
_LOGS = Path(__file__).parents[3] / "shared" / "data" / "ts"


def office(weeks: int, hour_of_day: int = 9) -> list[float]:
    """Somebody who comes at the same hour on every week-day."""
    return [
        (week * 7 + day) * 24 * HOUR_S + hour_of_day * HOUR_S + 600
        for week in range(weeks)
        for day in range(5)
    ]


def course(events_s: list[float], weeks: int) -> list[Hour]:
    return hours(events_s, 0.0, weeks * WEEK_S, 0)


def read_log(name: str) -> list[float]:
    """A public log as seconds since its first Monday, by the clock on the wall."""
    path = _LOGS / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"the public log {path.name} is not at hand")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    times = sorted(datetime.fromisoformat(row[0]).replace(tzinfo=None) for row in rows)
    day = times[0].replace(hour=0, minute=0, second=0, microsecond=0)
    monday = day + timedelta(days=-day.weekday() % 7)
    return [(time - monday).total_seconds() for time in times if time >= monday]
