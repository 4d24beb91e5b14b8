"""A Textual app that keeps what Sentinel promises of every screen.

Nothing moves by itself, colour is the owner's choice, keys are the owner's, and a crash tells
nobody's secrets.
"""

from __future__ import annotations

import os
from typing import Literal

from rich.text import Text
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.theme import Theme

from sentinel_tui.paths import Paths
from sentinel_tui.tui import keymap, themes
from sentinel_tui.tui.crash import farewell, keep_crash
from sentinel_tui.tui.preferences import Preferences
from sentinel_tui.tui.terminal import Departure
from sentinel_tui.tui.widgets.lines import Look
from sentinel_tui.tui.widgets.too_small import LEAST_COLUMNS, LEAST_ROWS

_TOLD_FOR_S = 5.0

Weight = Literal["information", "warning", "error"]


class QuietApp(App[None]):
    """Themes, sizes, keys, short messages and the crash screen."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (Textual declares it so)
        (0, "-tiny"),
        (LEAST_COLUMNS, "-narrow"),
        (80, "-normal"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 (Textual declares it so)
        (0, "-flat"),
        (LEAST_ROWS, "-short"),
        (24, "-full"),
        (34, "-tall"),
    ]

    def __init__(self, paths: Paths, preferences: Preferences) -> None:
        """A screen in the owner's colours.

        Args:
            paths: Where a crash is kept.
            preferences: How the owner wants the screen.
        """
        colourless = themes.no_color(os.environ)
        if not colourless:
            # Textual takes even an empty NO_COLOR for one.
            os.environ.pop("NO_COLOR", None)
        colours = themes.choose(preferences.theme, os.environ)
        super().__init__(ansi_color=True if colours is themes.ANSI else None)
        self._begin_with(themes.textual_theme(colours))
        self.animation_level = "none"
        self.set_class(preferences.ascii, "-ascii", update=False)
        self.look = Look(
            themes.tone_styles(colours, colourless=colourless),
            themes.cursor_style(colours, colourless=colourless),
            preferences.ascii,
        )
        self.preferences = preferences
        self.paths = paths
        self.departure = Departure()
        self._clashes_told: set[str] = set()

    def take_keys(self) -> None:
        """Put the owner's keys into force, and say which of them cannot be."""
        self.set_keymap(keymap.accepted(self.preferences.keys))
        for problem in keymap.refused(self.preferences.keys):
            self.tell(problem, "warning")

    def leave_with_terminal(self) -> None:
        """End when the terminal goes away or the process is asked to; not in tests."""
        if not self.is_headless:
            self.departure.watch(self.exit)

    def tell(self, text: str, weight: Weight = "information") -> None:
        """Say something for a few seconds. The text is literal."""
        self.notify(text, severity=weight, timeout=_TOLD_FOR_S, markup=False)

    def write_through(self, sequence: str) -> None:
        """Send the terminal something that is not part of the picture."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say once which of the owner's keys was taken already."""
        for binding in clashed_bindings:
            if binding.id and binding.id not in self._clashes_told:
                self._clashes_told.add(binding.id)
                self.tell(f"keys: {binding.key!r} of {binding.id!r} is taken already", "warning")

    def _begin_with(self, theme: Theme) -> None:
        """Put a theme into force without Textual's parsing all styles a second time for it."""
        self.register_theme(theme)
        self.set_reactive(App.theme, theme.name)
        self.set_class(theme.dark, "-dark-mode", update=False)
        self.set_class(not theme.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def _fatal_error(self) -> None:
        """Textual's crash screen prints local variables; ours prints none."""
        error = self._exception
        if error is None:
            super()._fatal_error()
            return
        self.panic(Text(farewell(error, keep_crash(self.paths, error))))
