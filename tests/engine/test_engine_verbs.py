"""What is asked of the engine is written down, done once, and answered."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import Any

import pytest
from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import AlertRecord, EntryKind
from sentinel_tui.errors import EngineError, UsageError
from sentinel_tui.store.recorder import begin_intent


def _alert(engine: Watching) -> AlertRecord:
    with closing(engine.read()) as reader:
        (alert,) = reader.alerts()
    return alert


def _intents(engine: Watching) -> list[str]:
    with closing(engine.read()) as reader:
        entries = reader.timeline(0, engine.clock.now_ms() + 1, limit=1_000)
    return [one.text for one in entries if one.kind is EntryKind.INTENT]


async def test_status_tells_how_engine_and_services_are(watching) -> None:
    async with watching(service("curator"), service("public")) as engine:
        await engine.advance(20)
        status = await engine.ask("status")
        assert status["services"] == {"curator": "UP", "public": "UP"}
        assert status["trouble"] == status["config_error"] == ""
        names = {worker["name"] for worker in status["workers"]}
        assert {"probing", "keep-alive", "recording", "watchdog", "reload", "rollup"} <= names
        assert all(worker["failures"] == 0 for worker in status["workers"])


async def test_a_paused_service_is_left_alone_until_it_is_resumed(
    watching, network: Network
) -> None:
    async with watching(service("curator"), service("public")) as engine:
        await engine.advance(20)
        assert (await engine.ask("pause", service="curator"))["state"] == "PAUSED"
        assert engine.state("curator") is State.PAUSED
        network.looks.clear()
        network.answers = lambda check: Answer.failing()
        await engine.advance(300)
        assert network.times_s("curator") == []
        assert engine.state("curator") is State.PAUSED
        network.answers = lambda check: Answer()
        await engine.ask("resume", service="curator")
        await engine.advance(1)
        assert len(network.times_s("curator")) == 1
        assert engine.state("curator") is State.UP


async def test_a_pause_survives_a_restart(watching, network: Network) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(20)
        await engine.ask("pause", service="curator")
    network.looks.clear()
    async with watching(service("curator")) as engine:
        await engine.advance(120)
        assert engine.state("curator") is State.PAUSED
    assert network.looks == []


@pytest.mark.parametrize("restart", [False, True])
async def test_a_pause_ends_by_itself_when_it_was_given_an_end(
    watching, network: Network, clock: FakeClock, restart: bool
) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(20)
        until_ms = clock.now_ms() + 600_000
        await engine.ask("pause", service="curator", until_ms=until_ms)
        await engine.advance(500)
        if not restart:
            await engine.advance(110)
            assert engine.state("curator") is State.UP
    if restart:
        async with watching(service("curator")) as engine:
            assert engine.state("curator") is State.PAUSED
            await engine.advance(110)
            assert engine.state("curator") is State.UP


async def test_a_pause_hides_an_outage_and_resolves_nothing(watching, network: Network) -> None:
    network.answers = lambda check: Answer.failing()
    async with watching(service("curator")) as engine:
        await engine.advance(150)
        assert _alert(engine).open
        await engine.ask("pause", service="curator")
        await engine.advance(60)
        assert _alert(engine).open
        await engine.ask("resume", service="curator")
        await engine.advance(60)
        assert engine.state("curator") is State.DOWN
        assert _alert(engine).open


async def test_an_alert_is_acknowledged_once_and_for_all(watching, network: Network) -> None:
    network.answers = lambda check: Answer.failing()
    async with watching(service("curator")) as engine:
        await engine.advance(150)
        alert = _alert(engine)
        first = await engine.ask("acknowledge", alert=alert.id)
        await engine.advance(60)
        again = await engine.ask("acknowledge", alert=alert.id)
        assert first == again
    async with watching(service("curator")) as engine:
        assert _alert(engine).acknowledged_ms == first["acknowledged_ms"]


async def test_only_alerts_that_exist_can_be_acknowledged(watching) -> None:
    async with watching(service("curator")) as engine:
        with pytest.raises(EngineError, match="no alert 99"):
            await engine.ask("acknowledge", alert=99)


async def test_what_changes_something_is_in_the_timeline(watching) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(20)
        await engine.ask("pause", service="curator")
        await engine.ask("resume", service="curator")
        await engine.ask("status")
        with pytest.raises(EngineError):
            await engine.ask("restart", service="curator")
        verbs = [text.split()[0] for text in _intents(engine)]
        assert sorted(verbs) == ["pause", "restart", "resume"]


async def test_the_same_key_counts_once(watching, network: Network, clock: FakeClock) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(20)
        first = await engine.ask("pause", service="curator", key="pause-1")
        await engine.ask("resume", service="curator")
        again = await engine.ask("pause", service="curator", key="pause-1")
        assert first == again
        await engine.advance(1)
        assert engine.state("curator") is State.UP
        assert sum(text.startswith("pause") for text in _intents(engine)) == 1


async def test_a_key_is_remembered_over_a_restart(watching) -> None:
    async with watching(service("curator")) as engine:
        first = await engine.ask("pause", service="curator", key="pause-1")
        await engine.ask("resume", service="curator")
    async with watching(service("curator")) as engine:
        assert await engine.ask("pause", service="curator", key="pause-1") == first
        await engine.advance(20)
        assert engine.state("curator") is State.UP


async def test_a_refusal_is_remembered_too(watching) -> None:
    async with watching(service("curator")) as engine:
        for _ in range(2):
            with pytest.raises(EngineError, match="no service is called 'nobody'"):
                await engine.ask("pause", service="nobody", key="pause-1")
        assert len(_intents(engine)) == 1


async def test_what_a_killed_engine_had_begun_is_closed(watching, clock: FakeClock) -> None:
    async with watching(service("curator")) as engine:
        begin = partial(
            begin_intent,
            key="lost",
            verb="pause",
            service="curator",
            arguments={"service": "curator"},
            source="cli",
            at_ms=clock.now_ms(),
        )
        await engine.engine.parts.writer.run(begin, durable=True)
        await engine.advance(5)
    async with watching(service("curator")) as engine:
        await engine.advance(5)
        assert _intents(engine) == ["pause by cli: abandoned"]
        with pytest.raises(EngineError, match="ended before this was done"):
            await engine.ask("pause", service="curator", key="lost")


async def test_a_key_belongs_to_one_verb(watching) -> None:
    async with watching(service("curator")) as engine:
        await engine.ask("pause", service="curator", key="once")
        with pytest.raises(UsageError, match="used before, for pause"):
            await engine.ask("resume", service="curator", key="once")
        assert engine.state("curator") is State.PAUSED


async def test_restart_says_what_is_missing_and_offers_wake(watching) -> None:
    async with watching(service("curator")) as engine:
        with pytest.raises(EngineError, match="no platform is connected") as refused:
            await engine.ask("restart", service="curator")
        assert "wake curator" in refused.value.hint


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("dance", {}),
        ("pause", {}),
        ("pause", {"service": 7}),
        ("pause", {"service": "curator", "until_ms": 1}),
        ("pause", {"service": "curator", "until_ms": "soon"}),
        ("pause", {"service": "curator", "loud": True}),
        ("acknowledge", {"alert": "12"}),
        ("acknowledge", {"alert": True}),
        ("acknowledge", {"alert": 10**30}),
        ("beat", {"service": "curator", "ok": "yes"}),
        ("status", {"all": True}),
    ],
)
async def test_wrong_requests_are_refused_as_usage(
    watching, verb: str, arguments: dict[str, Any]
) -> None:
    async with watching(service("curator")) as engine:
        with pytest.raises(UsageError):
            await engine.ask(verb, **arguments)


async def test_stop_is_answered_and_then_heeded(watching) -> None:
    async with watching(service("curator")) as engine:
        assert await engine.ask("stop") == {"stopping": True}
        assert engine.engine.stopping.is_set()
