"""What panes and screens tell the app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from sentinel_tui.tui.readings import Headline


class ServiceOpened(Message):
    """The owner asked for the page of a service."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service


class CommandWanted(Message):
    """The owner pressed a key that stands for commands; their answers are shown briefly.

    Attributes:
        commands: The commands.
        question: What to ask before, or empty for what needs no question.
    """

    def __init__(self, commands: Sequence[str], question: str = "") -> None:
        super().__init__()
        self.commands = tuple(commands)
        self.question = question


class HeadlineRead(Message):
    """What every tab shows was read."""

    def __init__(self, headline: Headline) -> None:
        super().__init__()
        self.headline = headline
