"""What the owner may say about acting where no platform is connected: most is refused, in words."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any

import pytest
from engine_world import Watching, service

from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.engine.arguments import Arguments
from sentinel_tui.engine.control import Request
from sentinel_tui.errors import EngineError, StoreError, UsageError

SLEEPER = service("curator", sleeps={"after": "15m"})


async def ask(engine: Watching, word: str, **arguments: Any) -> dict[str, Any]:
    """Ask the engine as its control socket does; the argument `verb` has a name of its own."""
    request = Request(word, arguments, key=f"{word}-{len(arguments)}", source="test")
    crew = engine.engine._crew
    verbs = {**crew.acting.verbs.asking, **crew.acting.verbs.changing}
    asked = asyncio.create_task(verbs[word](Arguments(request)))
    while not (await asyncio.wait([asked], timeout=0.01))[0]:
        await engine.clock.advance(0.1)
    return await asked


def actions(engine: Watching) -> list[Action]:
    with closing(engine.read()) as reader:
        return reader.actions()


async def test_a_wake_is_an_action_too_and_needs_no_platform(watching) -> None:
    async with watching(SLEEPER) as engine:
        await engine.advance(30)
        answer = await ask(engine, "act", service="curator", verb="wake")
        await engine.advance(150)
        (action,) = actions(engine)
        assert action.id == answer["action"]
        assert action.step is Step.VERIFIED


async def test_a_dry_run_is_written_down_and_does_nothing(watching, network) -> None:
    async with watching(SLEEPER) as engine:
        await engine.advance(20)
        before = len(network.looks)
        answer = await ask(engine, "act", service="curator", verb="wake", dry_run=True)
        assert answer["step"] == Step.DRY_RUN
        assert len(network.looks) == before


async def test_where_everything_is_a_dry_run_nothing_is_ever_sent(watching) -> None:
    async with watching(SLEEPER, autonomy={"dry_run": True}) as engine:
        await engine.advance(20)
        answer = await ask(engine, "act", service="curator", verb="wake")
        assert answer["step"] == Step.DRY_RUN


async def test_what_is_considered_is_not_done(watching) -> None:
    async with watching(SLEEPER) as engine:
        await engine.advance(5)
        told = await ask(engine, "consider", service="curator", verb="wake")
        assert told["allowed"] == "do"
        told = await ask(engine, "consider", service="curator", verb="suspend")
        assert told["allowed"] == "refuse"
        assert "no platform is connected" in told["reason"]
        assert told["type"] == "curator"
        assert actions(engine) == []


async def test_a_file_in_the_data_folder_freezes_everything(watching, paths) -> None:
    async with watching(SLEEPER) as engine:
        await engine.advance(5)
        paths.frozen.touch()
        with pytest.raises(EngineError, match="frozen"):
            await ask(engine, "act", service="curator", verb="wake")
        await ask(engine, "unfreeze")
        assert not paths.frozen.exists()
        await ask(engine, "freeze", reason="hands off")
        with pytest.raises(EngineError, match="frozen"):
            await ask(engine, "act", service="curator", verb="wake")


@pytest.mark.parametrize(
    ("word", "arguments", "error"),
    [
        ("act", {"service": "curator", "verb": "dance"}, UsageError),
        ("act", {"service": "curator", "verb": "scale"}, UsageError),
        ("act", {"service": "curator", "verb": "wake", "loud": True}, UsageError),
        ("act", {"service": "nobody", "verb": "restart"}, EngineError),
        ("act", {"service": "curator", "verb": "rollback"}, EngineError),
        ("approve", {"action": 7}, EngineError),
        ("reject", {"action": 7}, EngineError),
        ("undo", {"action": 7}, EngineError),
        ("undo_tuning", {"tuning": 7}, StoreError),
    ],
)
async def test_what_makes_no_sense_is_refused(
    watching, word: str, arguments: dict[str, Any], error: type[Exception]
) -> None:
    async with watching(SLEEPER) as engine:
        with pytest.raises(error):
            await ask(engine, word, **arguments)
        assert actions(engine) == []
