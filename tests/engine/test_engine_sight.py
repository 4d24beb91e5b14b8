"""A lost network of our own is nobody's outage: one gap, one event, one alert of our own."""

from __future__ import annotations

from contextlib import closing

import pytest
from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import EntryKind

_TWENTY = [service(f"service-{n}") for n in range(20)]
_SEVEN_MINUTES_S = 420


def _lose(network: Network) -> None:
    network.online = False
    network.answers = lambda check: Answer.failing("no route to host")


def _find(network: Network) -> None:
    network.online = True
    network.answers = lambda check: Answer()


def _offline_events(engine: Watching) -> list[str]:
    return [text for text in engine.entries(EntryKind.ENGINE) if "was offline" in text]


async def test_seven_minutes_without_a_network_are_no_outage_of_anybody(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(*_TWENTY) as engine:
        await engine.advance(60)
        begun_ms = clock.now_ms()
        _lose(network)
        await engine.advance(_SEVEN_MINUTES_S)
        assert {engine.state(f"service-{n}") for n in range(20)} == {State.UNKNOWN}
        (alert,) = engine.alerts()
        assert (alert.rule, alert.open) == (Rule.OFFLINE, True)
        _find(network)
        await engine.advance(60)
        (alert,) = engine.alerts()
        assert not alert.open
        assert {engine.state(f"service-{n}") for n in range(20)} == {State.UP}
        assert len(_offline_events(engine)) == 1
        assert len(engine.entries(EntryKind.GAP)) == 1
        with closing(engine.read()) as reader:
            uptimes = reader.uptimes(begun_ms, clock.now_ms())
        assert {uptime.ratio for uptime in uptimes.values()} == {1.0}
        assert all(
            uptime.excluded_ms == pytest.approx(_SEVEN_MINUTES_S * 1_000, abs=35_000)
            for uptime in uptimes.values()
        )


async def test_the_event_tells_the_time_in_the_owners_zone(watching, network: Network) -> None:
    # The clock stands at 2027-01-15 08:00 UTC, which is 09:00 in Paris.
    async with watching(service("shop"), display={"time_zone": "Europe/Paris"}) as engine:
        await engine.advance(60)
        _lose(network)
        await engine.advance(_SEVEN_MINUTES_S)
        _find(network)
        await engine.advance(30)
        (text,) = _offline_events(engine)
        assert text.startswith("Sentinel was offline 09:0")
        assert " to 09:0" in text


async def test_the_return_is_seen_within_seconds_and_what_was_unknown_is_looked_at(
    watching, network: Network
) -> None:
    async with watching(service("shop", interval=600.0)) as engine:
        await engine.advance(20)
        _lose(network)
        await engine.advance(700)
        assert engine.state("shop") is State.UNKNOWN
        _find(network)
        await engine.advance(5)
        assert not engine.alerts(Rule.OFFLINE)[0].open
        await engine.advance(12)
        assert engine.state("shop") is State.UP


async def test_a_real_outage_is_believed_because_the_witnesses_answer(
    watching, network: Network
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        network.answers = lambda check: Answer.failing()
        await engine.advance(150)
        assert engine.state("shop") is State.DOWN
        assert network.asked > 0


async def test_an_outage_that_began_while_offline_is_found_afterwards(
    watching, network: Network
) -> None:
    async with watching(service("shop"), service("blog")) as engine:
        await engine.advance(40)
        _lose(network)
        await engine.advance(120)
        network.online = True
        network.answers = lambda check: Answer.failing() if check == "shop" else Answer()
        await engine.advance(180)
        assert (engine.state("shop"), engine.state("blog")) == (State.DOWN, State.UP)
        (alert,) = engine.alerts(Rule.DOWN)
        assert alert.service == "shop"


async def test_without_witnesses_nothing_is_doubted(watching, network: Network) -> None:
    async with watching(service("shop"), network={"witnesses": []}) as engine:
        await engine.advance(40)
        _lose(network)
        await engine.advance(150)
        assert engine.state("shop") is State.DOWN
        assert network.asked == 0


async def test_what_runs_on_this_machine_needs_no_network_to_be_down(
    watching, network: Network
) -> None:
    own = service("own")
    own["checks"][0]["url"] = "http://127.0.0.1:8080/"
    async with watching(own) as engine:
        await engine.advance(40)
        _lose(network)
        await engine.advance(150)
        assert engine.state("own") is State.DOWN
        assert engine.alerts(Rule.OFFLINE) == []


async def test_a_missed_beat_is_doubted_too(watching, network: Network) -> None:
    job = {
        "id": "job",
        "checks": [{"kind": "heartbeat", "name": "beat", "every": "60s", "grace": "5s"}],
    }
    async with watching(job, service("shop")) as engine:
        await engine.ask("beat", service="job")
        _lose(network)
        await engine.advance(300)
        assert engine.state("job") is State.UNKNOWN
        _find(network)
        await engine.advance(50)
        # A whole period to be heard again, and only then is the silence its own.
        assert engine.alerts(Rule.DOWN) == []
        await engine.advance(40)
        assert engine.state("job") is State.DOWN


async def test_the_start_waits_for_the_network_and_says_so(watching, network: Network) -> None:
    _lose(network)
    async with watching(*_TWENTY) as engine:
        await engine.advance(40)
        assert network.looks == []
        status = await engine.ask("status")
        assert "own network" in status["waits_for"]
        assert any("own network" in worker["error"] for worker in status["workers"])
        _find(network)
        await engine.advance(20)
        assert (await engine.ask("status"))["waits_for"] == ""
        assert {engine.state(f"service-{n}") for n in range(20)} == {State.UP}
        assert engine.alerts() == []
        assert _offline_events(engine) == []
        seconds = [int(look.at_s) for look in network.looks]
        assert max(map(seconds.count, seconds)) <= 6


async def test_the_start_waits_a_minute_at_most(watching, network: Network) -> None:
    _lose(network)
    async with watching(service("shop")) as engine:
        await engine.advance(90)
        assert network.looks
        assert engine.state("shop") is State.UNKNOWN
        assert [alert.rule for alert in engine.alerts()] == [Rule.OFFLINE]


async def test_offline_over_a_restart_is_one_story(watching, network: Network) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(60)
        _lose(network)
        await engine.advance(120)
    async with watching(service("shop")) as engine:
        await engine.advance(120)
        assert len(engine.alerts(Rule.OFFLINE)) == 1
        _find(network)
        await engine.advance(60)
        (alert,) = engine.alerts()
        assert (alert.rule, alert.open) == (Rule.OFFLINE, False)
        assert len(_offline_events(engine)) == 1
        assert engine.state("shop") is State.UP
