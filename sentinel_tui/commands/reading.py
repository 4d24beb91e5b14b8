"""What reading a line comes to: a command understood whole, or what might have been meant."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.commands.spec import Arguments, CommandSpec
from sentinel_tui.errors import UsageError


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that was understood whole."""

    spec: CommandSpec
    arguments: Arguments

    @property
    def text(self) -> str:
        """The plainest line that means the same."""
        given = self.arguments
        words = [self.spec.name, given.choice, given.service, given.topic]
        words.append(str(given.alert) if given.alert is not None else "")
        words.append(given.window.label if given.window else "")
        words.append(f"for {given.duration.label}" if given.duration else "")
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line that was not understood whole, and what might have been meant.

    Attributes:
        message: What was not understood.
        usages: Lines to type instead: complete where enough is known, else usage lines.
    """

    message: str
    usages: tuple[str, ...] = ()

    def as_error(self) -> UsageError:
        """The same as an error, for the command line."""
        return UsageError(self.message, f"try: {'; '.join(self.usages)}" if self.usages else "")
