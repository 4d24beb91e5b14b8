"""Actions: each step is written down once, in order, and the audit cannot be rewritten."""

from __future__ import annotations

import random
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from store_keeping import an_action
from store_looks import T0_MS, rows_of

from sentinel_tui.domain.autonomy.actions import (
    ENDED,
    Action,
    Freeze,
    Knob,
    Snapshot,
    Step,
    Tuning,
    allowed,
)
from sentinel_tui.domain.autonomy.verification import Effect
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.driver import sqlite
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import StoreWriter


async def propose(writer: StoreWriter, key: str = "key-1", **facts: Any) -> Action:
    return await writer.run(partial(recorder.propose, action=an_action(key, **facts)))


async def advance(
    writer: StoreWriter, action: Action, *steps: Step, at_ms: int = T0_MS + 1, **changes: Any
) -> Action:
    for step in steps:
        job = partial(recorder.advance, action_id=action.id, step=step, at_ms=at_ms)
        action = await writer.run(partial(job, by="healing", text=f"now {step}", **changes))
    return action


async def test_an_action_comes_back_as_it_was_wanted(writer: StoreWriter, reader: Reader) -> None:
    wanted = an_action(effect=Effect.NOT_HEALED, remote="dep-9", undoes=4)
    stored = await writer.run(partial(recorder.propose, action=wanted))
    assert stored == an_action(id=stored.id, effect=Effect.NOT_HEALED, remote="dep-9", undoes=4)
    assert reader.action(stored.id) == stored
    assert reader.action(stored.id + 1) is None
    assert await writer.run(partial(recorder.action_by_id, action_id=stored.id)) == stored


async def test_the_same_wish_is_the_same_action(writer: StoreWriter, reader: Reader) -> None:
    first = await propose(writer)
    again = await propose(writer, service="public", why="something else")
    assert again == first
    assert reader.actions() == [first]
    assert len(reader.audit()) == 1


async def test_each_step_dates_the_action_and_is_audited(
    writer: StoreWriter, reader: Reader
) -> None:
    action = await propose(writer)
    snapshot = Snapshot(live_deploy="dep-2", plan="starter")
    way = (
        (Step.APPROVED, {}, {"approved_ms": T0_MS + 1, "approved_by": "tui"}),
        (Step.STARTED, {"snapshot": snapshot}, {"started_ms": T0_MS + 2, "snapshot": snapshot}),
        (Step.DONE, {"remote": "dep-3"}, {"done_ms": T0_MS + 3, "remote": "dep-3"}),
        (Step.VERIFIED, {"effect": Effect.WELL}, {"ended_ms": T0_MS + 4, "effect": Effect.WELL}),
    )
    for at_ms, (step, changes, shown) in enumerate(way, start=T0_MS + 1):
        job = partial(recorder.advance, action_id=action.id, step=step, at_ms=at_ms, by="tui")
        action = await writer.run(partial(job, text=f"now {step}", **changes))
        assert reader.action(action.id) == action
        assert {name: getattr(action, name) for name in shown} == shown
        assert (action.step, action.note) == (step, f"now {step}")
    await propose(writer, "key-2")
    told = [(one.at_ms, one.step, one.by, one.text) for one in reader.audit(action=action.id)]
    assert told == [
        *((T0_MS + 4 - n, step, "tui", f"now {step}") for n, (step, *_) in enumerate(way[::-1])),
        (T0_MS, Step.WAITING, "healing", "it did not come back by itself"),
    ]
    assert [one.id for one in reader.audit(limit=2)] == [6, 5]
    lines = [one.text for one in reader.timeline(0, 2 * T0_MS) if one.kind is EntryKind.ACTION]
    assert lines[0] == "restart (1) verified by tui: now verified"
    assert len(lines) == len(reader.audit())


async def test_a_step_that_was_taken_is_not_taken_again(
    writer: StoreWriter, reader: Reader
) -> None:
    action = await advance(writer, await propose(writer), Step.APPROVED, Step.STARTED)
    again = await advance(writer, action, Step.STARTED, at_ms=T0_MS + 9, remote="dep-3")
    assert again == action == reader.action(action.id)
    assert len(reader.audit()) == 3


@pytest.mark.parametrize(
    ("way", "step"),
    [
        ((), Step.DONE),
        ((Step.APPROVED, Step.STARTED), Step.APPROVED),
        ((Step.APPROVED, Step.STARTED, Step.FAILED), Step.STARTED),
    ],
)
async def test_no_step_is_left_out_or_taken_back(
    writer: StoreWriter, reader: Reader, way: tuple[Step, ...], step: Step
) -> None:
    action = await advance(writer, await propose(writer), *way)
    audit = reader.audit()
    with pytest.raises(StoreError, match=f"restart of curator.*{action.step}.*{step}"):
        await advance(writer, action, step)
    assert reader.action(action.id) == action
    assert reader.audit() == audit
    with pytest.raises(StoreError, match="no action 77"):
        await advance(writer, an_action(id=77), step)


async def test_an_action_and_its_audit_are_written_together_or_not_at_all(
    writer: StoreWriter, reader: Reader
) -> None:
    action = await propose(writer)
    await rows_of(
        writer,
        "CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    with pytest.raises(StoreError):
        await advance(writer, action, Step.APPROVED)
    with pytest.raises(StoreError):
        await propose(writer, "key-2")
    assert reader.actions() == [action]


async def test_what_is_open_is_found_and_what_was_done_lately(
    writer: StoreWriter, reader: Reader
) -> None:
    old = await propose(writer, "old", created_ms=T0_MS - 10)
    late = await propose(writer, "late", created_ms=T0_MS - 9)
    late = await advance(writer, late, Step.APPROVED, Step.STARTED)
    ended = await advance(writer, await propose(writer, "new", service="public"), Step.EXPIRED)
    assert await writer.run(recorder.open_actions) == [old, late]
    assert await writer.run(partial(recorder.recent_actions, since_ms=T0_MS)) == [late, ended]
    assert reader.actions(open_only=True) == [late, old]
    assert reader.actions(service="public") == [ended]
    assert reader.actions(limit=1) == [ended]


@pytest.mark.parametrize(
    "how",
    [
        "UPDATE audit SET text = 'nothing' WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT id, at_ms, action_id, service, verb, step, 'nobody', "
        "text, digest FROM audit WHERE id = 2",
        "REPLACE INTO audit SELECT * FROM audit",
    ],
)
async def test_the_audit_is_only_added_to(
    writer: StoreWriter, reader: Reader, paths: Paths, how: str
) -> None:
    await advance(writer, await propose(writer), Step.APPROVED, Step.STARTED)
    before = reader.audit()
    with (
        closing(sqlite.connect(paths.store)) as somebody,
        pytest.raises(sqlite.IntegrityError, match="the audit is never"),
    ):
        somebody.execute(how)
    assert reader.audit() == before


@pytest.mark.parametrize(
    ("how", "broken"),
    [
        ("UPDATE audit SET at_ms = at_ms + 1 WHERE id = 3", 3),
        ("UPDATE audit SET author = 'tui' WHERE id = 1", 1),
        ("UPDATE audit SET digest = (SELECT digest FROM audit WHERE id = 4) WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 4", 4),
        ("DELETE FROM audit WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 5", 5),
        ("UPDATE audit SET id = -id WHERE id IN (2, 3)", 1),
    ],
)
async def test_an_audit_that_was_rewritten_is_found_out(
    writer: StoreWriter, reader: Reader, paths: Paths, how: str, broken: int
) -> None:
    way = (Step.APPROVED, Step.STARTED, Step.DONE, Step.HELPLESS)
    await advance(writer, await propose(writer), *way)
    assert await writer.run(recorder.verify_audit) is None
    with closing(sqlite.connect(paths.store, isolation_level=None)) as somebody:
        for (name,) in somebody.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            somebody.execute(f"DROP TRIGGER {name}")
        somebody.execute(how)
    assert await writer.run(recorder.verify_audit) == reader.broken_audit_entry() == broken


async def test_whatever_way_actions_go_the_audit_tells_it(
    writer: StoreWriter, reader: Reader
) -> None:
    dice = random.Random(11)  # noqa: S311 (which way, not which secret)
    for number in range(12):
        action = await propose(writer, f"key-{number}", step=Step.PROPOSED)
        while not action.ended:
            ways = [step for step in Step if allowed(action.step, step)]
            action = await advance(writer, action, dice.choice(ways))
    last = {one.action: one for one in reversed(reader.audit())}
    told = {one.id: (one.step, one.note, one.ended_ms is None) for one in reader.actions()}
    assert {number: (one.step, one.text, False) for number, one in last.items()} == told
    assert all(one.step in ENDED for one in last.values())
    assert reader.broken_audit_entry() is None


async def test_a_freeze_holds_until_it_is_lifted(writer: StoreWriter, reader: Reader) -> None:
    assert reader.frozen() is None
    freeze = partial(recorder.freeze, by="cli", reason="a holiday")
    first = await writer.run(partial(freeze, at_ms=T0_MS))
    assert first == Freeze(T0_MS, "cli", "a holiday")
    assert await writer.run(partial(freeze, at_ms=T0_MS + 1)) == first
    assert reader.frozen() == await writer.run(recorder.frozen) == first
    for at_ms in (T0_MS + 5, T0_MS + 6):
        await writer.run(partial(recorder.unfreeze, at_ms=at_ms, by="tui"))
    assert reader.frozen() is None
    assert [(one.at_ms, one.text) for one in reader.timeline(0, 2 * T0_MS, service="public")] == [
        (T0_MS + 5, "actions allowed again by tui"),
        (T0_MS, "all actions frozen by cli: a holiday"),
    ]


async def test_a_tuning_is_undone_once(writer: StoreWriter, reader: Reader) -> None:
    tuning = Tuning("curator", "http", Knob.INTERVAL, 60.0, 30.0, "it fails often", T0_MS)
    stored = await writer.run(partial(recorder.add_tuning, tuning=tuning))
    lead = Tuning("curator", "", Knob.WAKE_LEAD, 30.0, 47.5, "cold starts take longer", T0_MS + 1)
    other = await writer.run(partial(recorder.add_tuning, tuning=lead))
    assert reader.tunings() == reader.tunings(live_only=True) == [other, stored]
    for at_ms in (T0_MS + 2, T0_MS + 3):
        undo = partial(recorder.undo_tuning, tuning_id=stored.id, at_ms=at_ms, by="cli")
        undone = await writer.run(undo)
    assert (undone.undone_ms, undone.undone_by) == (T0_MS + 2, "cli")
    assert reader.tunings() == [other, undone]
    assert reader.tunings(live_only=True) == await writer.run(recorder.live_tunings) == [other]
    with pytest.raises(StoreError, match="no tuning 9"):
        await writer.run(partial(recorder.undo_tuning, tuning_id=9, at_ms=T0_MS, by="cli"))
    assert [one.text for one in reader.timeline(0, 2 * T0_MS)] == [
        "interval of http back to 60 by cli",
        "wake_lead from 30 to 47.5: cold starts take longer",
        "interval of http from 60 to 30: it fails often",
    ]
