"""What panes and screens tell the app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from sentinel_tui.tui.headlines import Headline


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


class QuestionWanted(Message):
    """The owner pressed a key for a command that may only run after a question."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self.command = command


class IncidentOpened(Message):
    """The owner asked for the page of an incident."""

    def __init__(self, incident: int) -> None:
        super().__init__()
        self.incident = incident


class VideoOpened(Message):
    """The owner asked for the page of a video."""

    def __init__(self, video: str) -> None:
        super().__init__()
        self.video = video


class ConsoleWanted(Message):
    """The owner is to complete a command in the console."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ReplayWanted(Message):
    """The owner asked to see everything as it was.

    Attributes:
        at_ms: The instant to begin with.
        marks: Instants to jump to.
    """

    def __init__(self, at_ms: int, marks: Sequence[int] = ()) -> None:
        super().__init__()
        self.at_ms = at_ms
        self.marks = tuple(marks)


class ReplayMarksRead(Message):
    """The instants worth jumping to were read."""

    def __init__(self, marks: Sequence[int]) -> None:
        super().__init__()
        self.marks = tuple(marks)


class HeadlineRead(Message):
    """What every tab shows was read.

    Attributes:
        headline: It.
        past: Whether it is of an instant of a replay.
    """

    def __init__(self, headline: Headline, *, past: bool = False) -> None:
        super().__init__()
        self.headline = headline
        self.past = past
