"""An engine killed in the midst of taking events in keeps each one that it acknowledged, once."""

from __future__ import annotations

from pathlib import Path

from ingest_kills import kill_and_count

_KILLS = 8


def test_what_was_answered_with_202_is_stored_exactly_once(tmp_path: Path) -> None:
    counted = kill_and_count(tmp_path, _KILLS)
    assert counted["acknowledged"] > 10 * _KILLS
    assert counted["missing"] == 0
    assert counted["twice"] == 0
    # Nothing is stored that nobody told, also of what was on its way when the engine died.
    assert counted["never_told"] == 0
