"""The page of one service."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.domain.monitoring.slo import Objective
from sentinel_tui.tui.cells import line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.messages import CommandWanted, ConsoleWanted, QuestionWanted
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.screens.covering import Covering
from sentinel_tui.tui.service_readings import read_story
from sentinel_tui.tui.view_models.service import ServiceStory, story_lines
from sentinel_tui.tui.widgets.banner import Banner
from sentinel_tui.tui.widgets.key_bar import KeyBar
from sentinel_tui.tui.widgets.page import Page

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_AT_ITS_PLATFORM = frozenset({"restart", "deploy", "rollback"})


class ServiceScreen(Covering):
    """Checks, phases, failures with what was answered, cold starts, alerts, timeline."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("screen", "services", "hosted")

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
        zone = self.outlook.preferences.time_zone
        objective = None if percent is None else Objective(percent / 100)

        def query(reader: Reader) -> Message:
            return self.Loaded(read_story(reader, service, now_ms, zone, objective))

        self.outlook.read(self, "story", query)

    def redraw(self) -> None:
        """Show the same again, in another zone or at another width."""
        if self._story is not None:
            width = self._page.content_size.width
            self._page.show(story_lines(self._story, self.outlook.times, width))

    def on_service_screen_loaded(self, message: ServiceScreen.Loaded) -> None:
        """Show what was read."""
        message.stop()
        hosted = self._hosted
        self._story = message.story
        if self._hosted is not hosted:
            self.refresh_bindings()
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

    def action_restart(self) -> None:
        """Restart the service at its platform, after a question."""
        self.post_message(QuestionWanted(f"restart {self.service}"))

    def action_deploy(self) -> None:
        """Deploy its newest commit, after a question."""
        self.post_message(QuestionWanted(f"deploy {self.service}"))

    def action_rollback(self) -> None:
        """Go back to the deploy before, after a question that wants its name typed."""
        self.post_message(QuestionWanted(f"rollback {self.service}"))

    def action_mode(self) -> None:
        """Have a mode typed, with how long it is to last."""
        self.post_message(ConsoleWanted(f"mode {self.service} "))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a service that lies with a platform can be restarted there."""
        if action in _AT_ITS_PLATFORM:
            return self._hosted
        return super().check_action(action, parameters)

    @property
    def _hosted(self) -> bool:
        return self._story is not None and self._story.keeping.hosted is not None
