"""Changes of the configuration are taken over without losing what is known."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from engine_world import Answer, Network, Watching

from sentinel_tui.config.loader import load
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.errors import EngineError

_CURATOR = """
[[services]]
id = "curator"
[[services.checks]]
kind = "http"
name = "curator"
url = "http://curator.test/"
"""
_PUBLIC = _CURATOR.replace("curator", "public")


@pytest.fixture
def reloading(watching, paths):
    """Starts engines on a configuration file."""

    def start(text: str):
        paths.config.write_text(text)
        services = load(paths.config).config.model_dump(by_alias=True, exclude_unset=True)
        return watching(*services["services"])

    return start


def _services(engine: Watching) -> list[str]:
    with closing(engine.read()) as reader:
        return [one.id for one in reader.services()]


async def test_a_new_service_is_watched_at_once(reloading, network: Network) -> None:
    async with reloading(_CURATOR) as engine:
        await engine.advance(20)
        engine.paths.config.write_text(_CURATOR + _PUBLIC)
        await engine.advance(15)
        assert engine.state("public") is State.UP
        assert _services(engine) == ["curator", "public"]


async def test_what_stays_keeps_its_state_and_its_rhythm(reloading, network: Network) -> None:
    network.answers = lambda check: Answer.failing()
    async with reloading(_CURATOR) as engine:
        await engine.advance(150)
        assert engine.state("curator") is State.DOWN
        before = network.times_s("curator")[-1]
        engine.paths.config.write_text(_PUBLIC + _CURATOR)
        await engine.advance(60)
        assert engine.state("curator") is State.DOWN
        assert (network.times_s("curator")[-1] - before) % 30 == pytest.approx(0, abs=0.01)
        with closing(engine.read()) as reader:
            alerts = [one for one in reader.alerts() if one.service == "curator"]
        assert len(alerts) == 1


async def test_what_is_taken_out_is_left_alone_and_its_alerts_end(
    reloading, network: Network
) -> None:
    network.answers = lambda check: Answer.failing()
    async with reloading(_CURATOR + _PUBLIC) as engine:
        await engine.advance(150)
        engine.paths.config.write_text(_PUBLIC)
        await engine.advance(5)
        network.looks.clear()
        await engine.advance(60)
        assert network.times_s("curator") == []
        with closing(engine.read()) as reader:
            (alert,) = [one for one in reader.alerts() if one.service == "curator"]
        assert alert.resolution == "no longer watched"
        assert _services(engine) == ["public"]


async def test_what_comes_back_goes_on_from_where_it_was(reloading, network: Network) -> None:
    network.answers = lambda check: Answer.failing()
    async with reloading(_CURATOR) as engine:
        await engine.advance(150)
        engine.paths.config.write_text(_PUBLIC)
        await engine.advance(5)
        engine.paths.config.write_text(_PUBLIC + _CURATOR)
        await engine.advance(5)
        assert engine.state("curator") is State.DOWN


async def test_a_new_interval_counts_at_once(reloading, network: Network) -> None:
    async with reloading(_CURATOR) as engine:
        await engine.advance(60)
        engine.paths.config.write_text(_CURATOR + 'interval = "5s"\n')
        await engine.advance(5)
        network.looks.clear()
        await engine.advance(60)
        assert len(network.looks) == 12


@pytest.mark.parametrize(
    "broken",
    [
        "services = [",
        _CURATOR + 'intervall = "5s"\n',
        _CURATOR + _CURATOR,
    ],
)
async def test_a_broken_file_changes_nothing_and_is_told(
    reloading, network: Network, broken: str
) -> None:
    async with reloading(_CURATOR) as engine:
        await engine.advance(30)
        engine.paths.config.write_text(broken)
        await engine.advance(60)
        with closing(engine.read()) as reader:
            record = reader.engine()
        assert record is not None
        assert str(engine.paths.config) in record.config_error
        assert engine.state("curator") is State.UP
        looks = len(network.looks)
        await engine.advance(60)
        assert len(network.looks) == looks + 2


async def test_a_mended_file_is_taken_over(reloading) -> None:
    async with reloading(_CURATOR) as engine:
        engine.paths.config.write_text("nonsense")
        await engine.advance(5)
        engine.paths.config.write_text(_CURATOR + _PUBLIC)
        await engine.advance(15)
        assert engine.engine.describe().config_error == ""
        assert engine.state("public") is State.UP


async def test_a_file_that_is_gone_changes_nothing_and_is_told(reloading) -> None:
    async with reloading(_CURATOR) as engine:
        await engine.advance(30)
        engine.paths.config.unlink()
        await engine.advance(30)
        assert "no configuration" in engine.engine.describe().config_error
        assert engine.state("curator") is State.UP


async def test_an_editor_that_replaces_the_file_is_noticed(reloading, tmp_path: Path) -> None:
    async with reloading(_CURATOR) as engine:
        await engine.advance(5)
        other = tmp_path / "other.toml"
        other.write_text(_CURATOR + _PUBLIC)
        other.replace(engine.paths.config)
        await engine.advance(15)
        assert "public" in _services(engine)


async def test_a_reload_can_be_asked_for_and_says_what_is_wrong(reloading) -> None:
    async with reloading(_CURATOR) as engine:
        engine.paths.config.write_text(_CURATOR + _PUBLIC)
        assert await engine.ask("reload") == {"services": ["curator", "public"]}
        engine.paths.config.write_text("nonsense")
        with pytest.raises(EngineError, match="mistake"):
            await engine.ask("reload")


async def test_a_check_that_joins_a_paused_service_is_paused(reloading, network: Network) -> None:
    async with reloading(_CURATOR) as engine:
        await engine.advance(20)
        await engine.ask("pause", service="curator")
        more = '[[services.checks]]\nkind = "http"\nname = "more"\nurl = "http://more.test/"\n'
        engine.paths.config.write_text(_CURATOR + more)
        await engine.advance(60)
        assert network.times_s("more") == []
        assert engine.state("curator") is State.PAUSED
        await engine.ask("resume", service="curator")
        await engine.advance(1)
        assert len(network.times_s("more")) == 1


async def test_what_only_counts_at_the_next_start_is_said(reloading) -> None:
    async with reloading(_CURATOR) as engine:
        engine.paths.config.write_text('[engine]\nuser_agent = "Watcher"\n' + _CURATOR)
        await engine.advance(5)
        with closing(engine.read()) as reader:
            texts = [one.text for one in reader.timeline(0, engine.clock.now_ms() + 1)]
        assert "engine.user_agent changed; it counts from Sentinel's next start" in texts


async def test_a_check_taken_out_while_it_waits_for_its_turn_is_forgotten(
    watching, paths, network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    paths.config.write_text(_CURATOR + _PUBLIC)
    services = load(paths.config).config.model_dump(by_alias=True, exclude_unset=True)["services"]
    async with watching(*services, engine={"concurrency": 1}) as engine:
        network.answers = lambda check: Answer(takes_s=9.0)
        await engine.advance(12)
        assert network.under_way == 1
        paths.config.write_text(_PUBLIC)
        await engine.advance(60)
        assert _services(engine) == ["public"]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
