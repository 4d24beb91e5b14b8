"""What the platform says reaches the engine, the store and the owner, and its silence too."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import pytest
from engine_world import Network, Platform, Watching, hosted, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.errors import PlatformUnavailable


async def test_a_round_tells_what_the_services_are_and_what_was_deployed(
    hosting, platform: Platform
) -> None:
    shop = platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        await engine.advance(70)
        with closing(engine.read()) as reader:
            told = reader.hosted()["shop"]
            (deploy,) = reader.deploys("shop")
        assert (told.host_id, told.plan, told.suspended) == (shop.id, "free", False)
        assert deploy.status is DeployStatus.LIVE
        assert engine.engine.parts.hosted.trouble == ""


async def test_a_deploy_is_followed_from_its_order_until_it_is_live(
    hosting, platform: Platform
) -> None:
    shop = platform.add("shop")
    heard: list[HostedDeploy] = []
    async with hosting(hosted("shop", platform)) as engine:
        engine.engine.parts.hosted.listeners.append(heard.append)
        await engine.advance(70)
        assert heard == []
        platform.workspace.order_deploy(shop, "manual", "c0ffee1", healthy=True)
        await engine.ask("wake", service="shop")
        hosted_parts = engine.engine.parts.hosted
        fresh = await _asked(engine, hosted_parts.refresh("shop"))
        assert hosted_parts.deploying("shop")
        assert fresh.running is True
        await engine.advance(130)
        assert not hosted_parts.deploying("shop")
        live = hosted_parts.live_deploy("shop")
        assert live is not None
        assert live.commit == "c0ffee1"
        assert [one.status for one in heard if one.commit == "c0ffee1"] == [
            DeployStatus.UNDER_WAY,
            DeployStatus.LIVE,
        ]
        told = [text for text in engine.entries(EntryKind.DEPLOY) if "c0ffee1" in text]
        assert len(told) == 1


async def test_after_a_restart_nothing_is_told_twice(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        await engine.advance(70)
    heard: list[HostedDeploy] = []
    async with hosting(hosted("shop", platform)) as engine:
        engine.engine.parts.hosted.listeners.append(heard.append)
        assert engine.engine.parts.hosted.live_deploy("shop") is not None
        clock.suspend(600)
        await engine.advance(70)
        assert heard == []


async def test_a_refused_key_is_an_alert_at_once(hosting, platform: Platform) -> None:
    platform.add("shop")
    platform.key = "rnd_wrong"
    async with hosting(hosted("shop", platform)) as engine:
        await engine.advance(30)
        (alert,) = engine.alerts(Rule.HOSTING)
        assert alert.open
        assert "refuses the key" in alert.reason
        assert "rnd_wrong" not in alert.reason


async def test_silence_is_an_alert_after_a_while_and_over_when_it_answers(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        await engine.advance(70)
        await platform.fail(900)
        await engine.advance(130)
        assert engine.alerts(Rule.HOSTING) == []
        assert engine.engine.parts.hosted.trouble
        clock.suspend(500)
        await engine.advance(130)
        (alert,) = engine.alerts(Rule.HOSTING)
        assert alert.open
        clock.suspend(200)
        await engine.advance(130)
        (alert,) = engine.alerts(Rule.HOSTING)
        assert not alert.open
        assert engine.engine.parts.hosted.trouble == ""


async def test_a_service_that_was_removed_there_is_told_and_keeps_nobody_else_waiting(
    hosting, platform: Platform
) -> None:
    removed, kept = platform.add("gone", "starter"), platform.add("shop", "starter")
    there = [service(name, render_service_id=platform.named(name).id) for name in ("gone", "shop")]
    async with hosting(*there) as engine:
        await engine.advance(70)
        del platform.workspace.services[removed.id]
        platform.workspace.order_deploy(kept, "manual", "c0ffee1", healthy=True)
        known = engine.engine.parts.hosted
        await engine.advance(300)
        assert known.trouble == ""
        assert set(known.services) == {"shop"}
        assert len(known.deploys["shop"]) == len(kept.deploys)
        (alert,) = engine.alerts(Rule.HOSTING)
        assert alert.service == "gone"
        assert removed.id in alert.reason
        platform.workspace.services[removed.id] = removed
        await engine.advance(130)
        (alert,) = engine.alerts(Rule.HOSTING)
        assert not alert.open


async def test_what_is_garbled_of_one_service_keeps_the_others_known(
    hosting, platform: Platform
) -> None:
    odd, well = platform.add("odd", "starter"), platform.add("shop", "starter")
    odd.deploys[0].trigger = 5
    there = [service(name, render_service_id=platform.named(name).id) for name in ("odd", "shop")]
    async with hosting(*there) as engine:
        await engine.advance(70)
        known = engine.engine.parts.hosted
        assert "not as expected" in known.trouble
        assert [one.id for one in known.deploys["shop"]] == [well.deploys[0].id]


async def test_offline_nobody_is_asked(hosting, platform: Platform, network: Network) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        network.online = False
        await engine.advance(150)
        assert engine.engine.parts.sight.offline_since_ms is not None
        asked = len(platform.api.calls)
        await engine.advance(600)
        assert len(platform.api.calls) == asked


async def test_a_service_that_no_platform_knows_cannot_be_refreshed(watching) -> None:
    async with watching(service("shop")) as engine:
        with pytest.raises(PlatformUnavailable, match="no platform is connected"):
            await engine.engine.parts.hosted.refresh("shop")


async def test_suspended_for_its_hours_it_is_down_and_the_alert_is_critical(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    shop = platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        await engine.advance(70)
        platform.workspace.suspend(shop, "billing")
        await engine.advance(240)
        assert engine.state("shop") is State.DOWN
        (alert,) = engine.alerts(Rule.HOURS)
        assert alert.severity.value == "CRITICAL"
        assert "shop" in alert.reason
        platform.workspace.resume(shop, "billing")
        await engine.advance(130)
        assert not engine.alerts(Rule.HOURS)[0].open


def test_without_a_key_the_platforms_client_is_never_imported() -> None:
    program = (
        "import sys; import sentinel_tui.engine.engine; "
        "print([one for one in sys.modules if one.startswith('sentinel_tui.platforms.render')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


async def _asked(engine: Watching, question):
    """The answer to a question that real sockets carry."""
    import asyncio

    asked = asyncio.ensure_future(question)
    while not (await asyncio.wait([asked], timeout=0.005))[0]:
        await engine.clock.advance(0.05)
    return await asked
