"""The lines of the timeline about keeping awake and acting: deploys, modes, actions, tunings."""

from __future__ import annotations

from sentinel_tui.domain.hosting import DeployStatus
from sentinel_tui.domain.records import EntryKind, TimelineEntry
from sentinel_tui.store.timeline_source import OF_ANY, Row, Source

_SHORT_COMMIT = 7
_ABOUT = OF_ANY.format(column="service")
_DEPLOYED = "service, '{word}', revision, message"


def _query(columns: str, table: str, instant: str, *conditions: str) -> str:
    which = " AND ".join((f"{instant} >= :start", f"{instant} < :end", *conditions))
    return (
        f"SELECT {instant}, {columns} FROM {table} WHERE {which} "  # noqa: S608 (own SQL)
        f"ORDER BY {instant} DESC, id DESC LIMIT :limit"
    )


def _deploy(row: Row) -> TimelineEntry:
    at_ms, service, word, revision, message = row
    what = " ".join(part for part in (revision[:_SHORT_COMMIT], message) if part)
    return TimelineEntry(at_ms, EntryKind.DEPLOY, service, f"{word}: {what}" if what else word)


def _host_event(row: Row) -> TimelineEntry:
    at_ms, service, text = row
    return TimelineEntry(at_ms, EntryKind.HOST, service, text)


def _mode(row: Row) -> TimelineEntry:
    at_ms, service, mode, reason = row
    return TimelineEntry(at_ms, EntryKind.MODE, service, f"{mode}: {reason}")


def _action_step(row: Row) -> TimelineEntry:
    at_ms, service, action_id, verb, step, author, text = row
    told = f": {text}" if text else ""
    return TimelineEntry(
        at_ms, EntryKind.ACTION, service, f"{verb} ({action_id}) {step} by {author}{told}"
    )


def _tuned(row: Row) -> TimelineEntry:
    at_ms, service, check, knob, before, after, why = row
    what = f"{knob} of {check}" if check else knob
    text = f"{what} from {before:g} to {after:g}: {why}"
    return TimelineEntry(at_ms, EntryKind.TUNING, service, text)


def _untuned(row: Row) -> TimelineEntry:
    at_ms, service, check, knob, before, author = row
    what = f"{knob} of {check}" if check else knob
    return TimelineEntry(at_ms, EntryKind.TUNING, service, f"{what} back to {before:g} by {author}")


def _frozen(row: Row) -> TimelineEntry:
    at_ms, author, reason = row
    told = f": {reason}" if reason else ""
    return TimelineEntry(at_ms, EntryKind.ACTION, "", f"all actions frozen by {author}{told}")


def _unfrozen(row: Row) -> TimelineEntry:
    at_ms, author = row
    return TimelineEntry(at_ms, EntryKind.ACTION, "", f"actions allowed again by {author}")


OF_KEEPING: tuple[Source, ...] = (
    (_query(_DEPLOYED.format(word="live"), "deploys", "live_ms", _ABOUT), _deploy),
    (
        _query(
            _DEPLOYED.format(word="failed"),
            "deploys",
            "ended_ms",
            _ABOUT,
            f"status = '{DeployStatus.FAILED}'",
        ),
        _deploy,
    ),
    (_query("service, text", "host_events", "at_ms", _ABOUT), _host_event),
    (_query("service, mode, reason", "mode_changes", "at_ms", _ABOUT), _mode),
    (
        _query("service, action_id, verb, step, author, text", "audit", "at_ms", _ABOUT),
        _action_step,
    ),
    (_query("service, check_name, knob, before, after, why", "tunings", "at_ms", _ABOUT), _tuned),
    (
        _query("service, check_name, knob, before, undone_by", "tunings", "undone_ms", _ABOUT),
        _untuned,
    ),
    (_query("author, reason", "freezes", "at_ms"), _frozen),
    (_query("ended_by", "freezes", "ended_ms"), _unfrozen),
)
"""Freezes are told with every service, because they concern all of them."""
