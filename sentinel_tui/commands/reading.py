"""What reading a line comes to: a command understood whole, or what might have been meant."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.commands.argument_kinds import said
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
        given = [
            said(one, self.arguments.value(one.kind))
            for one in self.spec.arguments
            if self.arguments.has(one.kind)
        ]
        return " ".join([self.spec.name, *given])

    @property
    def acts(self) -> bool:
        """Whether it asks the engine for something."""
        acting = [one.kind for one in self.spec.arguments if one.acts]
        return self.spec.acts or any(self.arguments.has(kind) for kind in acting)


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
