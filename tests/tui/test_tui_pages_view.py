"""What the pages and the palette are made of, as lines."""

from __future__ import annotations

from datetime import UTC

import pytest

from sentinel_tui.commands.catalog import CATALOG
from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.observations import PhaseTimings
from sentinel_tui.domain.records import AlertRecord, EntryKind, TimelineEntry
from sentinel_tui.tui.cells import Tone, line_width, plain
from sentinel_tui.tui.keymap import KEYS, shown_keys
from sentinel_tui.tui.palette import Entry, score_of
from sentinel_tui.tui.view_models.alerts import alert_rows, badge, counts_line, news
from sentinel_tui.tui.view_models.help import help_lines
from sentinel_tui.tui.view_models.service import phase_lines
from sentinel_tui.tui.view_models.timeline import timeline_lines
from sentinel_tui.tui.view_models.words import Times

NOW_MS = 1_800_014_400_000
MINUTE_MS = 60_000
TIMES = Times(UTC, "UTC", NOW_MS)
NAMES = {"public": "Public site"}


def alert(number: int, *, service="public", ended=None, severity=Severity.CRITICAL, seen=None):
    opened_ms = NOW_MS - 60 * MINUTE_MS + number * MINUTE_MS
    return AlertRecord(
        number,
        f"down/{number}",
        Rule.DOWN,
        severity,
        service,
        "http",
        opened_ms,
        ended,
        seen,
        "500",
    )


def test_phases_follow_one_another_and_fill_their_room():
    timings = PhaseTimings(10.0, 20.0, None, 60.0, 10.0, 100.0)
    told = [plain(one) for one in phase_lines(timings, 100)]
    assert [one.split()[0] for one in told] == ["dns", "connect", "first", "body"]
    starts = [one.index("█") for one in told]
    assert starts == sorted(starts)
    assert sum(one.count("█") for one in told) == 60


def test_the_phase_that_failed_stands_out():
    timings = PhaseTimings(10.0, 20.0, None, 60.0, None, 90.0)
    tones = [
        span.tone
        for one in phase_lines(timings, 100, "first_byte")
        for span in one
        if "█" in span.text
    ]
    assert tones == [Tone.ACCENT, Tone.ACCENT, Tone.BAD]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_phases_keep_to_their_room(width):
    timings = PhaseTimings(0.001, 0.0, 1e6, 60.0, 0.5, 1e6)
    assert all(line_width(one) <= max(width, 40) for one in phase_lines(timings, width))


def test_a_look_without_phases_draws_none():
    assert phase_lines(PhaseTimings(), 80) == []


def test_open_alerts_come_first_critical_before_warning():
    alerts = [
        alert(4, ended=NOW_MS),
        alert(3, severity=Severity.WARNING),
        alert(2),
        alert(1, ended=NOW_MS - MINUTE_MS),
    ]
    assert [row.key for row in alert_rows(alerts, NAMES, TIMES)] == ["2", "3", "4", "1"]


def test_an_alert_is_told_whole():
    row = alert_rows([alert(1, seen=NOW_MS)], NAMES, TIMES)[0]
    told = {column: plain(cell) for column, cell in row.cells.items()}
    assert told == {
        "severity": "✖ CRITICAL",
        "service": "Public site",
        "since": "11:01",
        "lasted": "59m",
        "seen": "✓ ack",
        "cause": "500",
        "id": "1",
    }


def test_an_alert_of_sentinel_itself_says_so():
    row = alert_rows([alert(1, service="")], NAMES, TIMES)[0]
    assert plain(row.cells["service"]) == "Sentinel"


@pytest.mark.parametrize("words", ["public", "critical", "open", "500", "new", "!warning"])
def test_alerts_are_filtered_by_what_they_say(words):
    assert alert_rows([alert(1)], NAMES, TIMES, words=words)
    assert not alert_rows([alert(1)], NAMES, TIMES, words="elsewhere")


def test_what_is_open_is_counted_by_severity():
    alerts = [alert(1), alert(2), alert(3, severity=Severity.WARNING)]
    assert plain(badge(alerts)) == "✖2 ▲1"
    assert plain(badge([])) == ""
    told = plain(counts_line(alerts, open_only=True, words="x"))
    assert told.startswith("✖ 2 critical · ▲ 1 warning")
    assert "no open alert" in plain(counts_line([], open_only=False, words=""))


def test_news_is_what_opened_since():
    assert news([1], [alert(1)], NAMES) == ""
    assert news([], [alert(1)], NAMES) == "Public site: 500"
    several = [alert(1), alert(2), alert(3, service="")]
    assert news([], several, NAMES) == "3 alerts opened: Public site, Sentinel"


def test_every_kind_of_entry_is_told_by_a_word():
    entries = [TimelineEntry(NOW_MS, kind, "public", "text") for kind in EntryKind]
    for told in timeline_lines(entries, NAMES, TIMES):
        assert "Public site  text" in plain(told)
        assert plain(told)[10:20].strip()


def test_help_tells_every_key_and_every_command():
    told = "\n".join(plain(one) for one in help_lines(shown_keys({}), CATALOG, 120))
    assert all(key.id in told and key.does in told for key in KEYS)
    assert all(spec.usage in told and spec.summary in told for spec in CATALOG)


ENTRY = Entry("Run: metrics SERVICE [WINDOW]", "Show latency", "metrics mesures latence", print)


@pytest.mark.parametrize(
    ("query", "found"),
    [("metrics", True), ("latence", True), ("service metrics", True), ("restart", False)],
)
def test_the_palette_finds_words_in_any_order_and_language(query, found):
    assert (score_of(query.split(), ENTRY) > 0) is found


def test_what_begins_with_the_query_comes_first():
    assert score_of(["run:"], ENTRY) > score_of(["metrics"], ENTRY) > score_of(["latence"], ENTRY)
