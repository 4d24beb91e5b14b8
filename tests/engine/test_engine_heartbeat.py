"""Services that report in, and the silence of those that do not."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from engine_world import Network, Watching

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.errors import EngineError


def reporter(name: str = "backup", every: float = 600.0, grace: float = 60.0) -> dict[str, Any]:
    check = {"kind": "heartbeat", "name": "beat", "every": every, "grace": grace}
    return {"id": name, "checks": [check]}


def _alerts(engine: Watching) -> list[AlertRecord]:
    with closing(engine.read()) as reader:
        return reader.alerts()


async def test_a_service_that_never_reported_is_unknown_not_down(
    watching, network: Network
) -> None:
    async with watching(reporter()) as engine:
        await engine.advance(1_500)
        assert engine.state("backup") is State.UNKNOWN
        assert _alerts(engine) == []
    assert network.looks == []


async def test_a_beat_is_recorded_before_it_is_acknowledged(watching) -> None:
    async with watching(reporter()) as engine:
        answer = await engine.ask("beat", service="backup")
        assert (answer["state"], answer["outcome"]) == ("UP", "ok")
        assert engine.state("backup") is State.UP


async def test_silence_is_down_dated_to_the_deadline(watching, clock: FakeClock) -> None:
    async with watching(reporter()) as engine:
        await engine.ask("beat", service="backup")
        last_ms = clock.now_ms()
        await engine.advance(650)
        assert engine.state("backup") is State.UP
        await engine.advance(20)
        assert engine.state("backup") is State.DOWN
        (alert,) = _alerts(engine)
        assert alert.opened_ms == pytest.approx(last_ms + 660_000, abs=1_000)
        assert "no beat for 11m" in alert.reason


async def test_long_silence_is_one_alert_and_the_next_beat_ends_it(watching) -> None:
    async with watching(reporter()) as engine:
        await engine.ask("beat", service="backup")
        await engine.advance(1_500)
        assert len(_alerts(engine)) == 1
        await engine.ask("beat", service="backup")
        assert engine.state("backup") is State.UP
        assert [alert.open for alert in _alerts(engine)] == [False]


async def test_a_service_can_report_that_it_failed(watching) -> None:
    async with watching(reporter()) as engine:
        await engine.ask("beat", service="backup")
        await engine.ask("beat", service="backup", ok=False, message="disk \x1b[31mfull")
        assert engine.state("backup") is State.DOWN
        assert _alerts(engine)[0].reason == "it reports: disk ·[31mfull"


async def test_a_beat_nobody_could_hear_is_not_held_against_the_service(
    watching, clock: FakeClock
) -> None:
    async with watching(reporter()) as engine:
        await engine.ask("beat", service="backup")
    await clock.advance(7_200)
    async with watching(reporter()) as engine:
        await engine.advance(500)
        assert engine.state("backup") is State.UP
        await engine.advance(200)
        assert engine.state("backup") is State.DOWN


async def test_a_short_restart_does_not_prolong_the_deadline(watching, clock: FakeClock) -> None:
    async with watching(reporter()) as engine:
        await engine.ask("beat", service="backup")
        await engine.advance(500)
    async with watching(reporter()) as engine:
        await engine.advance(175)
        assert engine.state("backup") is State.DOWN


@pytest.mark.parametrize("every", [60.0, 600.0])
async def test_sentinel_beats_for_itself_while_it_is_healthy(watching, every: float) -> None:
    async with watching(reporter("sentinel", every=every, grace=5.0)) as engine:
        await engine.advance(1_200)
        assert engine.state("sentinel") is State.UP
        assert _alerts(engine) == []


async def test_a_paused_service_may_be_silent(watching) -> None:
    async with watching(reporter()) as engine:
        await engine.ask("beat", service="backup")
        await engine.ask("pause", service="backup")
        await engine.advance(1_500)
        assert engine.state("backup") is State.PAUSED
        assert _alerts(engine) == []


async def test_beats_for_a_service_without_heartbeat_check_are_refused(watching) -> None:
    async with watching(reporter("backup")) as engine:
        with pytest.raises(EngineError, match="no heartbeat check called 'other'"):
            await engine.ask("beat", service="backup", check="other")
        with pytest.raises(EngineError, match="no service is called 'nobody'") as refused:
            await engine.ask("beat", service="nobody")
        assert "backup" in refused.value.hint
