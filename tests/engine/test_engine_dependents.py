"""One cause makes one alarm: what depends on something that is down raises none of its own."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from engine_world import Answer, Network, Phone, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State

_PHONE = {"channels": [{"name": "phone", "kind": "terminal"}]}
_CHILDREN = [f"child-{n}" for n in range(10)]


def _family(**gateway: Any) -> list[dict[str, Any]]:
    children = [service(name, depends_on=["gateway"]) for name in _CHILDREN]
    return [service("gateway", **gateway), *children]


def _all_down(network: Network) -> None:
    network.answers = lambda check: Answer.failing()


def _only_down(network: Network, *names: str) -> None:
    network.answers = lambda check: Answer.failing() if check in names else Answer()


def _down(engine: Watching) -> set[str]:
    return {alert.service for alert in engine.alerts(Rule.DOWN) if alert.open}


def _suppressed(engine: Watching) -> dict[str, str]:
    with closing(engine.read()) as reader:
        return {one.id: one.suppressed_by for one in reader.services() if one.suppressed_by}


async def test_a_gateway_with_ten_children_makes_one_message(
    watching, network: Network, phone: Phone
) -> None:
    async with watching(*_family(), **_PHONE) as engine:
        await engine.advance(60)
        _all_down(network)
        await engine.advance(600)
        assert _down(engine) == {"gateway"}
        assert _suppressed(engine) == dict.fromkeys(_CHILDREN, "gateway")
        assert {engine.state(name) for name in _CHILDREN} == {State.DOWN}
        assert len(phone.arrived) == 1
        assert "gateway" in phone.titles[0]
        network.answers = lambda check: Answer()
        await engine.advance(600)
        assert len(phone.arrived) == 2
        assert [alert.service for alert in engine.alerts()] == ["gateway"]
        assert _suppressed(engine) == {}


async def test_a_child_that_is_looked_at_first_leaks_no_alarm(
    watching, network: Network, phone: Phone
) -> None:
    # The gateway looks so seldom that its children are confirmed down long before its turn.
    async with watching(*_family(interval=300.0), **_PHONE) as engine:
        await engine.advance(330)
        network.looks.clear()
        _all_down(network)
        await engine.advance(60)
        child_s = next(look.at_s for look in network.looks if look.check != "gateway")
        assert network.times_s("gateway")[0] - child_s < 1
        for _ in range(20):
            await engine.advance(15)
            assert _down(engine) <= {"gateway"}
        assert _down(engine) == {"gateway"}
        assert len(phone.arrived) == 1


async def test_many_children_do_not_confirm_a_parents_failure_in_no_time(
    watching, network: Network
) -> None:
    async with watching(*_family()) as engine:
        await engine.advance(60)
        network.looks.clear()
        _all_down(network)
        await engine.advance(45)
        assert engine.alerts() == []
        assert len(network.times_s("gateway")) <= 8


async def test_a_parent_is_asked_once_for_a_failure_not_once_for_a_look(
    watching, network: Network
) -> None:
    family = [service("gateway", interval=600.0), service("child", depends_on=["gateway"])]
    async with watching(*family) as engine:
        await engine.advance(100)
        network.looks.clear()
        _only_down(network, "child")
        await engine.advance(300)
        assert len(network.times_s("gateway")) <= 2
        assert len(network.times_s("child")) > 10
        assert _down(engine) == {"child"}


async def test_a_parent_that_was_never_looked_at_silences_nobody(
    watching, network: Network
) -> None:
    job = {
        "id": "gateway",
        "checks": [{"kind": "heartbeat", "name": "beat", "every": "1h"}],
    }
    _all_down(network)
    async with watching(job, service("child", depends_on=["gateway"])) as engine:
        await engine.advance(200)
        assert _down(engine) == {"child"}


async def test_a_paused_parent_silences_nobody(watching, network: Network) -> None:
    async with watching(service("gateway"), service("child", depends_on=["gateway"])) as engine:
        await engine.advance(60)
        _all_down(network)
        await engine.advance(200)
        assert _down(engine) == {"gateway"}
        await engine.ask("pause", service="gateway")
        await engine.advance(30)
        assert "child" in _down(engine)


async def test_when_the_parent_is_back_and_the_child_is_not_the_childs_alarm_comes(
    watching, network: Network, phone: Phone
) -> None:
    family = [service("gateway"), service("child", depends_on=["gateway"])]
    async with watching(*family, **_PHONE) as engine:
        await engine.advance(60)
        _all_down(network)
        await engine.advance(300)
        assert _down(engine) == {"gateway"}
        _only_down(network, "child")
        await engine.advance(400)
        assert _down(engine) == {"child"}
        assert _suppressed(engine) == {}
        assert any("child" in title for title in phone.titles)


@pytest.mark.parametrize("when_s", [30, 100, 300])
async def test_a_restart_in_the_middle_leaks_nothing_and_loses_nothing(
    watching, network: Network, when_s: int
) -> None:
    async with watching(*_family()) as engine:
        await engine.advance(60)
        _all_down(network)
        await engine.advance(when_s)
    async with watching(*_family()) as engine:
        await engine.advance(300)
        assert _down(engine) == {"gateway"}
        assert _suppressed(engine) == dict.fromkeys(_CHILDREN, "gateway")
        _only_down(network, "child-3")
        await engine.advance(300)
        assert _down(engine) == {"child-3"}


async def test_a_grandchild_is_silent_while_what_lies_between_is_paused(
    watching, network: Network
) -> None:
    chain = [
        service("gateway"),
        service("api", depends_on=["gateway"]),
        service("shop", depends_on=["api"]),
    ]
    async with watching(*chain) as engine:
        await engine.advance(60)
        await engine.ask("pause", service="api")
        _all_down(network)
        await engine.advance(300)
        assert _down(engine) == {"gateway"}


async def test_dropping_the_dependency_raises_what_was_withheld(
    watching, network: Network, clock: FakeClock
) -> None:
    family = [service("gateway"), service("child", depends_on=["gateway"])]
    async with watching(*family) as engine:
        await engine.advance(60)
        _all_down(network)
        await engine.advance(300)
    async with watching(service("gateway"), service("child")) as engine:
        await engine.advance(10)
        assert _down(engine) == {"gateway", "child"}
