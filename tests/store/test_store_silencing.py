"""Silences and maintenance on disk."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_looks import T0_MS
from store_telling import HOUR_MS, Desk

from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.errors import StoreError
from sentinel_tui.store import recorder
from sentinel_tui.store.queries import Reader

END_MS = T0_MS + HOUR_MS


async def begin(desk: Desk, **options: object) -> Silence:
    asked: dict[str, object] = {
        "kind": SilenceKind.SILENCE,
        "match": "tag:public",
        "start_ms": T0_MS,
        "end_ms": END_MS,
        "until_healthy": False,
        "reason": "a new disk",
        "by": "tui",
    }
    return await desk.do(recorder.add_silence, **{**asked, **options})


async def test_what_is_begun_is_kept_as_it_was_asked_for(desk: Desk, reader: Reader) -> None:
    begun = await begin(desk, kind=SilenceKind.MAINTENANCE, until_healthy=True, end_ms=None)
    assert begun == Silence(
        begun.id,
        SilenceKind.MAINTENANCE,
        "tag:public",
        T0_MS,
        None,
        until_healthy=True,
        reason="a new disk",
        by="tui",
    )
    assert reader.silences() == [begun]


async def test_an_occurrence_of_a_window_is_begun_once(desk: Desk) -> None:
    occurrence = await begin(desk, by="window nightly")
    assert await begin(desk, by="window nightly") == occurrence
    assert await begin(desk, by="window weekly") != occurrence


async def test_what_holds_is_what_began_and_did_not_end(desk: Desk) -> None:
    first = await begin(desk)
    second = await begin(desk, start_ms=T0_MS + 1, end_ms=None)
    await begin(desk, start_ms=T0_MS + 2 * HOUR_MS, end_ms=T0_MS + 3 * HOUR_MS)
    assert await desk.do(recorder.active, now_ms=T0_MS + 5) == [second, first]
    assert await desk.do(recorder.active, now_ms=END_MS) == [second]


async def test_ending_one_ends_it_now_and_only_once(desk: Desk) -> None:
    begun = await begin(desk)
    ended = await desk.do(recorder.end_silence, silence_id=begun.id, at_ms=T0_MS + 5)
    assert ended == replace(begun, ended_ms=T0_MS + 5)
    assert await desk.do(recorder.end_silence, silence_id=begun.id, at_ms=T0_MS + 9) == ended
    assert await desk.do(recorder.active, now_ms=T0_MS + 5) == []


async def test_what_ran_out_while_nobody_watched_ended_when_it_should_have(desk: Desk) -> None:
    begun = await begin(desk)
    assert await desk.do(recorder.due_ends, now_ms=END_MS - 1) == []
    assert await desk.do(recorder.due_ends, now_ms=END_MS + HOUR_MS) == [begun]
    ended = await desk.do(recorder.end_silence, silence_id=begun.id, at_ms=END_MS + HOUR_MS)
    assert ended.ended_ms == END_MS
    assert await desk.do(recorder.due_ends, now_ms=END_MS + HOUR_MS) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"match": "severity:awful"}, "no severity 'awful'"),
        ({"match": "colour:red"}, "colour"),
        ({"end_ms": T0_MS}, "before it begins"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    desk: Desk, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        await begin(desk, **wrong)
    assert refused.value.hint
    assert await desk.do(recorder.active, now_ms=T0_MS) == []


async def test_only_a_silence_that_is_there_can_be_ended(desk: Desk) -> None:
    with pytest.raises(StoreError, match="no silence 7"):
        await desk.do(recorder.end_silence, silence_id=7, at_ms=T0_MS)
