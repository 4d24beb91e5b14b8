"""One incident as a Markdown page, for a post-mortem, a ticket or a colleague."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sentinel_tui.commands.exporting.markdown import plain, table
from sentinel_tui.commands.story import Story, title_now
from sentinel_tui.domain.monitoring.uptime import METHOD
from sentinel_tui.text import format_duration


def incident_page(story: Story, now_ms: int, zone: tzinfo) -> str:
    """The page of an incident: what was lost, who was told, the timeline.

    Args:
        story: The incident with all that belongs to it.
        now_ms: The present; what is open lasts until then.
        zone: The time zone in which instants are told.
    """
    one = story.incident
    sections = [
        [f"# Incident {one.id}: {plain(title_now(one))}"],
        _facts(story, now_ms, zone),
        ["## What was lost", "", *_lost(story)],
        ["## Alerts", "", *_alerts(story, zone)],
        ["## Who was told", "", *_told(story, zone)],
        *([["## Notes", "", *_notes(story, zone)]] if story.notes else []),
        ["## Timeline", "", *_timeline(story, zone)],
        [f"Method: {METHOD}. Times in {zone}."],
    ]
    return "\n\n".join("\n".join(section) for section in sections)


def _facts(story: Story, now_ms: int, zone: tzinfo) -> list[str]:
    one = story.incident
    ended_ms = now_ms if one.resolved_ms is None else one.resolved_ms
    end = "still open" if one.resolved_ms is None else _at(one.resolved_ms, zone)
    lines = [
        f"- Severity: {one.severity}",
        f"- Services: {plain(', '.join(one.services)) or 'Sentinel itself'}",
        f"- Began: {_at(one.opened_ms, zone)}",
        f"- Ended: {end}",
        f"- Duration: {format_duration((ended_ms - one.opened_ms) / 1_000)}",
    ]
    if one.reopened:
        lines.append(f"- Came back: {one.reopened} times")
    if one.acknowledged_ms is not None:
        by = f" by {plain(one.acknowledged_by)}" if one.acknowledged_by else ""
        lines.append(f"- Acknowledged: {_at(one.acknowledged_ms, zone)}{by}")
    return lines


def _lost(story: Story) -> list[str]:
    if not any(story.lost_ms.values()):
        return ["No service was down."]
    return table(
        ("Service", "Down for"),
        [(name, format_duration(lost / 1_000)) for name, lost in story.lost_ms.items()],
    )


def _alerts(story: Story, zone: tzinfo) -> list[str]:
    if not story.alerts:
        return ["None was kept."]
    return table(
        ("Number", "Rule", "Severity", "Service", "From", "Until", "Why"),
        [
            (
                str(one.id),
                one.rule,
                one.severity,
                one.service or "Sentinel",
                _at(one.opened_ms, zone),
                "open" if one.resolved_ms is None else _at(one.resolved_ms, zone),
                one.reason,
            )
            for one in story.alerts
        ],
    )


def _told(story: Story, zone: tzinfo) -> list[str]:
    if not story.notices:
        return ["Nobody."]
    return table(
        ("Channel", "Occasion", "Written", "Outcome"),
        [
            (
                one.channel,
                one.kind,
                _at(one.created_ms, zone),
                one.status if one.sent_ms is None else f"sent {_at(one.sent_ms, zone)}",
            )
            for one in story.notices
        ],
    )


def _notes(story: Story, zone: tzinfo) -> list[str]:
    return [
        f"- {_at(note.at_ms, zone)}, {plain(note.by)}: {plain(note.text)}" for note in story.notes
    ]


def _timeline(story: Story, zone: tzinfo) -> list[str]:
    return table(
        ("When", "Service", "What", "Detail"),
        [
            (
                _at(entry.at_ms, zone),
                entry.service or "Sentinel",
                str(entry.state or entry.severity or entry.kind),
                entry.text,
            )
            for entry in story.timeline
        ],
    )


def _at(at_ms: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1_000, zone):%Y-%m-%d %H:%M:%S}"
