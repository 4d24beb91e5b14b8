"""Opens the screen on a recorded past, and reads what stands on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.segment import Segment
from textual.pilot import Pilot
from tui_engine import StandbyClient
from tui_past import HOUR_MS, NOW_MS

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.records import EngineRecord
from sentinel_tui.paths import Paths
from sentinel_tui.tui.app import SentinelApp
from sentinel_tui.tui.preferences import Preferences

SIZE = (80, 24)
_PATIENCE_S = 20.0

ENGINE = EngineRecord(4711, "here", "0.1", NOW_MS - 3 * HOUR_MS, NOW_MS)


@dataclass
class Screen:
    """The screen under test."""

    app: SentinelApp
    pilot: Pilot[Any]
    told: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands on it, without trailing blanks."""
        return screen_text(self.app)

    async def shows(self, *texts: str) -> None:
        """Wait until all of the texts stand on the screen."""
        await self.until(lambda: all(text in self.text for text in texts))

    async def loaded(self) -> None:
        """Wait until everything that is read at the start was read: chart, engine, alerts."""
        sign = "X" if self.app.look.ascii else "✖"
        await self.until(lambda: sign in self.text.partition("\n")[0])
        await self.shows("min ", "engine 4711 watches")

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; the reader is a thread of its own."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not holds():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"it never came about; the screen shows:\n{self.text}") from None

    async def press(self, *keys: str) -> None:
        """Press keys and let all that follows at once happen."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Press the key of each character."""
        await self.press(*(_KEY_NAMES.get(char, char) for char in text))


_KEY_NAMES = {" ": "space", "/": "slash", ":": "colon", ".": "full_stop", "-": "minus"}


@asynccontextmanager
async def opened(
    paths: Paths,
    *,
    size: tuple[int, int] = SIZE,
    clock: FakeClock | None = None,
    demo: Callable[[str, str], str] | None = None,
    replay_ms: int | None = None,
    **preferences: Any,
) -> AsyncIterator[Screen]:
    """The screen of a watch whose engine, if there is one, is a double."""
    wanted = {"time_zone": "Europe/Paris", **preferences}
    app = SentinelApp(
        paths,
        StandbyClient(paths, source="tui", read_only=preferences.get("read_only", False)),
        clock or FakeClock(NOW_MS),
        Preferences(**wanted),
        demo,
        replay_ms,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = Screen(app, pilot)
        tell = app.tell

        def remembering(text: str, weight: Any = "information") -> None:
            screen.told.append(text)
            tell(text, weight)

        app.tell = remembering  # type: ignore[method-assign]  # what is told is gone in 5 s
        yield screen


def segments(app: SentinelApp) -> list[list[Segment]]:
    """The screen as it would be written, line by line."""
    return [list(strip) for strip in app.screen._compositor.render_strips()]


def screen_text(app: SentinelApp) -> str:
    """What the owner reads."""
    lines = ("".join(segment.text for segment in line).rstrip() for line in segments(app))
    return "\n".join(lines) + "\n"


def reversed_text(app: SentinelApp) -> str:
    """The same with ⟦ ⟧ around what is shown reversed, for screens without colour."""
    lines = []
    for line in segments(app):
        text, inside = "", False
        for segment in line:
            reverse = bool(segment.style and segment.style.reverse)
            if reverse is not inside:
                text += "⟦" if reverse else "⟧"
                inside = reverse
            text += segment.text
        lines.append((text + ("⟧" if inside else "")).rstrip())
    return "\n".join(lines) + "\n"


def colours(app: SentinelApp) -> set[str]:
    """Every colour on the screen but the terminal's own."""
    found = set()
    for line in segments(app):
        for segment in line:
            if segment.style:
                for colour in (segment.style.color, segment.style.bgcolor):
                    if colour is not None and not colour.is_default:
                        found.add(colour.name)
    return found


def environment(monkeypatch: Any, changes: Mapping[str, str]) -> None:
    """The environment of a plain local terminal, with some changes."""
    for name in ("NO_COLOR", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
