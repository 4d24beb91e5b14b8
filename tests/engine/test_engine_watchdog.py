"""A check that silently stopped is told, and started again."""

from __future__ import annotations

from contextlib import closing

from engine_world import Answer, Network, Watching, service

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.records import AlertRecord


def _alerts(engine: Watching, rule: Rule) -> list[AlertRecord]:
    with closing(engine.read()) as reader:
        return [alert for alert in reader.alerts() if alert.rule is rule]


async def test_a_check_that_fell_out_of_the_plan_is_told_and_started_again(
    watching, network: Network
) -> None:
    async with watching(service("curator"), service("public")) as engine:
        await engine.advance(60)
        engine.engine.parts.scheduler.drop(("curator", "curator"))
        looks = len(network.times_s("curator"))
        # Twice its interval and its timeout have to pass before anybody may call it stopped.
        await engine.advance(65)
        assert _alerts(engine, Rule.STOPPED) == []
        await engine.advance(60)
        (alert,) = _alerts(engine, Rule.STOPPED)
        assert (alert.service, alert.check) == ("curator", "curator")
        assert "was not looked at for 1m" in alert.reason
        assert len(network.times_s("curator")) > looks
        assert alert.resolution == "looks again"


async def test_checks_that_look_are_not_called_stopped(watching, network: Network) -> None:
    network.answers = lambda check: Answer(takes_s=9.9)
    async with watching(service("curator"), service("hourly", interval=3_600.0)) as engine:
        await engine.advance(600)
        assert _alerts(engine, Rule.STOPPED) == []


async def test_an_alert_about_ourselves_does_not_open_twice_over_a_restart(watching) -> None:
    for _ in range(3):
        async with watching(service("curator")) as engine:
            engine.engine.parts.own_alerts.tell(_finding(holds=True))
            await engine.advance(1)
            assert len(_alerts(engine, Rule.WORKER)) == 1
    async with watching(service("curator")) as engine:
        engine.engine.parts.own_alerts.tell(_finding(holds=False))
        await engine.advance(1)
        assert [alert.open for alert in _alerts(engine, Rule.WORKER)] == [False]


async def test_a_worker_that_runs_again_after_a_restart_ends_its_alert(watching) -> None:
    async with watching(service("curator")) as engine:
        engine.engine.parts.own_alerts.tell(_finding(holds=True))
    async with watching(service("curator")) as engine:
        await engine.advance(30)
        assert [alert.open for alert in _alerts(engine, Rule.WORKER)] == [True]
        await engine.advance(90)
        assert [alert.open for alert in _alerts(engine, Rule.WORKER)] == [False]


def _finding(*, holds: bool):
    from sentinel_tui.domain.monitoring.alerts import Finding, Severity, fingerprint

    return Finding(
        fingerprint=fingerprint(Rule.WORKER, "probing"),
        rule=Rule.WORKER,
        holds=holds,
        severity=Severity.WARNING,
        at_ms=1_800_000_000_000,
        reason="worker probing keeps failing: it is only a test",
    )


async def test_a_look_that_never_ends_is_told(watching, network: Network) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(40)
        network.answers = lambda check: Answer(takes_s=100_000.0)
        await engine.advance(150)
        (alert,) = _alerts(engine, Rule.STOPPED)
        assert alert.open
        assert alert.check == "curator"
