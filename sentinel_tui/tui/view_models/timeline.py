"""What happened, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.records import EntryKind, TimelineEntry
from sentinel_tui.text import cell_width
from sentinel_tui.tui.cells import Line, Span, Tone, cut, fit, line, muted
from sentinel_tui.tui.view_models.words import Times, state_cell

_KINDS = {
    EntryKind.ALERT: Span("▲ alert", Tone.WARN),
    EntryKind.ACKNOWLEDGED: Span("✓ seen", Tone.ACCENT),
    EntryKind.RESOLVED: Span("● ended", Tone.GOOD),
    EntryKind.COLD_START: Span("↻ woke", Tone.BUSY),
    EntryKind.INTENT: Span("▸ asked", Tone.ACCENT),
    EntryKind.GAP: Span("? gap", Tone.MUTED),
    EntryKind.ENGINE: Span("─ engine", Tone.MUTED),
    EntryKind.NOTE: Span("+ note", Tone.ACCENT),
    EntryKind.NOTIFICATION: Span("→ told", Tone.MUTED),
    EntryKind.SILENCE: Span("‖ quiet", Tone.MUTED),
    EntryKind.DEPLOY: Span("▸ deploy", Tone.ACCENT),
    EntryKind.HOST: Span("◆ host", Tone.BUSY),
    EntryKind.MODE: Span("▰ mode", Tone.MUTED),
    EntryKind.ACTION: Span("▸ action", Tone.ACCENT),
    EntryKind.TUNING: Span("▸ tuned", Tone.MUTED),
    EntryKind.LOOK: Span("× look", Tone.MUTED),
}
_KIND_CELLS = 12
_NAME_CELLS = 16


def timeline_lines(
    entries: Sequence[TimelineEntry], names: Mapping[str, str], times: Times
) -> list[Line]:
    """What happened, newest first; nothing is said where nothing happened.

    Args:
        entries: The entries, newest first.
        names: What services are called, by id; empty for one that need not be named.
        times: How instants are told.
    """
    told = [(times.second(one.at_ms), names.get(one.service, one.service), one) for one in entries]
    time_cells = max((len(time) for time, _, _ in told), default=0)
    name_cells = min(_NAME_CELLS, max((cell_width(name) for _, name, _ in told), default=0))
    name_cells += 2 if name_cells else 0
    return [
        (
            muted(f"{time:>{time_cells}}  "),
            *fit(_kind_cell(entry), _KIND_CELLS),
            *fit(line(muted(name)), name_cells),
            Span(entry.text),
        )
        for time, name, entry in told
    ]


def lately_lines(
    entries: Sequence[TimelineEntry], names: Mapping[str, str], times: Times, width: int
) -> list[Line]:
    """The last things that happened to any service, under a heading."""
    told = timeline_lines(entries, names, times)
    return [line(Span("Lately", Tone.ACCENT)), *(cut(one, width) for one in told)]


def _kind_cell(entry: TimelineEntry) -> Line:
    if entry.state is not None:
        return state_cell(entry.state)
    if entry.severity is Severity.CRITICAL and entry.kind is EntryKind.ALERT:
        return line(Span("✖ alert", Tone.BAD))
    return line(_KINDS.get(entry.kind, muted(entry.kind)))
