"""Showing the past: the whole screen as of another instant, and the way back to the present."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from sentinel_tui.tui.feed import StoreChanged
from sentinel_tui.tui.frame import FramedApp
from sentinel_tui.tui.messages import HeadlineRead, ReplayMarksRead, ReplayWanted
from sentinel_tui.tui.panes.tabs import STATUS
from sentinel_tui.tui.widgets.banner import Banner

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader
    from sentinel_tui.tui.replay import Replay

_MINUTE_MS = 60_000


class ReplayingApp(FramedApp):
    """A frame that can be taken to any instant that was recorded."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps through the past mean nothing in the present."""
        if action.startswith("replay_"):
            return self.outlook.replay is not None
        return super().check_action(action, parameters)

    def begin_replay(self, at_ms: int, marks: tuple[int, ...] = ()) -> None:
        """Show everything as of an instant.

        Args:
            at_ms: The instant.
            marks: Instants to jump to; without any, all starts and ends of incidents are.
        """
        # Imported here: most screens never show the past.
        from sentinel_tui.tui.replay import Replay

        self._go(Replay(min(at_ms, self.outlook.present_ms), marks))
        if not marks:
            self.outlook.read_present(self, "marks", _read_marks)

    def action_replay_step(self, minutes: int) -> None:
        """Show a little later, or earlier."""
        replay = self.outlook.replay
        if replay is not None:
            self._walk(replay.stepped(minutes * _MINUTE_MS, self.outlook.present_ms))

    def action_replay_jump(self, direction: int) -> None:
        """Show the next start or end of an incident, or the one before."""
        replay = self.outlook.replay
        if replay is not None:
            self._walk(replay.jumped(direction, self.outlook.present_ms))

    def action_replay_leave(self) -> None:
        """Back to the present."""
        self._go(None)

    def redraw_banners(self) -> None:
        """Have the banner of every page say what is so now."""
        for screen in self.screen_stack:
            for banner in screen.query(Banner):
                banner.redraw()

    @on(ReplayWanted)
    async def _replay_wanted(self, message: ReplayWanted) -> None:
        self.begin_replay(message.at_ms, message.marks)
        await self.action_tab(STATUS.id)

    @on(ReplayMarksRead)
    def _marks_read(self, message: ReplayMarksRead) -> None:
        if self.outlook.replay is not None:
            self.outlook.replay = replace(self.outlook.replay, marks=message.marks)

    def _walk(self, replay: Replay) -> None:
        """Go on to another instant; where there is none, stay, and read nothing."""
        if replay != self.outlook.replay:
            self._go(replay)

    def _go(self, replay: Replay | None) -> None:
        """Show another instant; what reads the same there is not painted again."""
        turned = (replay is None) is not (self.outlook.replay is None)
        self.outlook.replay = replay
        self.redraw_banners()
        if replay is None:
            self.post_message(StoreChanged())
        else:
            self._read_instant()
        if turned:
            self.engine_line.redraw()
        if turned and self.screen_stack:
            self.refresh_bindings()

    def _read_instant(self) -> None:
        """Read what is in sight, and the badge of the tabs, as of the instant that is shown."""
        now_ms, acknowledged_s = self.outlook.now_ms, self.preferences.acknowledged_s

        def query(reader: Reader) -> HeadlineRead:
            from sentinel_tui.tui.headlines import read_headline

            return HeadlineRead(read_headline(reader, now_ms, acknowledged_s), past=True)

        self.outlook.read(self, "badge", query)
        if self.seen is not None:
            self.seen.read_store()


def _read_marks(reader: Reader) -> ReplayMarksRead:
    from sentinel_tui.tui.incident_readings import read_marks

    return ReplayMarksRead(read_marks(reader))
