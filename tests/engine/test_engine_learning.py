"""What is usual is learnt, budgets are followed, and checks that look once a day are kept."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State

_DAY_S = 86_400.0


def _usual_ms(engine: Watching, name: str) -> float | None:
    return engine.watch.check(name, name).rules.usual_ms


async def test_nothing_is_usual_before_it_was_learnt(watching) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(300)
        assert _usual_ms(engine, "shop") is None


async def test_what_was_learnt_reaches_the_rules_and_outlives_a_reload(watching) -> None:
    async with watching(service("shop")) as engine:
        key = engine.watch.check("shop", "shop").key
        learnt = [(key, slot, 200_000, 5) for slot in range(48)]
        await engine.engine.parts.writer.run(
            lambda db: db.write_many(
                "INSERT INTO usual_latencies (check_key, slot, median_us, days) "
                "VALUES (?, ?, ?, ?)",
                learnt,
            )
        )
    async with watching(service("shop")) as engine:
        await engine.advance(2)
        assert _usual_ms(engine, "shop") == 200
        config = engine.engine._config
        options = engine.watch.services["shop"].options
        thresholds = options.thresholds.model_copy(update={"slow_cycles": 7})
        changed = options.model_copy(update={"thresholds": thresholds})
        await engine.engine._take_over(config.model_copy(update={"services": [changed]}))
        rules = engine.watch.check("shop", "shop").rules
        assert (rules.usual_ms, rules.slow_cycles) == (200, 7)


async def test_a_budget_that_burns_is_an_alarm_until_nobody_asks_for_it_any_more(
    watching, network: Network
) -> None:
    async with watching(service("shop", objective=99.9)) as engine:
        await engine.advance(120)
        assert engine.alerts() == []
        network.answers = lambda check: Answer.failing()
        await engine.advance(420)
        await _settle(engine)
        (alert,) = engine.alerts(Rule.BUDGET)
        assert (alert.service, alert.check, alert.open) == ("shop", "", True)
        network.answers = lambda check: Answer()
        await engine.advance(120)
    async with watching(service("shop")) as engine:
        await engine.advance(5)
        (alert,) = engine.alerts(Rule.BUDGET)
        assert not alert.open


async def test_the_budget_of_a_child_is_no_alarm_while_its_parent_is_down(
    watching, network: Network
) -> None:
    shop = service("shop", objective=99.9, depends_on=["gateway"])
    async with watching(service("gateway"), shop) as engine:
        await engine.advance(600)
        network.answers = lambda check: Answer.failing()
        await engine.advance(600)
        await _settle(engine)
        assert {alert.rule for alert in engine.alerts()} == {Rule.DOWN}
        assert {alert.service for alert in engine.alerts()} == {"gateway"}


async def test_without_an_objective_there_is_no_budget_to_burn(watching, network: Network) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(60)
        network.answers = lambda check: Answer.failing()
        await engine.advance(420)
        assert engine.alerts(Rule.BUDGET) == []


async def _settle(engine: Watching) -> None:
    """Budgets are read in a thread, which takes real time."""
    for _ in range(3):
        await engine.clock.advance(60)
        await asyncio.sleep(0.1)
    await engine.advance(1)


def _registration(interval: str) -> dict[str, Any]:
    check = {
        "kind": "domain",
        "name": "domain",
        "domain": "example.com",
        "interval": interval,
    }
    return {"id": "site", "checks": [check]}


async def test_a_check_that_looks_seldom_keeps_its_rhythm_and_never_counts_as_stopped(
    watching, network: Network
) -> None:
    async with watching(_registration("1h")) as engine:
        await engine.advance(20)
        assert len(network.times_s("domain")) == 1
        await engine.advance(3 * 3_600)
        times_s = network.times_s("domain")
        assert len(times_s) == 4
        gaps_s = [later - before for before, later in itertools.pairwise(times_s[1:])]
        assert gaps_s == pytest.approx([3_600.0] * 2)
        assert engine.alerts() == []
        assert engine.state("site") is State.UP


async def test_a_daily_check_is_not_looked_at_again_by_each_restart(
    watching, network: Network, clock: FakeClock
) -> None:
    for _ in range(5):
        async with watching(_registration("24h")) as engine:
            await engine.advance(30)
    assert len(network.times_s("domain")) == 1
    await clock.advance(_DAY_S)
    async with watching(_registration("24h")) as engine:
        await engine.advance(20)
    assert len(network.times_s("domain")) == 2
