"""Services that may sleep are not kept awake by being watched, and never go unwatched silently."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State

_AFTER_S = 900.0


def _sleeper(**options: Any) -> dict[str, Any]:
    return service("atelier", sleeps={"keep_awake": False, "after": _AFTER_S}, **options)


def _reason(engine: Watching) -> str:
    with closing(engine.read()) as reader:
        (record,) = reader.services()
        return record.reason


async def test_a_service_that_may_sleep_is_looked_at_once_and_then_left_alone(
    watching, network: Network
) -> None:
    async with watching(_sleeper()) as engine:
        await engine.advance(600)
        assert len(network.looks) == 1
        assert engine.state("atelier") is State.UP
        await engine.advance(400)
        assert engine.state("atelier") is State.ASLEEP
        await engine.advance(3_600)
        assert len(network.looks) == 1
        assert "not watched" in _reason(engine)
        assert "wake atelier" in _reason(engine)
        assert engine.alerts(Rule.STOPPED) == []


async def test_planned_sleep_is_outside_uptime(watching, clock: FakeClock) -> None:
    async with watching(_sleeper()) as engine:
        await engine.advance(1_000)
        asleep_ms = clock.now_ms()
        await engine.advance(900)
        with closing(engine.read()) as reader:
            uptime = reader.uptimes(asleep_ms, clock.now_ms())["atelier"]
        assert uptime.up_ms == uptime.down_ms == 0


async def test_a_wake_rouses_it_and_times_the_cold_start(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(_sleeper()) as engine:
        await engine.advance(1_000)
        woken_s = clock.elapsed_s()
        network.answers = lambda check: (
            Answer() if clock.elapsed_s() - woken_s > 20 else Answer.waking(503)
        )
        answer = await engine.ask("wake", service="atelier", step_s=1.0)
        assert answer["state"] == "UP"
        assert answer["cold_start_ms"] >= 20_000
        network.looks.clear()
        await engine.advance(600)
        assert engine.state("atelier") is State.UP
        assert network.looks == []
        await engine.advance(600)
        assert engine.state("atelier") is State.ASLEEP


async def test_a_probe_by_hand_rouses_only_what_it_names(watching, network: Network) -> None:
    async with watching(_sleeper()) as engine:
        await engine.advance(1_000)
        network.looks.clear()
        assert (await engine.ask("probe"))["looks"] == []
        assert engine.state("atelier") is State.ASLEEP
        (look,) = (await engine.ask("probe", service="atelier"))["looks"]
        assert look["state"] == "UP"


async def test_found_broken_when_asked_for_it_is_watched_until_it_is_well(
    watching, network: Network
) -> None:
    async with watching(_sleeper()) as engine:
        await engine.advance(1_000)
        network.answers = lambda check: Answer.failing("500")
        await engine.ask("probe", service="atelier")
        await engine.advance(150)
        assert engine.state("atelier") is State.DOWN
        network.answers = lambda check: Answer()
        await engine.advance(150)
        assert engine.state("atelier") is State.UP
        network.looks.clear()
        await engine.advance(300)
        assert network.looks == []
        assert engine.alerts(Rule.STOPPED) == []


async def test_its_other_checks_go_on(watching, network: Network) -> None:
    sleeper = _sleeper()
    sleeper["checks"].append({"kind": "dns", "name": "name", "host": "atelier.test"})
    async with watching(sleeper) as engine:
        await engine.advance(1_200)
        assert len(network.times_s("atelier")) == 1
        assert len(network.times_s("name")) >= 38


async def test_sleep_survives_a_restart(watching, network: Network) -> None:
    async with watching(_sleeper()) as engine:
        await engine.advance(300)
    network.looks.clear()
    async with watching(_sleeper()) as engine:
        await engine.advance(700)
        assert engine.state("atelier") is State.ASLEEP
    async with watching(_sleeper()) as engine:
        await engine.advance(300)
        assert engine.state("atelier") is State.ASLEEP
    assert network.looks == []


async def test_kept_awake_from_now_on_it_is_watched_again(watching, network: Network) -> None:
    async with watching(_sleeper()) as engine:
        await engine.advance(1_000)
    network.looks.clear()
    async with watching(service("atelier", sleeps={"keep_awake": True})) as engine:
        await engine.advance(120)
        assert engine.state("atelier") is State.UP
        assert len(network.looks) >= 3


async def test_a_service_that_is_kept_awake_is_looked_at_as_ever(
    watching, network: Network
) -> None:
    async with watching(service("atelier", sleeps={})) as engine:
        await engine.advance(600)
        assert len(network.times_s("atelier")) >= 19
