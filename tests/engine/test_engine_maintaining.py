"""Silences and maintenance: begun, kept up, ended in time, and never in the way of a recovery."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from engine_world import Answer, Network, Phone, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.errors import EngineError, UsageError

_PHONE = {"channels": [{"name": "phone", "kind": "terminal"}]}
_HOUR_MS = 3_600_000


def _silences(engine: Watching) -> list[Silence]:
    with closing(engine.read()) as reader:
        return reader.silences()


def _fail(network: Network, *names: str) -> None:
    network.answers = lambda check: Answer.failing() if check in names else Answer()


async def _maintain(engine: Watching, match: str = "shop", **ends: Any) -> dict[str, Any]:
    return await engine.ask("maintenance", match=match, **ends)


async def test_under_maintenance_looks_go_on_and_nothing_is_an_alarm(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("shop"), service("blog")) as engine:
        await engine.advance(40)
        begun = await _maintain(engine, until_ms=clock.now_ms() + 600_000, reason="new disk")
        assert begun["services"] == ["shop"]
        network.looks.clear()
        _fail(network, "shop")
        await engine.advance(500)
        assert (engine.state("shop"), engine.state("blog")) == (State.MAINT, State.UP)
        with closing(engine.read()) as reader:
            shop = next(one for one in reader.services() if one.id == "shop")
        assert "new disk" in shop.reason
        assert len(network.times_s("shop")) > 10
        assert engine.alerts() == []


async def test_maintenance_belongs_to_nobodys_uptime(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        begun_ms = clock.now_ms()
        await _maintain(engine, until_ms=begun_ms + 600_000)
        _fail(network, "shop")
        await engine.advance(590)
        _fail(network)
        await engine.advance(60)
        with closing(engine.read()) as reader:
            uptime = reader.uptimes(begun_ms, clock.now_ms())["shop"]
        assert uptime.ratio == 1.0
        assert uptime.excluded_ms == pytest.approx(600_000, abs=10_000)


async def test_at_its_end_the_services_are_looked_at_at_once(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("shop", interval=3_600.0)) as engine:
        await engine.advance(40)
        await _maintain(engine, until_ms=clock.now_ms() + 600_000)
        network.looks.clear()
        await engine.advance(590)
        assert network.looks == []
        await engine.advance(20)
        assert len(network.looks) == 1
        assert engine.state("shop") is State.UP


async def test_down_into_maintenance_into_up_still_sends_the_recovery(
    watching, network: Network, clock: FakeClock, phone: Phone
) -> None:
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(200)
        assert len(phone.arrived) == 1
        await _maintain(engine, until_ms=clock.now_ms() + 1_800_000)
        await engine.advance(600)
        _fail(network)
        await engine.advance(1_220)
        assert engine.alerts(Rule.DOWN)[0].open
        await engine.advance(180)
        assert engine.state("shop") is State.UP
        assert not engine.alerts(Rule.DOWN)[0].open
        assert len(phone.arrived) == 2
        assert "recover" in phone.titles[1].lower()


async def test_what_fails_when_the_maintenance_is_over_is_an_alarm(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        await _maintain(engine, until_ms=clock.now_ms() + 300_000)
        _fail(network, "shop")
        await engine.advance(310)
        assert engine.alerts() == []
        await engine.advance(120)
        assert engine.state("shop") is State.DOWN
        assert len(engine.alerts(Rule.DOWN)) == 1


async def test_until_healthy_it_ends_once_the_work_is_seen_to_be_done(
    watching, network: Network
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        await _maintain(engine, until_healthy=True)
        await engine.advance(60)
        # It is still up, for the work has not begun yet.
        assert engine.state("shop") is State.MAINT
        _fail(network, "shop")
        await engine.advance(900)
        assert engine.state("shop") is State.MAINT
        _fail(network)
        await engine.advance(150)
        assert engine.state("shop") is State.UP
        assert _silences(engine)[0].ended_ms is not None
        assert engine.alerts() == []


async def test_until_healthy_does_not_hide_a_service_that_never_failed_for_ever(
    watching, network: Network
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        await _maintain(engine, until_healthy=True)
        await engine.advance(700)
        assert engine.state("shop") is State.UP


async def test_it_can_be_ended_by_hand(watching) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        begun = await _maintain(engine)
        await engine.advance(3_600)
        assert engine.state("shop") is State.MAINT
        await engine.ask("unsilence", silence=begun["silence"])
        await engine.advance(5)
        assert engine.state("shop") is State.UP
        with pytest.raises(EngineError, match="in force"):
            await engine.ask("unsilence", silence=begun["silence"])


@pytest.mark.parametrize("end_while_stopped", [False, True])
async def test_maintenance_survives_a_restart(
    watching, network: Network, clock: FakeClock, end_while_stopped: bool
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        await _maintain(engine, until_ms=clock.now_ms() + 600_000)
        _fail(network, "shop")
        await engine.advance(60)
    _fail(network)
    if end_while_stopped:
        await clock.advance(700)
    async with watching(service("shop")) as engine:
        await engine.advance(20)
        expected = State.UP if end_while_stopped else State.MAINT
        assert engine.state("shop") is expected
        await engine.advance(600)
        assert engine.state("shop") is State.UP
        assert engine.alerts() == []


async def test_a_paused_service_stays_paused_and_comes_under_maintenance_afterwards(
    watching, clock: FakeClock
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        await engine.ask("pause", service="shop")
        await _maintain(engine, until_ms=clock.now_ms() + 600_000)
        await engine.advance(30)
        assert engine.state("shop") is State.PAUSED
        await engine.ask("resume", service="shop")
        await engine.advance(10)
        assert engine.state("shop") is State.MAINT
        await engine.advance(600)
        assert engine.state("shop") is State.UP


async def test_a_service_that_joins_later_comes_under_it_too(watching, clock: FakeClock) -> None:
    tagged = {"tags": ["shop"]}
    async with watching(service("api", **tagged)) as engine:
        await engine.advance(40)
        await _maintain(engine, "tag:shop", until_ms=clock.now_ms() + 600_000)
    async with watching(service("api", **tagged), service("cart", **tagged)) as engine:
        await engine.advance(20)
        assert {engine.state(one) for one in ("api", "cart")} == {State.MAINT}


async def test_a_silence_changes_no_state_and_hides_no_alert(
    watching, network: Network, clock: FakeClock, phone: Phone
) -> None:
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(40)
        await engine.ask("silence", match="shop", until_ms=clock.now_ms() + 1_800_000)
        _fail(network, "shop")
        await engine.advance(600)
        assert engine.state("shop") is State.DOWN
        assert engine.alerts(Rule.DOWN)[0].open
        assert phone.arrived == []
        await engine.advance(1_300)
        assert len(phone.arrived) == 1


@pytest.mark.parametrize(
    ("verb", "arguments", "said"),
    [
        ("maintenance", {"match": "nobody"}, "covers no service"),
        ("maintenance", {"match": "colour:blue"}, "colour"),
        ("silence", {"match": "shop"}, "needs an end"),
        ("silence", {"match": "shop", "until_ms": 1}, "before it begins"),
        ("silence", {"match": "rule:down", "until_healthy": True}, "covers no service"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    watching, verb: str, arguments: dict[str, Any], said: str
) -> None:
    async with watching(service("shop")) as engine:
        with pytest.raises((EngineError, UsageError), match=said):
            await engine.ask(verb, **arguments)
        assert _silences(engine) == []


def _at_ms(zone: str, *when: int) -> int:
    return round(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1_000)  # type: ignore[arg-type]  # tzinfo is the only keyword


def _window(zone: str, cron: str = "30 2 * * *", **options: Any) -> dict[str, Any]:
    window = {"name": "nightly", "match": "shop", "cron": cron, "zone": zone, "duration": "1h"}
    return {"maintenance": [{**window, **options}]}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Paris", (2027, 3, 28)),
        ("Europe/Paris", (2027, 10, 31)),
        ("America/New_York", (2027, 3, 14)),
        ("America/New_York", (2027, 11, 7)),
        ("Europe/Paris", (2027, 6, 1)),
    ],
)
async def test_a_recurring_window_comes_once_in_a_night_in_which_the_clocks_change(
    watching, network: Network, clock: FakeClock, zone: str, day: tuple[int, int, int]
) -> None:
    clock.jump((_at_ms(zone, *day, 1, 50) - clock.now_ms()) / 1_000)
    begun_ms = clock.now_ms()
    async with watching(service("shop", interval=120.0), **_window(zone)) as engine:
        await engine.advance(170 * 60)
        (occurrence,) = _silences(engine)
        with closing(engine.read()) as reader:
            uptime = reader.uptimes(begun_ms, clock.now_ms())["shop"]
    assert occurrence.by == "window nightly"
    assert uptime.excluded_ms == pytest.approx(_HOUR_MS, abs=130_000)
    assert engine.alerts() == []


async def test_a_window_is_opened_once_over_restarts_and_not_again_after_its_end_by_hand(
    watching, network: Network, clock: FakeClock
) -> None:
    clock.jump((_at_ms("UTC", 2027, 6, 1, 2, 20) - clock.now_ms()) / 1_000)
    for _ in range(3):
        async with watching(service("shop"), **_window("UTC")) as engine:
            await engine.advance(420)
    async with watching(service("shop"), **_window("UTC")) as engine:
        await engine.advance(10)
        (occurrence,) = _silences(engine)
        assert engine.state("shop") is State.MAINT
        await engine.ask("unsilence", silence=occurrence.id)
    async with watching(service("shop"), **_window("UTC")) as engine:
        await engine.advance(60)
        assert engine.state("shop") is State.UP
        assert len(_silences(engine)) == 1


async def test_a_window_that_was_taken_out_of_the_configuration_ends(
    watching, clock: FakeClock
) -> None:
    clock.jump((_at_ms("UTC", 2027, 6, 1, 2, 20) - clock.now_ms()) / 1_000)
    async with watching(service("shop"), **_window("UTC")) as engine:
        await engine.advance(900)
        assert engine.state("shop") is State.MAINT
    async with watching(service("shop")) as engine:
        await engine.advance(20)
        assert engine.state("shop") is State.UP
