"""What is read on each repaint costs as much after a year as on the first day."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from store_looks import T0_MS, Watch

from sentinel_tui.store.layout import DAY_MS
from sentinel_tui.store.queries import Reader

FEW = {"s", "json_each", "one", "other", "alerts"}
"""What may be walked through: the services, lists of services, and alerts, which are few."""

DAY = (T0_MS - DAY_MS, T0_MS)

REPAINTED: dict[str, Callable[[Reader], object]] = {
    "hosted": Reader.hosted,
    "modes": Reader.modes,
    "awake": lambda reader: reader.awake(*DAY),
    "correction": Reader.correction,
    "visits": lambda reader: reader.visits("curator", DAY[0]),
    "mode changes": lambda reader: reader.mode_changes("curator", *DAY),
    "mode settings": Reader.mode_settings,
    "plan": Reader.plan,
    "host events": lambda reader: reader.host_events("curator", *DAY),
    "open actions": lambda reader: reader.actions(open_only=True),
    "one action's audit": lambda reader: reader.audit(action=1),
    "frozen": Reader.frozen,
    "tunings": lambda reader: reader.tunings(live_only=True),
    "timeline": lambda reader: reader.timeline(*DAY),
    "timeline of one": lambda reader: reader.timeline(*DAY, service="curator"),
}


def walks(reader: Reader, ask: Callable[[Reader], object]) -> set[str]:
    """What SQLite walks through from end to end for an answer, by the names in the queries."""
    asked: list[str] = []
    connection = reader._connection
    connection.set_trace_callback(asked.append)
    ask(reader)
    connection.set_trace_callback(None)
    walked = set()
    for sql in asked:
        if sql.startswith("SELECT"):
            steps = connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
            walked |= {
                how.split()[1] for *_, how in steps if how.startswith("SCAN") and "USING" not in how
            }
    assert asked
    return walked


@pytest.mark.parametrize("what", REPAINTED)
async def test_no_repaint_walks_through_the_years(watch: Watch, reader: Reader, what: str) -> None:
    assert walks(reader, REPAINTED[what]) <= FEW


async def test_what_walks_is_noticed(watch: Watch, reader: Reader) -> None:
    assert walks(reader, Reader.broken_audit_entry) == {"audit", "actions"}
