"""Knobs that Sentinel turns by itself: from evidence, within bounds, and back when told to."""

from __future__ import annotations

from contextlib import closing

import pytest
from engine_world import Watching, service

from sentinel_tui.domain.autonomy.actions import Knob, Tuning
from sentinel_tui.domain.autonomy.policy import Level
from sentinel_tui.domain.records import EntryKind

CALM = service("curator", interval=20.0)


@pytest.fixture(autouse=True)
def _little_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two weeks of looks take too long here; a dozen stand for them."""
    monkeypatch.setattr("sentinel_tui.domain.autonomy.tuning._ENOUGH_LOOKS", 12)


async def look_at_the_evidence(engine: Watching) -> None:
    """What the worker does each hour, as far as it may do anything."""
    worker = engine.engine._crew.acting._tuning
    if worker.level > Level.OBSERVE:
        await worker.tend()


def tunings(engine: Watching) -> list[Tuning]:
    with closing(engine.read()) as reader:
        return reader.tunings()


async def test_what_the_evidence_speaks_for_is_turned_and_turned_back(watching, clock) -> None:
    async with watching(CALM, autonomy={"tune": "auto"}) as engine:
        await engine.advance(300)
        await look_at_the_evidence(engine)
        (tuning,) = tunings(engine)
        assert tuning.knob is Knob.INTERVAL
        check = engine.watch.check("curator", "curator")
        assert check.usual_interval_s == tuning.after > tuning.before
        # It changes once a day at most, whatever the evidence.
        await look_at_the_evidence(engine)
        assert len(tunings(engine)) == 1
    async with watching(CALM, autonomy={"tune": "auto"}) as engine:
        check = engine.watch.check("curator", "curator")
        assert check.usual_interval_s == tuning.after
        undone = await engine.ask("undo_tuning", tuning=tuning.id)
        assert undone["undone_by"] == "test"
        assert check.usual_interval_s == check.interval_s == tuning.before


@pytest.mark.parametrize(("tune", "said"), [("suggest", 1), ("off", 0)])
async def test_a_suggestion_is_said_once_and_changes_nothing(watching, tune: str, said) -> None:
    async with watching(CALM, autonomy={"tune": tune}) as engine:
        await engine.advance(300)
        for _ in range(2):
            await look_at_the_evidence(engine)
        assert tunings(engine) == []
        assert len([one for one in engine.entries(EntryKind.NOTE) if "could go" in one]) == said
