"""The frame: tabs, console, engine line and footer, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input

from sentinel_tui.paths import Paths
from sentinel_tui.tui import keymap, palette
from sentinel_tui.tui.messages import ConsoleWanted, IncidentOpened, ServiceOpened, VideoOpened
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.deck import Deck
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.panes.tabs import STATUS, TABS
from sentinel_tui.tui.preferences import Preferences
from sentinel_tui.tui.quiet import QuietApp
from sentinel_tui.tui.screens.covering import Covering
from sentinel_tui.tui.widgets.banner import Banner
from sentinel_tui.tui.widgets.console import Console
from sentinel_tui.tui.widgets.key_bar import KeyBar
from sentinel_tui.tui.widgets.status_line import StatusLine
from sentinel_tui.tui.widgets.tab_bar import TabBar
from sentinel_tui.tui.widgets.too_small import TooSmall

_TYPED_INTO_INPUTS = frozenset({"tab", "console"})
"""Priority actions whose keys are ordinary characters while somebody types."""


class FramedApp(QuietApp, inherit_bindings=False):
    """Five tabs and a console, and how to get from one to another."""

    CSS_PATH = "sentinel.tcss"
    TITLE = "Sentinel"
    COMMANDS: ClassVar[set[Any]] = {palette.Palette}
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("app")

    def __init__(self, paths: Paths, preferences: Preferences, outlook: Outlook) -> None:
        """A frame around nothing yet.

        Args:
            paths: Whose watch.
            preferences: How the owner wants the screen.
            outlook: Handed to every part.
        """
        super().__init__(paths, preferences)
        self.outlook = outlook
        self.tabs = TabBar(TABS, STATUS.id)
        self.deck = Deck(outlook)
        self.console_line = Console(outlook, lambda: self.deck.status.service_ids)
        self.engine_line = StatusLine(outlook, widget_id="engine-line")

    def compose(self) -> ComposeResult:
        """The first picture, from top to bottom."""
        yield TooSmall(widget_id="too-small")
        yield self.tabs
        yield Banner(self.outlook)
        yield self.deck
        yield self.engine_line
        yield KeyBar()

    async def furnish(self) -> None:
        """Make what is not part of the first picture.

        This runs where keys are handled, so those typed meanwhile wait for it and none is lost.
        """
        if self.console_line.is_attached or not self.deck.is_running:
            return
        with self.batch_update():
            await self.deck.complete()
            if self.engine_line.is_running:
                await self.engine_line.screen.mount(self.console_line, before=self.engine_line)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean nothing here do nothing, and are not in the footer."""
        return not (action in _TYPED_INTO_INPUTS and isinstance(self.focused, Input))

    def palette_entries(self) -> Iterator[palette.Entry]:
        """What the palette offers here."""
        return palette.entries(self, TABS, self.deck.status.service_ids)

    def open_service(self, service: str) -> None:
        """Show the page of a service over the tabs."""
        from sentinel_tui.tui.screens.service import ServiceScreen

        self._cover(ServiceScreen(self.outlook, service))

    def open_incident(self, incident: int) -> None:
        """Show the page of an incident over the tabs."""
        from sentinel_tui.tui.screens.incident import IncidentScreen

        self._cover(IncidentScreen(self.outlook, incident))

    def open_video(self, video: str) -> None:
        """Show the page of a video over the tabs."""
        from sentinel_tui.tui.screens.video_detail import VideoScreen

        self._cover(VideoScreen(self.outlook, video))

    async def run_command(self, command: str) -> None:
        """Run a command in the console, where its answer is shown."""
        await self.action_console()
        self.console_line.run(command)

    @property
    def seen(self) -> Pane | Covering | None:
        """The part of the screen that shows something of the store now."""
        match self.screen_stack:
            case [_]:
                return self.deck.pane
            case [*_, Covering() as page]:
                return page
        return None

    async def action_tab(self, tab_id: str) -> None:
        """Show a tab, whatever lay over it."""
        await self.furnish()
        self._uncover()
        self.tabs.show(tab_id)
        self.deck.turn_to(tab_id)

    async def action_next_tab(self, steps: int) -> None:
        """Show the tab to the right or to the left."""
        await self.action_tab(self.deck.neighbour(steps))

    async def action_console(self, text: str = "") -> None:
        """Type a command."""
        await self.furnish()
        self._uncover()
        self.console_line.open(text)

    def action_help(self) -> None:
        """Show keys, states and commands."""
        from sentinel_tui.tui.screens.help import HelpScreen

        self._cover(HelpScreen(self.preferences.keys))

    def action_toggle_zone(self) -> None:
        """Tell times in the other zone."""
        self.tell(f"times are told in {self.outlook.toggle_zone()}")
        self.engine_line.redraw()
        if self.seen is not None:
            self.seen.redraw()

    @on(TabBar.TabChosen)
    async def _tab_chosen(self, message: TabBar.TabChosen) -> None:
        await self.action_tab(message.tab_id)

    @on(ServiceOpened)
    def _service_opened(self, message: ServiceOpened) -> None:
        self.open_service(message.service)

    @on(IncidentOpened)
    def _incident_opened(self, message: IncidentOpened) -> None:
        self.open_incident(message.incident)

    @on(VideoOpened)
    def _video_opened(self, message: VideoOpened) -> None:
        self.open_video(message.video)

    @on(ConsoleWanted)
    async def _console_wanted(self, message: ConsoleWanted) -> None:
        await self.action_console(message.text)

    @on(Console.Closed)
    def _console_closed(self) -> None:
        self.deck.pane.focus_main()

    def _cover(self, screen: Screen[None]) -> None:
        """Show a page over the tabs; what lies below reads again when it is seen again."""
        self.push_screen(screen, lambda _: self.deck.pane.read_store())

    def _uncover(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()
