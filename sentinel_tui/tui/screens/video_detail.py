"""The page of one video."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.tui.cells import cut, line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.screens.covering import Covering
from sentinel_tui.tui.video_readings import read_video
from sentinel_tui.tui.view_models.video_page import (
    age_title,
    body_lines,
    head_lines,
    retention_title,
)
from sentinel_tui.tui.view_models.video_plots import age_plot, retention_plot
from sentinel_tui.tui.widgets.banner import Banner
from sentinel_tui.tui.widgets.chart import Chart, warm_up
from sentinel_tui.tui.widgets.key_bar import KeyBar
from sentinel_tui.tui.widgets.lines import LinesView
from sentinel_tui.tui.widgets.page import Page

if TYPE_CHECKING:
    from sentinel_tui.commands.video_story import VideoStory
    from sentinel_tui.store.queries import Reader

_BOTH_CHARTS_ROWS = 34


class VideoScreen(Covering):
    """What it is, who still watches at each moment, how its views add up, and every figure."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("screen", "video page")

    class Loaded(Message):
        """The page was read; None when there is no such video."""

        def __init__(self, story: VideoStory | None) -> None:
            super().__init__()
            self.story = story

    def __init__(self, outlook: Outlook, video: str) -> None:
        """A page about a video.

        Args:
            outlook: Where it reads.
            video: The video's id.
        """
        super().__init__(outlook)
        self.video = video
        self._story: VideoStory | None = None
        self._by_age = False
        self._facts = LinesView(widget_id="video-facts")
        self._retention_title = LinesView(widget_id="retention-title")
        self._retention = Chart(widget_id="retention")
        self._age_title = LinesView(widget_id="age-title")
        self._age = Chart(widget_id="age")
        self._page = Page(widget_id="video-story")

    def compose(self) -> ComposeResult:
        """From top to bottom; a small terminal has room for one of the charts."""
        yield Banner(self.outlook)
        yield self._facts
        yield self._retention_title
        yield self._retention
        yield self._age_title
        yield self._age
        yield self._page
        yield KeyBar()

    def on_mount(self) -> None:
        """Take the focus to the page."""
        self._show_charts()
        self.set_focus(self._page)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where both charts are in sight there is no other one."""
        if action == "next_chart":
            return not self._room_for_both
        return super().check_action(action, parameters)

    def read_store(self) -> None:
        """Read the page."""
        video, now_ms = self.video, self.outlook.now_ms

        def query(reader: Reader) -> Message:
            warm_up()
            return self.Loaded(read_video(reader, video, now_ms))

        self.outlook.read(self, "video", query)

    def use_room(self) -> None:
        """Show the same at another size."""
        self._show_charts()
        self.refresh_bindings()
        self.redraw()

    def redraw(self) -> None:
        """Show the same again, in another zone or at another width."""
        story, width = self._story, self._facts.content_size.width
        if story is None or not width:
            return
        times, language = self.outlook.times, self.outlook.preferences.language
        self._facts.paint(head_lines(story, times, width))
        self._retention_title.paint([cut(retention_title(story), width)])
        self._age_title.paint([cut(age_title(story), width)])
        self._retention.show(retention_plot(story))
        self._age.show(age_plot(story.video, story.days, story.known, story.usual))
        self._page.show(body_lines(story, times, language, self._page.content_size.width))

    def on_video_screen_loaded(self, message: VideoScreen.Loaded) -> None:
        """Show what was read."""
        message.stop()
        self._story = message.story
        if message.story is None:
            self._facts.paint([line(muted(f"there is no video {self.video} any more"))])
        self._show_charts()
        self.redraw()

    def action_next_chart(self) -> None:
        """Show the other chart."""
        self._by_age = not self._by_age
        self._show_charts()
        self.call_after_refresh(self.redraw)

    @property
    def _room_for_both(self) -> bool:
        return self.app.size.height >= _BOTH_CHARTS_ROWS

    def _show_charts(self) -> None:
        """Bring in sight what there is room for; what is not known needs no chart."""
        both, story = self._room_for_both, self._story
        self._retention_title.display = both or not self._by_age
        self._retention.display = self._retention_title.display and bool(
            story is None or story.retention
        )
        self._age_title.display = both or self._by_age
        self._age.display = self._age_title.display and bool(story is None or story.known)
