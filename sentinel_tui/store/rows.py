"""How states, timings and alerts lie in columns; shared by the writers and the readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.observations import PhaseTimings
from sentinel_tui.domain.monitoring.states import CheckState, State
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.store.driver import Connection

SELECT_ALERTS = (
    "SELECT id, fingerprint, rule, severity, service, check_name, opened_ms, resolved_ms, "
    "acknowledged_ms, reason, resolution, incident_id FROM alerts "
)
"""Reads alerts with the columns in the order of an `AlertRecord`'s fields."""

STATE_COLUMNS = (
    "verdict",
    "sheet",
    "since_ms",
    "reason",
    "last_ms",
    "last_good_ms",
    "burst_step",
    "failed_cycles",
    "first_failure_ms",
    "good_cycles",
    "first_good_ms",
    "slow_looks",
    "fast_looks",
    "wake_started_ms",
    "settled",
    "flips",
    "flapping",
    "recent",
    "slow_limit_us",
    "certificate",
)
"""The columns of `check_states` that hold a `CheckState`, in the order of its fields."""


def state_values(state: CheckState) -> tuple[int | str | None, ...]:
    """A state as values for its columns in `check_states`, in the order of its fields.

    Enumerations and booleans go in as plain values: the driver takes twice as long over a subclass.
    """
    return (
        state.verdict.value,
        state.sheet.value if state.sheet else None,
        state.since_ms,
        state.reason,
        state.last_ms,
        state.last_good_ms,
        state.burst_step,
        state.failed_cycles,
        state.first_failure_ms,
        state.good_cycles,
        state.first_good_ms,
        state.slow_looks,
        state.fast_looks,
        state.wake_started_ms,
        state.settled.value if state.settled else None,
        state.flips,
        int(state.flapping),
        # A list of integers is JSON as it prints, in half the time.
        str([round(latency_ms * 1_000) for latency_ms in state.recent_ms]),
        to_us(state.slow_limit_ms),
        state.certificate,
    )


def state_from_row(row: Sequence[Any]) -> CheckState:
    """The state in its columns, in the order of its fields."""
    verdict, sheet, *counters, settled, flips, flapping, recent, slow_limit_us, certificate = row
    values = (
        State(verdict),
        State(sheet) if sheet else None,
        *counters,
        State(settled) if settled else None,
        flips,
        bool(flapping),
        tuple(latency_us / 1_000 for latency_us in json.loads(recent)),
        to_ms(slow_limit_us),
        certificate,
    )
    return CheckState(*values)


def timing_values(timings: PhaseTimings) -> tuple[int | None, ...]:
    """Timings as values for `dns_us` to `total_us`."""
    return (
        to_us(timings.dns_ms),
        to_us(timings.connect_ms),
        to_us(timings.tls_ms),
        to_us(timings.first_byte_ms),
        to_us(timings.body_ms),
        to_us(timings.total_ms),
    )


def timings_from_row(row: Sequence[int | None]) -> PhaseTimings:
    """The timings in `dns_us` to `total_us`."""
    dns_us, connect_us, tls_us, first_byte_us, body_us, total_us = row
    return PhaseTimings(
        to_ms(dns_us),
        to_ms(connect_us),
        to_ms(tls_us),
        to_ms(first_byte_us),
        to_ms(body_us),
        to_ms(total_us) or 0.0,
    )


def alert_from_row(row: Sequence[Any]) -> AlertRecord:
    """The alert in a row of `SELECT_ALERTS`."""
    number, fingerprint, rule, severity, *rest = row
    return AlertRecord(number, fingerprint, Rule(rule), Severity(severity), *rest)


def mark(connection: Connection, name: str) -> int | None:
    """A mark's instant (`layout.Mark`), or None when nothing was done yet."""
    row = connection.execute("SELECT at_ms FROM marks WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def to_us(latency_ms: float | None) -> int | None:
    """Milliseconds as they are stored: whole microseconds."""
    return None if latency_ms is None else round(latency_ms * 1_000)


def to_ms(latency_us: float | None) -> float | None:
    """Microseconds as they are read: milliseconds."""
    return None if latency_us is None else latency_us / 1_000
