"""Ringing for messages of terminal channels: the bell, and a notice on the desktop.

The engine delivers such a message by storing it. Every open screen whose configuration names the
channel rings for it once; what went out before the screen was opened is old news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.text import clean_text

if TYPE_CHECKING:
    from sentinel_tui.domain.notifying.notices import Message

_BEL = "\a"
_ST = "\x1b\\"
_MOST_CHARACTERS = 200

NO_DESKTOP = "none"
"""No notice on the desktop."""


@dataclass(frozen=True, slots=True)
class Bell:
    """How a terminal channel rings.

    Attributes:
        audible: Whether the terminal's bell is rung.
        desktop: Which sequence asks for a notice on the desktop: "osc9", "osc777" or "none".
    """

    audible: bool = True
    desktop: str = NO_DESKTOP


class Bells:
    """Rings once for each message that is new since the screen was opened."""

    def __init__(self, channels: Mapping[str, Bell], since_ms: int, *, in_tmux: bool) -> None:
        """Bells that have not rung yet.

        Args:
            channels: How each terminal channel rings, by its name.
            since_ms: When the screen was opened.
            in_tmux: Whether tmux stands between this process and the terminal.
        """
        self.channels = channels
        self.since_ms = since_ms
        self._in_tmux = in_tmux
        self._rung: set[str] = set()

    def ring(self, messages: Iterable[Message], write: Callable[[str], object]) -> None:
        """Ring for those messages that were not rung for yet."""
        for message in messages:
            bell = self.channels.get(message.channel)
            if bell is None or message.created_ms < self.since_ms or message.key in self._rung:
                continue
            self._rung.add(message.key)
            write(self._sequence(bell, message))

    def _sequence(self, bell: Bell, message: Message) -> str:
        notice = desktop_notice(bell.desktop, message.title)
        if notice and self._in_tmux:
            # tmux keeps such sequences to itself, but for those that are wrapped for the terminal.
            notice = f"\x1bPtmux;{notice.replace(chr(27), chr(27) * 2)}{_ST}"
        return f"{_BEL if bell.audible else ''}{notice}"


def desktop_notice(desktop: str, title: str) -> str:
    """The sequence that shows a title on the desktop; empty where none is wanted.

    Args:
        desktop: "osc9" (iTerm2, WezTerm, Windows Terminal, kitty), "osc777" (urxvt, foot, Ghostty)
            or "none".
        title: What to show; nothing in it can end the sequence early or stand for another one.
    """
    # Semicolons part the fields of both sequences; after OSC 9 a digit would be another command.
    text = clean_text(title, _MOST_CHARACTERS).replace(";", ",")
    if desktop == "osc9":
        return f"\x1b]9;Sentinel: {text}{_ST}"
    if desktop == "osc777":
        return f"\x1b]777;notify;Sentinel;{text}{_ST}"
    return ""
