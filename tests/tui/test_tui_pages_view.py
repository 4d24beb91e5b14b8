"""What the pages and the palette are made of, as lines."""

from __future__ import annotations

from datetime import UTC

import pytest

from sentinel_tui.commands.catalog import CATALOG
from sentinel_tui.domain.monitoring.observations import PhaseTimings
from sentinel_tui.domain.records import EntryKind, TimelineEntry
from sentinel_tui.tui.cells import Tone, line_width, plain
from sentinel_tui.tui.keymap import KEYS, shown_keys
from sentinel_tui.tui.palette import Entry, score_of
from sentinel_tui.tui.view_models.help import help_lines
from sentinel_tui.tui.view_models.service import phase_lines
from sentinel_tui.tui.view_models.timeline import timeline_lines
from sentinel_tui.tui.view_models.words import Times

NOW_MS = 1_800_014_400_000
TIMES = Times(UTC, "UTC", NOW_MS)
NAMES = {"public": "Public site"}


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
