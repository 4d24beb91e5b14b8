"""What commands work with, and how a typed line is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from sentinel_tui.commands.answers import Answer, refusal
from sentinel_tui.commands.parser import parse
from sentinel_tui.commands.reading import Invocation, Suggestion
from sentinel_tui.domain.keepalive.hours_ledger import FREE_HOURS
from sentinel_tui.domain.keepalive.planner import RESERVE
from sentinel_tui.domain.video.insights import Language
from sentinel_tui.errors import SentinelError, StoreError, UsageError

if TYPE_CHECKING:
    from sentinel_tui.domain.monitoring.slo import Objective
    from sentinel_tui.store.queries import Reader


class Ask(Protocol):
    """How the engine is asked for something; `client.Client.ask` is one."""

    def __call__(
        self, verb: str, /, *, key: str = "", timeout_s: float = 5.0, **arguments: object
    ) -> dict[str, Any]:
        """What the engine answers.

        Raises:
            EngineGone: No engine listens.
            EngineError: The engine refuses.
        """


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the screen: the id it is configured by, its keys and what it does."""

    id: str
    keys: str
    does: str


@dataclass(frozen=True, slots=True)
class Context:
    """What commands work with.

    Attributes:
        reader: The store, or None where nothing was recorded yet.
        ask: How the engine is asked.
        now_ms: The present.
        zone: The time zone in which instants are told.
        keys: The keys of the screen, for `help keys`.
        objectives: Of each service's id, what it is meant to achieve, where that was said.
        budget_h: Instance-hours of a month, where no plan says so.
        reserve: Which share of them no plan touches.
        frozen_by_file: Whether a file in the data folder stops all actions; see `Paths.frozen`.
        language: In which language insights are told.
    """

    reader: Reader | None
    ask: Ask
    now_ms: int
    zone: tzinfo
    keys: Sequence[Key] = ()
    objectives: Mapping[str, Objective] = field(default_factory=dict)
    budget_h: float = FREE_HOURS
    reserve: float = RESERVE
    frozen_by_file: bool = False
    language: Language = Language.ENGLISH

    @property
    def store(self) -> Reader:
        """The store.

        Raises:
            StoreError: Nothing was recorded yet.
        """
        if self.reader is None:
            raise StoreError(
                "nothing was recorded yet, so there is nothing to tell",
                "say what to watch with `sentinel init URL`, then start with `sentinel`",
            )
        return self.reader

    def service_ids(self) -> list[str]:
        """The services there are; none where nothing was recorded yet."""
        return [service.id for service in self.reader.services()] if self.reader else []


def run(invocation: Invocation, context: Context) -> Answer:
    """Run a command.

    Raises:
        SentinelError: It could not be done, and why.
    """
    return invocation.spec.run(context, invocation.arguments)


def execute(text: str, context: Context) -> Answer:
    """Read a line and run it; whatever goes wrong is the answer, never an exception of ours."""
    try:
        read = parse(text, context.service_ids())
        return unclear(read) if isinstance(read, Suggestion) else run(read, context)
    except SentinelError as error:
        return refusal(error)


def unclear(suggestion: Suggestion) -> Answer:
    """The answer to a line that was not understood whole."""
    return Answer(
        title=suggestion.message,
        lines=tuple(f"  {usage}" for usage in suggestion.usages),
        data={"error": suggestion.message, "suggestions": list(suggestion.usages)},
        exit_code=UsageError.exit_code,
    )
