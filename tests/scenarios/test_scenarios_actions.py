"""What Sentinel does to services: once, followed to its end, and never more than is allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from acting_world import SETTLED_S, Start, allowing, at_render, engines, sent
from scenario_world import SharedClock, Steady, Tripwire

from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.errors import EngineError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.render.api import Mishap
from sentinel_tui.sandbox.render.rate_limits import SERVICE_WRITE_LIMIT
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import World

NAMES = tuple(f"s-{number:02}" for number in range(6))


@pytest.fixture
async def world(
    clock: SharedClock, one_clock: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr("sentinel_tui.sandbox.world._FOLLOW_EVERY_S", 3.0)
    habits = SleepHabits(one_start_fails_in=0)
    steady = [Steady(name) for name in NAMES]
    plans = dict.fromkeys(NAMES, "starter")
    world = World(clock, sleep_habits=habits, more=steady, plans=plans)
    world.start()
    yield world
    await world.stop()


@pytest.fixture
def acting(world: World, clock: SharedClock, paths: Paths, tripwire: Tripwire) -> Start:
    return engines(world, clock, paths, tripwire)


async def test_a_restart_by_the_owner_is_sent_once_and_verified(
    acting: Start, world: World
) -> None:
    async with acting(at_render(world, "s-00")) as engine:
        await engine.advance(60)
        answer = await engine.ask("act", service="s-00", verb="restart", key="one")
        again = await engine.ask("act", service="s-00", verb="restart", key="one")
        assert answer["action"] == again["action"]
        ended = await engine.until_step(answer["action"], Step.VERIFIED)
        assert sent(world) == [f"POST /v1/services/{engine.hosted('s-00').id}/restart"]
        assert engine.steps(ended.id) == [Step.APPROVED, Step.STARTED, Step.DONE, Step.VERIFIED]


async def test_the_owner_is_told_the_price_first_and_can_take_it_back(
    acting: Start, world: World
) -> None:
    async with acting(at_render(world, "s-00")) as engine:
        await engine.advance(30)
        scale = {"service": "s-00", "verb": "scale", "instances": 2}
        told = await engine.ask("consider", **scale)
        assert told["allowed"] == "do"
        assert told["euros_per_month"] > 0
        assert told["type"] == "s-00"
        dry = await engine.ask("act", **scale, dry_run=True)
        assert dry["step"] == Step.DRY_RUN
        assert sent(world) == []
        done = await engine.ask("act", **scale)
        assert engine.hosted("s-00").instances == 2
        back = {"service": "s-00", "verb": "scale", "instances": 1}
        # It is still being watched, which keeps everything back but its own undoing.
        assert (await engine.ask("consider", **back))["allowed"] == "refuse"
        considered = await engine.ask("consider", **back, undoes=done["action"])
        assert considered["allowed"] == "do"
        taken_back = await engine.ask("undo", action=done["action"])
        assert engine.hosted("s-00").instances == 1
        await engine.until_step(taken_back["action"], Step.VERIFIED)
        # It was taken back before anybody could tell whether it helped.
        assert engine.steps(done["action"])[-1] is Step.HELPLESS


class TestHealing:
    async def test_a_restart_heals_and_the_incident_tells_of_it(
        self, acting: Start, world: World
    ) -> None:
        async with acting(at_render(world, "s-00"), autonomy=allowing(restart="auto")) as engine:
            await engine.advance(SETTLED_S)
            await world.break_service("s-00", "500", 80_000)
            await engine.until(lambda: bool(engine.actions()), within_s=400)
            (action,) = engine.actions()
            ended = await engine.until_step(action.id, Step.VERIFIED)
            assert len(sent(world)) == 1
            assert ended.automatic
            assert any("restart of s-00" in note for note in engine.notes())

    async def test_a_bad_deploy_is_restarted_rolled_back_once_and_then_it_is_well(
        self, acting: Start, world: World
    ) -> None:
        allowed = {**allowing(restart="auto", rollback="auto"), "i_accept_automatic_rollback": True}
        async with acting(at_render(world, "s-00", interval=30.0), autonomy=allowed) as engine:
            # A deploy is worth going back to once it was healthy for ten minutes.
            await engine.advance(620)
            good = engine.hosted("s-00").live
            world.render.deploy_badly("s-00")
            await engine.until(lambda: len(engine.actions()) > 1, within_s=1_500)
            rollback = await engine.until_step(engine.actions()[-1].id, Step.VERIFIED)
            assert good is not None
            assert rollback.arguments == {"deploy": good.id}
            assert [one.rpartition("/")[2] for one in sent(world)] == ["restart", "rollback"]
            await engine.advance(300)
            assert engine.down() == set()
            assert not any(one.open for one in engine.incidents())

    async def test_a_second_outage_is_healed_too_while_older_troubles_keep_incidents_open(
        self, acting: Start, world: World
    ) -> None:
        async with acting(at_render(world, "s-00"), autonomy=allowing(restart="auto")) as engine:
            await engine.advance(SETTLED_S)
            for rule in (Rule.COLD_START, Rule.DEGRADED):
                now_ms = engine.engine.parts.clock.now_ms()
                key = fingerprint(rule, "s-00")
                told = Finding(key, rule, True, Severity.WARNING, now_ms, "since long")
                engine.engine.parts.own_alerts.tell(told, "s-00")
            for restarts in (1, 2):
                await world.break_service("s-00", "500", 80_000)
                await engine.until(lambda: len(engine.actions()) == restarts, within_s=400)  # noqa: B023 (awaited within its round)
                await engine.until_step(restarts, Step.VERIFIED)
                await engine.advance(700)
            assert len(sent(world)) == 2
            waking, outages = sorted(engine.incidents(), key=lambda one: one.cause, reverse=True)
            assert outages.open
            with closing(engine.read()) as reader:
                assert reader.notes(waking.id) == []
                assert "(action 2) is verified" in reader.notes(outages.id)[-1].text

    async def test_what_does_not_help_ends_with_the_owner_and_what_was_tried(
        self, acting: Start, world: World
    ) -> None:
        async with acting(at_render(world, "s-00"), autonomy=allowing(restart="auto")) as engine:
            await engine.advance(SETTLED_S)
            service = engine.hosted("s-00")
            service.broken = service.dies_of_restart = True
            await engine.until(
                lambda: any(note.startswith("over to you") for note in engine.notes()), 1_500
            )
            await engine.advance(120)
            assert service.restarts == 1
            assert len([one for one in engine.notes() if one.startswith("over to you")]) == 1


class TestAnswersThatDoNotCome:
    async def test_what_was_done_behind_a_failure_is_found_and_what_was_not_is_said(
        self, acting: Start, world: World
    ) -> None:
        befalls = dict(zip(NAMES, Mishap, strict=False))
        everything = [at_render(world, name, interval=300.0) for name in NAMES]
        async with acting(*everything) as engine:
            await engine.advance(5)
            for name, mishap in befalls.items():
                world.render.api.mishaps.append(mishap)
                await engine.want(name, Verb.RESTART)
                await engine.until(lambda: not world.render.api.mishaps, within_s=5)
            await engine.until(lambda: not engine.unclear(), within_s=200)
            for action in engine.actions():
                acted = befalls[action.service].endswith("after acting")
                assert engine.hosted(action.service).restarts == int(acted)
                assert (action.step is Step.NOT_EXECUTED) is not acted
            assert len(sent(world)) == len(befalls)

    async def test_an_unknown_outcome_is_left_to_a_human_and_never_sent_again(
        self, acting: Start, world: World, tripwire: Tripwire
    ) -> None:
        async with acting(at_render(world, "s-00", interval=60.0)) as engine:
            await engine.advance(30)
            tripwire.place = "sent"
            await engine.want("s-00", Verb.RESTART)
            await engine.kill()
        tripwire.place = ""
        await world.break_service("network", "cut", 80_000)
        async with acting(at_render(world, "s-00", interval=60.0)) as engine:
            await engine.until_step(1, Step.UNKNOWN, within_s=1_500)
            assert engine.alerts(Rule.ACTION)
            await world.mend("network")
            await engine.advance(600)
            assert engine.hosted("s-00").restarts == len(sent(world)) == 1
            await engine.ask("reject", action=1)
            await engine.advance(5)
            assert not any(one.open for one in engine.alerts(Rule.ACTION))

    async def test_a_platform_that_takes_no_more_calls_is_believed(
        self, acting: Start, world: World
    ) -> None:
        async with acting(at_render(world, "s-00")) as engine:
            await engine.advance(5)
            service = engine.hosted("s-00")
            for number in range(SERVICE_WRITE_LIMIT):
                await engine.engine.parts.hosted.client.scale(service.id, 1 + number % 2)
            refused = len(sent(world))
            answer = await engine.ask("act", service="s-00", verb="scale", instances=3)
            ended = await engine.until_step(
                answer["action"], Step.FAILED, Step.NOT_EXECUTED, Step.VERIFIED, within_s=200
            )
            assert len(sent(world)) <= refused + 1
            assert (service.instances == 3) is (ended.step is Step.VERIFIED)


class TestWhatChangesInMidFlight:
    async def test_a_freeze_holds_back_what_was_allowed_already(
        self, acting: Start, world: World, tripwire: Tripwire, paths: Paths
    ) -> None:
        async with acting(at_render(world, "s-00")) as engine:
            await engine.advance(5)
            tripwire.place = "approved"
            await engine.want("s-00", Verb.RESTART)
            await engine.kill()
        tripwire.place = ""
        paths.frozen.touch()
        async with acting(at_render(world, "s-00")) as engine:
            action = await engine.until_step(1, Step.CANCELLED)
            assert "frozen" in action.note
            with pytest.raises(EngineError, match="frozen"):
                await engine.ask("act", service="s-00", verb="restart")
            await engine.ask("unfreeze")
            await engine.ask("freeze", reason="hands off")
            with pytest.raises(EngineError, match="frozen"):
                await engine.ask("act", service="s-00", verb="restart")
            await engine.ask("unfreeze")
            assert sent(world) == []
            await engine.ask("act", service="s-00", verb="restart")
            assert len(sent(world)) == 1

    async def test_a_policy_that_was_changed_counts_for_what_was_not_sent_yet(
        self, acting: Start, world: World, tripwire: Tripwire
    ) -> None:
        async with acting(at_render(world, "s-00"), autonomy=allowing(restart="auto")) as engine:
            await engine.advance(SETTLED_S)
            await world.break_service("s-00", "500", 80_000)
            tripwire.place = "approved"
            await engine.until(lambda: tripwire.tripped, within_s=400)
            await engine.kill()
        tripwire.place = ""
        async with acting(at_render(world, "s-00"), autonomy=allowing(restart="observe")) as engine:
            await engine.until_step(1, Step.CANCELLED)
            await engine.advance(SETTLED_S)
            assert sent(world) == []

    async def test_a_deploy_under_way_is_not_disturbed(self, acting: Start, world: World) -> None:
        async with acting(at_render(world, "s-00")) as engine:
            await engine.advance(5)
            workspace = world.render.workspace
            workspace.order_deploy(engine.hosted("s-00"), "manual", "c2", healthy=True)
            answer = await engine.ask("act", service="s-00", verb="restart")
            action = await engine.until_step(answer["action"], Step.CANCELLED)
            assert "deploy" in action.note
            assert sent(world) == []

    async def test_a_clock_that_is_set_back_loses_nothing(
        self, acting: Start, world: World, clock: SharedClock
    ) -> None:
        async with acting(at_render(world, "s-00")) as engine:
            await engine.advance(5)
            world.render.api.mishaps.append(Mishap.SILENCE)
            await engine.want("s-00", Verb.RESTART)
            clock.jump(-7_200)
            await engine.until_step(1, Step.NOT_EXECUTED, within_s=200)
            assert engine.hosted("s-00").restarts == 0


class TestWhatMakesItWorse:
    async def test_a_bad_deploy_waits_for_a_yes_to_be_taken_back_and_is_taken_back(
        self, acting: Start, world: World
    ) -> None:
        async with acting(
            at_render(world, "s-00"), autonomy=allowing(rollback="confirm")
        ) as engine:
            await engine.advance(SETTLED_S)
            service = engine.hosted("s-00")
            good, service.auto_deploy = service.live, False
            world.render.workspace.push(service, "bad0001", healthy=False)
            answer = await engine.ask("act", service="s-00", verb="deploy")
            await engine.until_step(answer["action"], Step.WORSE)
            await engine.until(lambda: any(one.undoes for one in engine.actions()), within_s=60)
            (undo,) = [one for one in engine.actions() if one.undoes == answer["action"]]
            assert undo.step is Step.WAITING
            assert good is not None
            assert undo.arguments == {"deploy": good.id}
            assert len(sent(world)) == 1
            await engine.ask("approve", action=undo.id)
            await engine.until_step(undo.id, Step.VERIFIED)
            assert len(sent(world)) == 2
            assert engine.down() == set()

    async def test_a_restart_that_breaks_a_service_is_told_and_not_repeated(
        self, acting: Start, world: World
    ) -> None:
        async with acting(at_render(world, "s-00")) as engine:
            await engine.advance(SETTLED_S)
            engine.hosted("s-00").dies_of_restart = True
            answer = await engine.ask("act", service="s-00", verb="restart")
            await engine.until_step(answer["action"], Step.WORSE)
            await engine.advance(5)
            assert engine.alerts(Rule.ACTION)
            assert engine.hosted("s-00").restarts == 1


async def test_two_services_that_fail_are_healed_one_after_the_other(
    acting: Start, world: World
) -> None:
    everything = [at_render(world, name) for name in NAMES]
    async with acting(*everything, autonomy=allowing(restart="auto")) as engine:
        await engine.advance(SETTLED_S)
        await world.break_service("s-00", "500", 80_000)
        await world.break_service("s-01", "500", 80_000)
        await engine.until(lambda: len(sent(world)) == 2, within_s=1_500)
        first, second = [one for one in engine.actions() if one.started_ms]
        assert first.step is Step.VERIFIED
        assert second.started_ms is not None
        assert first.ended_ms is not None
        assert second.started_ms >= first.ended_ms


class TestDeploying:
    async def test_a_deploy_by_others_that_makes_it_slower_is_gone_back_from(
        self, acting: Start, world: World
    ) -> None:
        allowed = {**allowing(rollback="auto"), "i_accept_automatic_rollback": True}
        service = world.render.service("s-00")
        good = service.deploys[0]
        good.slow_by_s = 0.1
        async with acting(at_render(world, "s-00"), autonomy=allowed) as engine:
            await engine.advance(SETTLED_S)
            world.render.workspace.push(service, "c2", healthy=True)
            service.deploys[-1].slow_by_s = 0.5
            await engine.until(lambda: bool(engine.actions()), within_s=900)
            (action,) = engine.actions()
            await engine.until_step(action.id, Step.VERIFIED)
            assert action.arguments == {"deploy": good.id}
            assert len(sent(world)) == 1

    async def test_what_the_owners_check_says_no_to_is_not_deployed(
        self, acting: Start, world: World
    ) -> None:
        checked = at_render(world, "s-00", deploy={"command": ["/bin/false"]})
        async with acting(checked) as engine:
            await engine.advance(5)
            answer = await engine.ask("act", service="s-00", verb="deploy")
            action = await engine.until_step(answer["action"], Step.CANCELLED)
            assert "your check" in action.note
            assert sent(world) == []


async def test_load_that_lasts_gets_more_instances_and_gives_them_back(
    acting: Start, world: World
) -> None:
    allowed = {
        **allowing(scale="auto"),
        "i_accept_automatic_rollback": True,
        "euros_per_month": 50,
    }
    async with acting(at_render(world, "s-00", interval=60.0), autonomy=allowed) as engine:
        service = engine.hosted("s-00")
        service.load = 0.95
        await engine.until(lambda: service.instances > 1, within_s=2_400)
        service.load = 0.1
        await engine.until(lambda: service.instances == 1, within_s=4_800)
        up, down = engine.actions()
        assert up.euros_per_month > 0 > down.euros_per_month
        assert len(sent(world)) == 2
