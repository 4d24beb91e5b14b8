"""The footer: the keys that do something here and now, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

from textual.screen import Screen
from textual.widgets import Input

from sentinel_tui.tui.cells import Line, Span, Tone, line_width, muted
from sentinel_tui.tui.keymap import KEYS, readable
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.widgets.lines import LinesView

_ORDER = {key.id: index for index, key in enumerate(KEYS)}
_WORDS_IN_ASCII = frozenset({"enter", "up", "down"})
_LAST = ("help.open", "app.quit")
"""Always shown, whatever else there is no room for."""


class HasOutlook(Protocol):
    """What the app of a `KeyBar` must have."""

    outlook: Outlook


class KeyBar(LinesView):
    """Key and word of every valid binding that has a word, as many as fit."""

    DEFAULT_CSS = """
    KeyBar { height: 1; }
    """

    def on_mount(self) -> None:
        """Follow the screen: what is valid depends on what has the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def fit_to_size(self) -> None:
        """Show as many as fit."""
        self._draw()

    def _bindings_changed(self, screen: Screen[object]) -> None:
        # Without focus nothing is valid; a footer that empties then would only cost bytes.
        if self.app.app_focus:
            self._draw()

    def _draw(self) -> None:
        keys = dict(self._valid())
        last = [keys.pop(binding) for binding in _LAST if binding in keys]
        room = self.content_size.width - sum(line_width(key) for key in last)
        parts: list[Span] = []
        for key in keys.values():
            if line_width((*parts, *key)) <= room:
                parts += key
        self.paint([(*parts, *(span for key in last for span in key))])

    def _valid(self) -> Iterator[tuple[str, Line]]:
        found: dict[str, str] = {}
        fixed = bool(cast(HasOutlook, self.app).outlook.refusal)
        typing = isinstance(self.screen.focused, Input)
        for active in self.screen.active_bindings.values():
            binding = active.binding
            name = self._called(binding.key)
            if not (binding.show and active.enabled and binding.id in _ORDER):
                continue
            if fixed and KEYS[_ORDER[binding.id]].acts:
                continue  # nothing can be changed in the past, or from a screen that only shows
            if typing and len(name) == 1 and name.isascii():
                continue  # the line takes it as a character
            found.setdefault(binding.id, name)
        for binding_id in sorted(found, key=_ORDER.__getitem__):
            label = KEYS[_ORDER[binding_id]].label
            yield binding_id, (Span(f" {found[binding_id]} ", Tone.ACCENT), muted(f"{label} "))

    def _called(self, keys: str) -> str:
        return keys if self._look.ascii and keys in _WORDS_IN_ASCII else readable(keys)
