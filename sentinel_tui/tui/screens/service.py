"""The page of one service."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.domain.monitoring.slo import Objective
from sentinel_tui.tui.cells import line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.messages import CommandWanted
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.readings import read_story
from sentinel_tui.tui.screens.covering import Covering
from sentinel_tui.tui.view_models.service import ServiceStory, story_lines
from sentinel_tui.tui.widgets.banner import Banner
from sentinel_tui.tui.widgets.key_bar import KeyBar
from sentinel_tui.tui.widgets.page import Page

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader


class ServiceScreen(Covering):
    """Checks, phases, failures with what was answered, cold starts, alerts, timeline."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("screen", "services")

    class Loaded(Message):
        """The page was read; None when the service is no longer configured."""

        def __init__(self, story: ServiceStory | None) -> None:
            super().__init__()
            self.story = story

    def __init__(self, outlook: Outlook, service: str) -> None:
        """A page about a service.

        Args:
            outlook: Where it reads.
            service: The service's id.
        """
        super().__init__(outlook)
        self.service = service
        self._story: ServiceStory | None = None
        self._page = Page(widget_id="service")

    def compose(self) -> ComposeResult:
        """The page and its keys."""
        yield Banner(self.outlook)
        yield self._page
        yield KeyBar()

    def on_mount(self) -> None:
        """Take the focus to the page."""
        self.set_focus(self._page)

    def read_store(self) -> None:
        """Read the page."""
        service, now_ms = self.service, self.outlook.now_ms
        percent = self.outlook.preferences.objectives.get(service)
        objective = None if percent is None else Objective(percent / 100)

        def query(reader: Reader) -> Message:
            return self.Loaded(read_story(reader, service, now_ms, objective))

        self.outlook.read(self, "story", query)

    def redraw(self) -> None:
        """Show the same again, in another zone or at another width."""
        if self._story is not None:
            width = self._page.content_size.width
            self._page.show(story_lines(self._story, self.outlook.times, width))

    def on_service_screen_loaded(self, message: ServiceScreen.Loaded) -> None:
        """Show what was read."""
        message.stop()
        self._story = message.story
        if message.story is None:
            self._page.show([line(muted(f"{self.service} is no longer configured"))])
        self.redraw()

    def action_probe(self) -> None:
        """Look at the service now."""
        self.post_message(CommandWanted([f"probe {self.service}"]))

    def action_wake(self) -> None:
        """Wake the service."""
        self.post_message(CommandWanted([f"wake {self.service}"]))

    def action_pause(self) -> None:
        """Pause the service, or resume it where it is paused."""
        if self._story is not None:
            verb = "resume" if self._story.service.paused else "pause"
            self.post_message(CommandWanted([f"{verb} {self.service}"]))
