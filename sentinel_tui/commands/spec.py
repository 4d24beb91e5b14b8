"""What a command is: its name, its words in two languages, its arguments and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.windows import Window
from sentinel_tui.text import fold

if TYPE_CHECKING:
    from sentinel_tui.commands.answers import Answer
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.autonomy.policy import Verb


class Danger(IntEnum):
    """What must be typed before a command runs."""

    NONE = 0
    """An unambiguous beginning of its name, or of a service's, is enough."""
    SPELLED_OUT = 1
    """Every word in full: a guess or an abbreviation only suggests it."""
    CONFIRMED = 2
    """Every word in full, and a yes to a question that names the service, the cost and what
    follows; see `confirming`."""


class ArgumentKind(StrEnum):
    """What an argument stands for."""

    SERVICE = "service"
    WINDOW = "window"
    """A stretch of time that ends now: `24h`, `7 jours`, `last 30 minutes`."""
    DURATION = "duration"
    """A stretch of time that begins now: `2h`, `30 minutes`."""
    ALERT = "alert"
    """An alert's number."""
    INCIDENT = "incident"
    """An incident's number."""
    SILENCE = "silence"
    """The number of a silence or a maintenance."""
    MATCH = "match"
    """What a silence covers: `curator`, `tag:shop`, `rule:degraded`; all words up to the time."""
    UNTIL_HEALTHY = "until_healthy"
    """`until healthy`, `jusqu'au rétablissement`."""
    TEXT = "text"
    """Everything up to the end of the line, as it was typed."""
    CHANNEL = "channel"
    """A notification channel, by the owner's name for it."""
    CHOICE = "choice"
    """One of a few words."""
    TOPIC = "topic"
    """A command, or `keys`."""
    EVERYWHERE = "everywhere"
    """`all`: every service at once."""
    UNTIL = "until"
    """An instant to come: `until 18:00`, `jusqu'à 18h30`, `until 2026-11-23 08:00`."""
    HOURS = "hours"
    """A number of instance-hours, as the platform's page shows it: `312.5`."""
    BUDGET = "budget"
    """Hours a month to think through: `budget=500`."""
    COUNT = "count"
    """How many instances: `2`."""
    RANGE = "range"
    """The fewest and the most instances: `1-3`."""
    PLAN = "plan"
    """What is paid for, in the platform's word: `starter`."""
    COMMIT = "commit"
    """A commit, by at least seven of its digits."""
    DEPLOY = "deploy"
    """A deploy, by the platform's name for it: `dep-…`."""
    ACTION = "action"
    """An action's number."""
    TUNING = "tuning"
    """A tuning's number."""
    DRY_RUN = "dry_run"
    """`dry-run`: everything but the deed itself."""
    LIBRARY = "library"
    """A library of videos by the owner's name for it, or by whom it is for: `in previews`."""
    ORDER = "order"
    """By what videos are ordered, as CHOICE: `by views`."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command.

    Attributes:
        kind: What it stands for; a command has each kind at most once.
        shown: How usage lines show it.
        required: Whether the command makes no sense without it.
        choices: For CHOICE and ORDER: the words, in both languages and folded, that mean each of
            them.
        after: Folded words of which at least one must stand right before it; empty for none.
        follows: It is read only once an argument of this kind was; None: at any place.
        instead_of: It may stand for the required argument of this kind, right before it.
        acts: Given it, a command that only reads asks the engine for something.
    """

    kind: ArgumentKind
    shown: str
    required: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    follows: ArgumentKind | None = None
    instead_of: ArgumentKind | None = None
    acts: bool = False


def words(text: str) -> tuple[str, ...]:
    """The words of a list that is written as people read it."""
    return tuple(text.split())


SERVICE = Argument(ArgumentKind.SERVICE, "SERVICE", required=True)
ANY_SERVICE = Argument(ArgumentKind.SERVICE, "SERVICE")
WINDOW = Argument(ArgumentKind.WINDOW, "WINDOW")
DRY_RUN = Argument(ArgumentKind.DRY_RUN, "dry-run")
INCIDENT = Argument(ArgumentKind.INCIDENT, "N", required=True)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments a command was given; what was left out is empty or None."""

    service: str = ""
    window: Window | None = None
    duration: Window | None = None
    alert: int | None = None
    incident: int | None = None
    silence: int | None = None
    match: str = ""
    until_healthy: bool = False
    text: str = ""
    channel: str = ""
    choice: str = ""
    topic: str = ""
    everywhere: bool = False
    until: str = ""
    hours: float | None = None
    budget: float | None = None
    count: int | None = None
    range: tuple[int, int] | None = None
    plan: str = ""
    commit: str = ""
    deploy: str = ""
    action: int | None = None
    tuning: int | None = None
    dry_run: bool = False
    library: str = ""
    order: str = ""

    def value(self, kind: ArgumentKind) -> Any:
        """What was given of a kind; empty, False or None where it was left out."""
        return getattr(self, kind)

    def has(self, kind: ArgumentKind) -> bool:
        """Whether anything was given of a kind; a number of zero is something."""
        value = self.value(kind)
        return value is not None and value is not False and value != ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command would have done at a service's platform.

    Attributes:
        service: To which service.
        verb: What.
        arguments: With what, in the words of `domain.autonomy.actions.Action`.
        undoes: The number of the action that it takes back, or 0.
    """

    service: str
    verb: Verb
    arguments: Mapping[str, str | int | bool] = field(default_factory=dict)
    undoes: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class CommandSpec:
    """One command of the catalog; there is one object for each.

    Attributes:
        name: What it is called in usage lines and on the command line.
        summary: What it does, in one line.
        words_en: English words that call it, its name first.
        words_fr: French words that call it, as people spell them.
        arguments: What it takes, in the order of its usage line.
        run: Does it.
        danger: What must be typed before it runs.
        acts: It asks the engine for something; the others only read.
        waits: What its answer may have to wait for when it acts, where that can take a while.
        fillers: Folded words that add nothing to it, as "down" in "why is public down".
        markdown: What `--format md` prints on the command line; None where there is no such page.
        wants: For a confirmed command: what the engine is to consider before anybody is asked.
    """

    name: str
    summary: str
    words_en: tuple[str, ...]
    words_fr: tuple[str, ...]
    arguments: tuple[Argument, ...]
    run: Callable[[Context, Arguments], Answer]
    danger: Danger = Danger.NONE
    acts: bool = False
    waits: str = ""
    fillers: frozenset[str] = frozenset()
    markdown: Callable[[Context, Arguments], str] | None = None
    wants: Callable[[Context, Arguments], Wanted] | None = None

    @property
    def usage(self) -> str:
        """The usage line: what stands in brackets may be left out, `|` parts alternatives."""
        line = self.name
        for one in self.arguments:
            if one.instead_of is not None:
                line = f"{line[:-1]}|{one.shown}]" if line.endswith("]") else f"{line}|{one.shown}"
            else:
                line += f" {one.shown}" if one.required else f" [{one.shown}]"
        return line

    @property
    def words(self) -> tuple[str, ...]:
        """All words that call it, without accents."""
        return tuple(fold(word) for word in (*self.words_en, *self.words_fr))

    def argument(self, kind: ArgumentKind) -> Argument | None:
        """Its argument of this kind, if it takes one."""
        return next((one for one in self.arguments if one.kind is kind), None)


_registered: list[CommandSpec] = []


def command(
    name: str,
    *,
    en: str,
    fr: str,
    arguments: tuple[Argument, ...] = (),
    danger: Danger = Danger.NONE,
    acts: bool = False,
    waits: str = "",
    fillers: str = "",
    markdown: Callable[[Context, Arguments], str] | None = None,
    wants: Callable[[Context, Arguments], Wanted] | None = None,
) -> Callable[[Callable[[Context, Arguments], Answer]], Callable[[Context, Arguments], Answer]]:
    """Put a function into the catalog; the first line of its docstring is the summary.

    Args:
        name: What the command is called.
        en: English words that call it, besides its name.
        fr: French words that call it, with their accents.
        arguments: What it takes.
        danger: What must be typed before it runs.
        acts: It asks the engine for something.
        waits: What its answer may have to wait for.
        fillers: Words that add nothing to it.
        markdown: What `--format md` prints on the command line.
        wants: What the engine is to consider before anybody is asked.
    """

    def register(
        run: Callable[[Context, Arguments], Answer],
    ) -> Callable[[Context, Arguments], Answer]:
        summary = (run.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        _registered.append(
            CommandSpec(
                name=name,
                summary=summary,
                words_en=(name, *words(en)),
                words_fr=words(fr),
                arguments=arguments,
                run=run,
                danger=danger,
                acts=acts,
                waits=waits,
                fillers=frozenset(words(fillers)),
                markdown=markdown,
                wants=wants,
            )
        )
        return run

    return register


def registered() -> tuple[CommandSpec, ...]:
    """Every command whose module was imported; `catalog.CATALOG` is all of them."""
    return tuple(_registered)
