"""When services were awake and visited, their modes and plans."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from store_keeping import a_deploy, a_plan
from store_looks import T0_MS, Watch, good, rows_of, service
from store_telling import HOUR_MS, MINUTE_MS

from sentinel_tui.domain.hosting import DeployStatus
from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.keepalive.hours_ledger import Correction
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange, ModeSetting
from sentinel_tui.domain.records import EntryKind, Visit
from sentinel_tui.store import recorder
from sentinel_tui.store.observing import record
from sentinel_tui.store.plans import PLANS_KEPT
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import StoreWriter


def stretch(at_h: float, until_h: float, service: str = "curator", **facts: object) -> Stretch:
    """A stretch between two hours after `T0_MS`."""
    start_ms, end_ms = (T0_MS + round(hour * HOUR_MS) for hour in (at_h, until_h))
    return replace(Stretch(service, start_ms, end_ms, Cause.PLAN), **facts)  # type: ignore[arg-type] # whatever a test says


async def test_a_stretch_grows_in_its_place(writer: StoreWriter, reader: Reader) -> None:
    begun = stretch(0, 0.25, open=True)
    ended = replace(begun, end_ms=T0_MS + HOUR_MS, cause=Cause.VISIT, open=False)
    other = stretch(0, 1, "public", open=True)
    await writer.run(partial(recorder.save_stretches, stretches=[begun, other]))
    assert await writer.run(recorder.open_stretches) == [begun, other]
    await writer.run(partial(recorder.save_stretches, stretches=[ended]))
    assert await writer.run(recorder.open_stretches) == [other]
    assert reader.awake(T0_MS, T0_MS + 1) == [ended, other]


async def test_a_window_shows_whatever_lies_in_it(writer: StoreWriter, reader: Reader) -> None:
    lasting = stretch(-5, 9)
    inside, across, before, after = (
        stretch(*hours, "public") for hours in ((2, 3), (-1, 1), (-3, 0), (4, 5))
    )
    told = [after, across, before, inside, lasting]
    await writer.run(partial(recorder.save_stretches, stretches=told))
    window = (T0_MS, T0_MS + 4 * HOUR_MS)
    assert reader.awake(*window) == [lasting, across, inside]
    job = partial(recorder.stretches, from_ms=window[0], to_ms=window[1])
    assert await writer.run(job) == reader.awake(*window)


async def test_visits_count_once_however_often_they_are_told(watch: Watch, reader: Reader) -> None:
    minute, later = T0_MS, T0_MS + MINUTE_MS
    told = (
        [Visit("curator", minute, 2, "platform"), Visit("curator", later, 1, "platform")],
        [Visit("curator", minute, 5, "platform"), Visit("curator", minute, 1, "owner")],
        [Visit("curator", minute, 3, "platform"), Visit("curator", later + 1, 0, "platform")],
        [Visit("stranger", minute, 3, "platform")],
    )
    for visits in told:
        await watch.writer.run(partial(recorder.add_visits, visits=visits))
    assert reader.visits("curator", T0_MS) == [
        Visit("curator", minute, 1, "owner"),
        Visit("curator", minute, 5, "platform"),
        Visit("curator", later, 1, "platform"),
    ]
    assert reader.visits("curator", later) == [Visit("curator", later, 1, "platform")]
    assert reader.visits("stranger", 0) == []
    times = partial(recorder.visit_times, service="curator", from_ms=T0_MS)
    assert await watch.writer.run(times) == [minute, later]


async def test_the_last_figure_that_was_read_counts(writer: StoreWriter, reader: Reader) -> None:
    assert reader.correction() is None
    for at_ms, used_h in ((T0_MS + 1, 312.5), (T0_MS, 300.0)):
        read = Correction(at_ms, used_h)
        await writer.run(partial(recorder.correct_hours, correction=read, by="cli"))
    assert reader.correction() == Correction(T0_MS + 1, 312.5)
    assert await writer.run(recorder.last_correction) == reader.correction()


async def test_a_cold_start_tells_what_woke_the_service_and_what_was_live(
    watch: Watch, reader: Reader
) -> None:
    deploys = [
        a_deploy("old", status=DeployStatus.REPLACED, live_ms=T0_MS - 2),
        a_deploy("new", status=DeployStatus.LIVE, live_ms=T0_MS - 1),
        a_deploy("next"),
    ]

    async def wake(at_ms: int, cause: Cause) -> None:
        key, judgement = watch.judge("curator", good(at_ms, 9_000.0))
        woke = replace(judgement, cold_start_ms=9_000.0, cold_start_cause=cause)
        await watch.writer.run(partial(record, judgements=[(key, woke)], at_ms=at_ms))

    await wake(T0_MS, Cause.PLAN)
    await watch.writer.run(partial(recorder.save_deploys, deploys=deploys))
    await wake(T0_MS + HOUR_MS, Cause.VISIT)
    told = [(one.cause, one.deploy) for one in reader.cold_starts("curator")]
    assert told == [(Cause.VISIT, "new"), (Cause.PLAN, "")]


def setting(service: str, mode: Mode, at_ms: int, until_ms: int | None = None) -> ModeSetting:
    return ModeSetting(service, mode, at_ms, until_ms, "tui")


async def test_a_mode_set_by_hand_holds_until_it_ends(writer: StoreWriter, reader: Reader) -> None:
    first = setting("curator", Mode.NORMAL, T0_MS)
    second = setting("curator", Mode.ECONOMY, T0_MS + 1, T0_MS + HOUR_MS)
    of_all = setting("", Mode.HYPER_VIGILANT, T0_MS + 2)
    for one in (first, second, of_all):
        await writer.run(partial(recorder.set_mode, setting=one))
    now = partial(recorder.mode_settings, now_ms=T0_MS + HOUR_MS - 1)
    assert await writer.run(now) == [of_all, second]
    later = partial(recorder.mode_settings, now_ms=T0_MS + HOUR_MS)
    assert await writer.run(later) == [of_all]
    assert reader.mode_settings() == [of_all, second], "it was not taken back"
    assert reader.mode_settings(active_at_ms=T0_MS + HOUR_MS) == [of_all]
    await writer.run(partial(recorder.clear_mode, service="curator", at_ms=T0_MS + 3))
    assert reader.mode_settings() == [of_all]


async def test_taking_back_for_all_takes_back_everything(
    writer: StoreWriter, reader: Reader
) -> None:
    for name in ("", "curator", "public"):
        one = setting(name, Mode.ECONOMY, T0_MS)
        await writer.run(partial(recorder.set_mode, setting=one))
    await writer.run(partial(recorder.clear_mode, service="", at_ms=T0_MS + 1))
    assert reader.mode_settings() == []


async def test_the_mode_in_which_a_window_begins_is_told(watch: Watch, reader: Reader) -> None:
    await watch.configure(service(), service("public"))
    changes = [
        ModeChange("curator", T0_MS + n * HOUR_MS, mode, f"reason {n}")
        for n, mode in enumerate((Mode.NORMAL, Mode.ECONOMY, Mode.HYPER_VIGILANT))
    ]
    other = ModeChange("public", T0_MS + HOUR_MS, Mode.NORMAL, "nothing else")
    for change in (*changes, other):
        await watch.writer.run(partial(recorder.change_mode, change=change))
    start_ms = T0_MS + HOUR_MS + 1
    assert reader.mode_changes("curator", start_ms, start_ms + 2 * HOUR_MS) == changes[1:]
    assert reader.mode_changes("curator", start_ms, start_ms + 1) == [changes[1]]
    assert reader.mode_changes("curator", 0, start_ms) == changes[:2]
    assert reader.modes() == {"curator": changes[2], "public": other}
    assert await watch.writer.run(recorder.last_modes) == reader.modes()
    told = [one.text for one in reader.timeline(0, 2 * T0_MS) if one.kind is EntryKind.MODE]
    assert told[0] == "hyper-vigilant: reason 2"
    assert len(told) == len(changes) + 1


async def test_a_plan_comes_back_as_it_was_made(writer: StoreWriter, reader: Reader) -> None:
    assert reader.plan() is None
    plan = a_plan(T0_MS, "curator", "public")
    unbound = replace(a_plan(T0_MS + 1), threshold=None, exhausted_ms=None)
    for one in (plan, unbound):
        await writer.run(partial(recorder.save_plan, plan=one))
        assert reader.plan() == one
        assert await writer.run(recorder.last_plan) == one
    assert reader.plan() is reader.plan(), "read once"


async def test_the_newest_plans_are_kept(writer: StoreWriter, reader: Reader) -> None:
    for number in range(PLANS_KEPT + 3):
        plan = replace(a_plan(T0_MS + number), weeks={}, profiles={})
        await writer.run(partial(recorder.save_plan, plan=plan))
    kept = await rows_of(writer, "SELECT count(*), min(made_ms) FROM plans")
    assert kept == [(PLANS_KEPT, T0_MS + 3)]
    assert reader.plan() == plan
