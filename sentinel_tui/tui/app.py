"""The app: who speaks with whom. It decides nothing about services."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on

from sentinel_tui.clock import Clock
from sentinel_tui.paths import Paths
from sentinel_tui.tui.errands import Answered, Desk, EngineClient, EngineStarted, Errands, Told
from sentinel_tui.tui.feed import EngineSeen, Feed, FeedFailed, StoreChanged, StoreLost
from sentinel_tui.tui.frame import FramedApp
from sentinel_tui.tui.messages import CommandWanted, HeadlineRead
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.preferences import Preferences

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_TOAST_CELLS = 60
_BREAK_HOW = "500"
_LET_IT_BE_SENT_S = 0.01

Break = Callable[[str, str], str]
"""Breaks a service of the demo in some way, and says what it did."""


class SentinelApp(FramedApp):
    """The screen of one watch."""

    def __init__(
        self,
        paths: Paths,
        client: EngineClient,
        clock: Clock,
        preferences: Preferences,
        demo: Break | None = None,
    ) -> None:
        """A screen that shows nothing yet.

        Args:
            paths: Whose store and configuration.
            client: Speaks with the engine.
            clock: The present.
            preferences: How the owner wants the screen.
            demo: Breaks a service of the demo; None outside it.
        """
        feed = Feed(paths, client.ask, clock)
        errands = Errands(Desk(paths, client.ask, clock, preferences.keys))
        super().__init__(paths, preferences, Outlook(feed, errands, clock, preferences.time_zone))
        self._client = client
        self._demo = demo
        self._feed = feed
        self._errands = errands
        self._known_alerts: Collection[int] | None = None

    def on_mount(self) -> None:
        """Be ready for keys, and for a terminal that goes away."""
        self.leave_with_terminal()
        self.deck.status.focus_main()

    async def on_ready(self) -> None:
        """The first picture is there: now make the rest, and start what may take a while."""
        # It is drawn, but another thread must still send it, and would wait for all that follows.
        await asyncio.sleep(_LET_IT_BE_SENT_S)
        if not self.screen_stack:
            return
        self._feed.start(self)
        await self.furnish()
        self.take_keys()
        if self.preferences.configured:
            self.action_start_engine()
        else:
            self._ask_what_to_watch()

    def on_unmount(self) -> None:
        """Let go of the store."""
        self._feed.stop()

    def on_app_blur(self, event: events.AppBlur) -> None:
        """Nobody looks: read nothing."""
        self._feed.pause()

    def on_app_focus(self, event: events.AppFocus) -> None:
        """Somebody looks again."""
        self._feed.resume()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Besides what the frame says: only what can be started or broken."""
        if action == "start_engine":
            return self.engine_line.sight.runs is False
        if action == "break_service":
            return self._demo is not None
        return super().check_action(action, parameters)

    def action_refresh_data(self) -> None:
        """Read the store again, as if it had changed."""
        self.post_message(StoreChanged())

    def action_start_engine(self) -> None:
        """Have an engine watch, where none does."""
        self.engine_line.note(starting=True, failure="")
        self._errands.start_engine(self._client.ensure_engine, self)

    def action_break_service(self) -> None:
        """Demo: make the service under the cursor fail at once."""
        service = self.deck.status.selected
        if self._demo is not None and service is not None:
            self._errands.have(partial(self._demo, service, _BREAK_HOW), self)

    @on(StoreChanged)
    def _store_changed(self) -> None:
        self.engine_line.note(store_trouble="")
        self.outlook.read(self, "headline", _read_headline)
        if self.seen is not None:
            self.seen.read_store()

    @on(StoreLost)
    def _store_lost(self, message: StoreLost) -> None:
        self.engine_line.note(store_trouble=message.reason)
        self.deck.pane.show_waiting(message.reason)

    @on(FeedFailed)
    def _feed_failed(self, message: FeedFailed) -> None:
        raise message.error

    @on(EngineSeen)
    def _engine_seen(self, message: EngineSeen) -> None:
        standing, known = message.standing, self.engine_line.sight.runs
        self.engine_line.note(runs=standing.watching, record=standing.engine)
        if standing.watching is not known and self.screen_stack:
            self.refresh_bindings()

    @on(EngineStarted)
    def _engine_started(self, message: EngineStarted) -> None:
        self.engine_line.note(starting=False, failure=message.failure)
        self._feed.look_for_engine()

    @on(HeadlineRead)
    def _show_headline(self, message: HeadlineRead) -> None:
        from sentinel_tui.tui.view_models.alerts import badge, news

        open_alerts, names = message.headline.open_alerts, message.headline.names
        self.tabs.show_badge("alerts", badge(open_alerts))
        if self._known_alerts is not None:
            opened = news(self._known_alerts, open_alerts, names)
            if opened:
                self.tell(opened, "error")
        self._known_alerts = {alert.id for alert in open_alerts}

    @on(CommandWanted)
    def _command_wanted(self, message: CommandWanted) -> None:
        from sentinel_tui.tui.screens.confirm import after_yes

        after_yes(self, message.question, lambda: self.outlook.do(message.commands, self))

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        self.tell(message.text(_TOAST_CELLS), "error" if message.refused else "information")

    @on(Told)
    def _told(self, message: Told) -> None:
        self.tell(message.text, "error" if message.failed else "information")

    def _ask_what_to_watch(self) -> None:
        from sentinel_tui.tui.screens.first_run import FirstRunScreen

        def answered(configured: bool | None) -> None:
            self.deck.pane.focus_main()
            if configured:
                self.action_start_engine()

        self.push_screen(FirstRunScreen(self.paths.config), answered)


def _read_headline(reader: Reader) -> HeadlineRead:
    from sentinel_tui.tui.readings import read_headline

    return HeadlineRead(read_headline(reader))
