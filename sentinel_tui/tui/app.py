"""The app: who speaks with whom. It decides nothing about services."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on

from sentinel_tui.clock import Clock
from sentinel_tui.paths import Paths
from sentinel_tui.tui.acting import ActingApp
from sentinel_tui.tui.errands import (
    Answered,
    Desk,
    EngineClient,
    EngineStarted,
    Errands,
    Told,
)
from sentinel_tui.tui.feed import EngineSeen, Feed, FeedFailed, StoreChanged, StoreLost
from sentinel_tui.tui.messages import CommandWanted, HeadlineRead
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.preferences import Preferences

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader
    from sentinel_tui.tui.bells import Bells

_TOAST_CELLS = 60
_BREAK_HOW = "500"
_LET_IT_BE_SENT_S = 0.01

Break = Callable[[str, str], str]
"""Breaks a service of the demo in some way, and says what it did."""


class SentinelApp(ActingApp):
    """The screen of one watch."""

    def __init__(
        self,
        paths: Paths,
        client: EngineClient,
        clock: Clock,
        preferences: Preferences,
        demo: Break | None = None,
        replay_ms: int | None = None,
    ) -> None:
        """A screen that shows nothing yet.

        Args:
            paths: Whose store and configuration.
            client: Speaks with the engine.
            clock: The present.
            preferences: How the owner wants the screen.
            demo: Breaks a service of the demo; None outside it.
            replay_ms: Begin with everything as it was at this instant; None: as it is.
        """
        feed = Feed(paths, client.ask, clock)
        errands = Errands(
            Desk(
                paths,
                client.ask,
                clock,
                preferences.keys,
                preferences.objectives,
                preferences.budget_h,
                preferences.reserve,
            )
        )
        super().__init__(paths, preferences, Outlook(feed, errands, clock, preferences))
        self._client = client
        self._demo = demo
        self._feed = feed
        self._errands = errands
        self._known: Collection[object] | None = None
        self._bells = _bells(preferences, clock)
        self._looked_at = True
        self._replay_ms = replay_ms

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
        if self._replay_ms is not None:
            # Before anything is read: the present must not be seen for a moment.
            self.begin_replay(self._replay_ms)
        self._feed.start(self)
        await self.furnish()
        self.take_keys()
        if self.outlook.refusal:
            return
        if not self.preferences.configured:
            self._ask_what_to_watch()
        else:
            self.action_start_engine()

    def on_unmount(self) -> None:
        """Let go of the store."""
        self._feed.stop()

    def on_app_blur(self, event: events.AppBlur) -> None:
        """Nobody looks: read nothing, but for what this terminal is to ring for."""
        self._looked_at = False
        if self._bells is None:
            self._feed.pause()

    def on_app_focus(self, event: events.AppFocus) -> None:
        """Somebody looks again."""
        self._looked_at = True
        self._feed.resume()
        if self._bells is not None:
            self.post_message(StoreChanged())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Besides what the frame says: only what can be started or broken."""
        if action == "start_engine":
            return self.engine_line.sight.runs is False and not self.preferences.read_only
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
        self._read_headline()
        if self.seen is not None and self._looked_at and self.outlook.replay is None:
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
        from sentinel_tui.tui.view_models.cases import badge, known_as, news

        headline = message.headline
        if message.past is (self.outlook.replay is not None):
            self.tabs.show_badge("alerts", badge(headline.cases))
        if message.past:
            return
        if self._known is not None:
            opened = news(self._known, headline.cases, headline.names)
            if opened:
                self.tell(opened, "error")
        self._known = [known_as(case) for case in headline.cases]
        self.engine_line.note(silences=tuple(headline.silences), failing=tuple(headline.failing))
        self.take_in(headline)
        if self._bells is not None:
            self._bells.ring(headline.messages, self.write_through)

    @on(CommandWanted)
    def _command_wanted(self, message: CommandWanted) -> None:
        from sentinel_tui.tui.screens.confirm import after_yes

        if self.outlook.refusal:
            self.tell(self.outlook.refusal, "warning")
            return
        after_yes(self, message.question, lambda: self.outlook.do(message.commands, self))

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        self.tell(message.text(_TOAST_CELLS), "error" if message.refused else "information")

    @on(Told)
    def _told(self, message: Told) -> None:
        self.tell(message.text, "error" if message.failed else "information")

    def _read_headline(self) -> None:
        now_ms, acknowledged_s = self.outlook.present_ms, self.preferences.acknowledged_s
        terminals = tuple(self._bells.channels) if self._bells else ()
        since_ms = self._bells.since_ms if self._bells else now_ms
        frozen_file = self.paths.frozen

        def query(reader: Reader) -> HeadlineRead:
            from sentinel_tui.tui.headlines import read_headline

            headline = read_headline(
                reader, now_ms, acknowledged_s, terminals, since_ms, frozen_file
            )
            return HeadlineRead(headline)

        self.outlook.read_present(self, "headline", query)

    def _ask_what_to_watch(self) -> None:
        from sentinel_tui.tui.screens.first_run import FirstRunScreen

        def answered(configured: bool | None) -> None:
            self.deck.pane.focus_main()
            if configured:
                self.action_start_engine()

        self.push_screen(FirstRunScreen(self.paths.config), answered)


def _bells(preferences: Preferences, clock: Clock) -> Bells | None:
    """What rings for the channels of this terminal, where any are configured."""
    if not preferences.bells:
        return None
    from sentinel_tui.tui.bells import Bells

    return Bells(preferences.bells, clock.now_ms(), in_tmux=bool(os.environ.get("TMUX")))
