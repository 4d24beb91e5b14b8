"""One tick of looks on disk: all that follows from them in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sentinel_tui.domain.hosting import DeployStatus
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.domain.monitoring.states import CheckState, State, Transition
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.store.alerting import change_alert
from sentinel_tui.store.database import Database, Value
from sentinel_tui.store.incidents import follow
from sentinel_tui.store.layout import FAILURES_KEPT, Mark
from sentinel_tui.store.marks import lower_mark
from sentinel_tui.store.rows import STATE_COLUMNS, state_values, timing_values, to_us

_SET_STATE = ", ".join(f"{column} = ?" for column in STATE_COLUMNS)
_PUT_STATE = f"UPDATE check_states SET {_SET_STATE} WHERE check_key = ?"  # noqa: S608 (own columns)
_PUT_LOOK = (
    f"UPDATE check_states SET {_SET_STATE}, "  # noqa: S608 (own columns)
    "dns_us = ?, connect_us = ?, tls_us = ?, first_byte_us = ?, body_us = ?, total_us = ?, "
    "looked_ms = ?, outcome = ?, latency_us = ?, status = ?, phase = ?, error = ?, "
    "certificate_ends_ms = coalesce(?, certificate_ends_ms) WHERE check_key = ?"
)


@dataclass(slots=True)
class _Shown:
    """What the row of a service shows while a tick is being recorded."""

    key: int
    state: State
    since_ms: int


def record(
    db: Database, judgements: Sequence[tuple[int, Judgement]], at_ms: int
) -> list[AlertRecord]:
    """Record one tick: looks, states, changes, kept answers, cold starts and alerts.

    Args:
        db: The store.
        judgements: Each look's check key and what followed from it, in the order they were judged.
        at_ms: The tick; dates what is told of alerts, and a change of a service that no look
            explains, such as after a check was taken out of the configuration.

    Returns:
        The alerts that opened, rose or resolved.
    """
    if not db.samples_dropped:
        _add_metrics(db, judgements)
    db.write_many(_PUT_LOOK, (_look_row(key, judgement) for key, judgement in judgements))
    _show(db, judgements, at_ms)
    alerts = []
    for key, judgement in judgements:
        if judgement.seen.outcome is Outcome.FAIL and judgement.state.verdict is not State.WAKING:
            _keep_failure(db, key, judgement)
        if judgement.cold_start_ms is not None:
            _add_cold_start(db, judgement, judgement.cold_start_ms)
        for finding in judgement.findings:
            alert = change_alert(db, finding, judgement.service, judgement.check)
            if alert is not None:
                alerts.append(alert)
    return follow(db, alerts, at_ms) if alerts else []


def save_state(
    db: Database,
    service: str,
    check: str,
    state: CheckState,
    change: Transition | None,
    service_state: State,
    service_change: Transition | None,
) -> None:
    """Store what a check is in where no look brought it there: a pause, a resume, a gap."""
    row = db.row(
        "SELECT c.key FROM checks c JOIN services s ON s.key = c.service_key "
        "WHERE s.id = ? AND c.name = ?",
        (service, check),
    )
    if row is None:
        return
    db.write(_PUT_STATE, (*state_values(state), row[0]))
    shown = _shown_services(db)[service]
    if change is not None:
        _add_change(db, shown.key, row[0], change)
    unexplained = Transition(state.since_ms, shown.state, service_state, state.reason)
    _show_service(db, shown, service_change or unexplained)


def _add_metrics(db: Database, judgements: Sequence[tuple[int, Judgement]]) -> None:
    if not judgements:
        return
    db.write_many(
        "INSERT OR REPLACE INTO metrics (at_ms, check_key, outcome, status, latency_us) "
        "VALUES (?, ?, ?, ?, ?)",
        (
            (
                seen.at_ms,
                key,
                _counted_outcome(judgement).value,
                seen.status,
                to_us(seen.latency_ms),
            )
            for key, judgement in judgements
            for seen in (judgement.seen,)
        ),
    )
    lower_mark(db, Mark.REBUILD, min(judgement.seen.at_ms for _, judgement in judgements))


def _counted_outcome(judgement: Judgement) -> Outcome:
    """What a look counts as; a look at a waking service says nothing about how well it works."""
    seen = judgement.seen
    if seen.outcome is Outcome.FAIL and judgement.state.verdict is State.WAKING:
        return Outcome.INCONCLUSIVE
    return seen.outcome


def _look_row(key: int, judgement: Judgement) -> tuple[Value, ...]:
    seen = judgement.seen
    certificate = seen.certificate
    return (
        *state_values(judgement.state),
        *timing_values(seen.timings),
        seen.at_ms,
        seen.outcome.value,
        to_us(seen.latency_ms),
        seen.status,
        seen.phase.value if seen.phase else None,
        seen.error,
        certificate.not_after_ms if certificate else None,
        key,
    )


def _show(db: Database, judgements: Sequence[tuple[int, Judgement]], at_ms: int) -> None:
    services = _shown_services(db)
    for key, judgement in judgements:
        shown = services[judgement.service]
        if judgement.change is not None:
            _add_change(db, shown.key, key, judgement.change)
        if shown.state is not judgement.service_state:
            change = judgement.service_change or Transition(
                at_ms, shown.state, judgement.service_state, judgement.state.reason
            )
            _show_service(db, shown, change)


def _shown_services(db: Database) -> dict[str, _Shown]:
    return {
        row[0]: _Shown(row[1], State(row[2]), row[3])
        for row in db.rows("SELECT id, key, state, since_ms FROM services")
    }


def _show_service(db: Database, shown: _Shown, change: Transition) -> None:
    """Let a service show what a change says. Its row decides what is new, so a replay adds nothing.

    A change is never dated before the one it follows, or the two would tell the wrong end.
    """
    if shown.state is change.after:
        return
    since_ms = max(change.at_ms, shown.since_ms)
    _add_change(db, shown.key, None, Transition(since_ms, shown.state, change.after, change.reason))
    db.write(
        "UPDATE services SET state = ?, since_ms = ?, reason = ? WHERE key = ?",
        (change.after, since_ms, change.reason, shown.key),
    )
    shown.state, shown.since_ms = change.after, since_ms


def _add_change(db: Database, service_key: int, check_key: int | None, change: Transition) -> None:
    db.write(
        "INSERT INTO state_changes (at_ms, service_key, check_key, before, after, reason) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (change.at_ms, service_key, check_key, change.before, change.after, change.reason),
    )
    if check_key is None:
        lower_mark(db, Mark.COUNTED, change.at_ms)


def _keep_failure(db: Database, key: int, judgement: Judgement) -> None:
    seen = judgement.seen
    db.write(
        "INSERT INTO failures (at_ms, check_key, phase, status, error, kept, address, "
        "dns_us, connect_us, tls_us, first_byte_us, body_us, total_us) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            seen.at_ms,
            key,
            seen.phase or FailurePhase.ASSERTION,
            seen.status,
            seen.error,
            seen.kept,
            seen.address,
            *timing_values(seen.timings),
        ),
    )
    db.write(
        "DELETE FROM failures WHERE check_key = ? AND id <= "
        "(SELECT id FROM failures WHERE check_key = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (key, key, FAILURES_KEPT),
    )


def _add_cold_start(db: Database, judgement: Judgement, duration_ms: float) -> None:
    service = judgement.service
    db.write(
        "INSERT INTO cold_starts (at_ms, service_key, duration_us, cause, deploy) "
        "SELECT ?, key, ?, ?, coalesce((SELECT deploy FROM deploys "
        "WHERE service = services.id AND status = ? ORDER BY live_ms DESC LIMIT 1), '') "
        "FROM services WHERE id = ?",
        (
            judgement.seen.end_ms,
            to_us(duration_ms),
            judgement.cold_start_cause.value,
            DeployStatus.LIVE.value,
            service,
        ),
    )
    db.write("UPDATE services SET cold_start_us = ? WHERE id = ?", (to_us(duration_ms), service))
