"""What the owner asked for, done away from the screen and from the reader.

A key on a service and a line in the console are the same thing: a command of the catalog. It may
take as long as a service takes to answer, so it runs on a thread of its own with a connection of
its own; the screen goes on meanwhile. Lines of the console are answered in the order in which they
were typed.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message
from textual.message_pump import MessagePump

from sentinel_tui.clock import Clock
from sentinel_tui.errors import EngineError, SentinelError, StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.tui.crash import keep_crash
from sentinel_tui.tui.keymap import help_keys
from sentinel_tui.tui.preferences import DEFAULT_BUDGET_H, DEFAULT_RESERVE

if TYPE_CHECKING:
    from sentinel_tui.commands.answers import Answer
    from sentinel_tui.commands.confirming import Question
    from sentinel_tui.commands.context import Ask
    from sentinel_tui.domain.monitoring.slo import Objective
    from sentinel_tui.store.queries import Reader

NOTHING_IN_THE_PAST = "this is a replay, and nothing can be changed in the past"
READ_ONLY = "this screen is read-only, and nothing can be changed from it"


class Answered(Message):
    """A command was carried out, or refused; the answer says which."""

    def __init__(self, command: str, answer: Answer) -> None:
        super().__init__()
        self.command = command
        self.answer = answer

    @property
    def refused(self) -> bool:
        """Whether it could not be carried out."""
        return "error" in self.answer.data

    def text(self, width: int) -> str:
        """The answer as lines of at most `width` cells."""
        from sentinel_tui.commands.answers import as_text

        return as_text(self.answer, width)


class Prepared(Message):
    """A command was read, and what must be asked before it runs is known.

    Attributes:
        command: The command.
        question: What is to be asked, or None: it may run at once.
    """

    def __init__(self, command: str, question: Question | None) -> None:
        super().__init__()
        self.command = command
        self.question = question


class Told(Message):
    """Something was done, or could not be, and this says it."""

    def __init__(self, text: str, *, failed: bool = False) -> None:
        super().__init__()
        self.text = text
        self.failed = failed


class EngineStarted(Message):
    """An engine was asked to start; `failure` says why it did not, or is empty."""

    def __init__(self, failure: str = "") -> None:
        super().__init__()
        self.failure = failure


class EngineClient(Protocol):
    """What the screen asks of an engine; `client.Client` is one."""

    @property
    def ask(self) -> Ask:
        """Have the engine do something."""

    def ensure_engine(self) -> bool:
        """Start an engine where none runs; whether one was started."""


@dataclass(frozen=True)
class Desk:
    """What commands are carried out with.

    Attributes:
        paths: Whose store.
        ask: How the engine is asked; `Client.ask`.
        clock: The present.
        keymap: The owner's own keys, for `help keys`.
        objectives: Which share of its time a service should be up, in percent, by its id.
        budget_h: Instance-hours of a month.
        reserve: Which share of them no plan touches.
    """

    paths: Paths
    ask: Ask
    clock: Clock
    keymap: Mapping[str, str]
    objectives: Mapping[str, float] = field(default_factory=dict)
    budget_h: float = DEFAULT_BUDGET_H
    reserve: float = DEFAULT_RESERVE


class Errands:
    """Carries out commands on threads of their own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._typed: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._in_turn: threading.Thread | None = None

    def do(self, text: str, zone: tzinfo, asker: MessagePump) -> None:
        """Carry out a command at once, whatever else is under way; `asker` gets `Answered`."""
        errand = self._errand(text, zone, asker)
        threading.Thread(target=errand, name="sentinel-errand", daemon=True).start()

    def do_in_turn(
        self, text: str, zone: tzinfo, asker: MessagePump, *, at_ms: int | None = None
    ) -> None:
        """Carry out a command after those asked for before it; `asker` gets `Answered`.

        Args:
            text: The command.
            zone: The time zone of its answer.
            asker: Gets the answer.
            at_ms: Answer as of this instant, when nothing could be changed; None: as of now.
        """
        self._typed.put(self._errand(text, zone, asker, at_ms))
        if self._in_turn is None:
            # A daemon: leaving the screen must not wait for a service that does not answer.
            self._in_turn = threading.Thread(
                target=self._work, name="sentinel-console", daemon=True
            )
            self._in_turn.start()

    def prepare(self, text: str, zone: tzinfo, asker: MessagePump) -> None:
        """Find out what must be asked before a command runs.

        The asker gets `Prepared`, or `Answered` with a refusal where it cannot run at all.
        """

        def errand() -> None:
            from sentinel_tui.commands.answers import refusal

            try:
                question = _question_before(text, self._desk, zone)
            except Exception as error:
                met = error if isinstance(error, SentinelError) else _mishap(error, self._desk)
                _post(asker, Answered(text, refusal(met)))
            else:
                _post(asker, Prepared(text, question))

        threading.Thread(target=errand, name="sentinel-errand", daemon=True).start()

    def have(self, act: Callable[[], str], asker: MessagePump) -> None:
        """Have something done that tells how it went; `asker` gets `Told`."""

        def errand() -> None:
            try:
                _post(asker, Told(act()))
            except SentinelError as error:
                _post(asker, Told(str(error), failed=True))

        threading.Thread(target=errand, name="sentinel-errand", daemon=True).start()

    def ask(self, verb: str, arguments: Mapping[str, str], told: str, asker: MessagePump) -> None:
        """Have the engine do something.

        Args:
            verb: What; one of the engine's verbs.
            arguments: What the verb needs.
            told: What to say once it is done.
            asker: Gets `Told` with that, or with why it could not be done.
        """
        needs: dict[str, Any] = dict(arguments)

        def act() -> str:
            self._desk.ask(verb, **needs)
            return told

        self.have(act, asker)

    def start_engine(self, ensure_engine: Callable[[], bool], asker: MessagePump) -> None:
        """Start an engine where none runs; `asker` gets `EngineStarted`."""

        def errand() -> None:
            try:
                ensure_engine()
            except SentinelError as error:
                _post(asker, EngineStarted(f"{error}: {error.hint}" if error.hint else str(error)))
            else:
                _post(asker, EngineStarted())

        threading.Thread(target=errand, name="sentinel-start", daemon=True).start()

    def _work(self) -> None:
        while True:
            self._typed.get()()

    def _errand(
        self, text: str, zone: tzinfo, asker: MessagePump, at_ms: int | None = None
    ) -> Callable[[], None]:
        def errand() -> None:
            _post(asker, Answered(text, carry_out(text, self._desk, zone, at_ms)))

        return errand


def carry_out(text: str, desk: Desk, zone: tzinfo, at_ms: int | None = None) -> Answer:
    """Run one command line against the store as it is now, or as it stood at an instant."""
    # Imported here: commands are not needed before somebody uses one.
    from sentinel_tui.commands.answers import refusal
    from sentinel_tui.commands.context import Context, execute

    now_ms = desk.clock.now_ms() if at_ms is None else at_ms
    reader = _open(desk.paths, at_ms)
    ask = desk.ask if at_ms is None or reader is None else ask_the_past(reader)
    try:
        keys, objectives = help_keys(desk.keymap), _objectives(desk.objectives)
        context = Context(
            reader,
            ask,
            now_ms,
            zone,
            keys,
            objectives=objectives,
            budget_h=desk.budget_h,
            reserve=desk.reserve,
            frozen_by_file=at_ms is None and desk.paths.frozen.exists(),
        )
        return execute(text, context)
    except Exception as error:
        return refusal(_mishap(error, desk))
    finally:
        if reader is not None:
            reader.close()


def _mishap(error: Exception, desk: Desk) -> SentinelError:
    """What is told of a mistake of ours in one command: no reason to take the screen away."""
    kept = keep_crash(desk.paths, error)
    hint = f"where it happened is kept in {kept}" if kept else ""
    return SentinelError(f"this command failed: {type(error).__name__}", hint)


def _question_before(text: str, desk: Desk, zone: tzinfo) -> Question | None:
    """What must be asked before a command runs; None for most of them.

    Raises:
        SentinelError: It cannot be done as things stand, and why.
    """
    from sentinel_tui.commands.confirming import asks_first, question_for
    from sentinel_tui.commands.context import Context
    from sentinel_tui.commands.parser import parse
    from sentinel_tui.commands.reading import Invocation

    reader = _open(desk.paths, None)
    try:
        services = [] if reader is None else [one.id for one in reader.services()]
        read = parse(text, services)
        if not isinstance(read, Invocation) or not asks_first(read):
            return None
        return question_for(read, Context(reader, desk.ask, desk.clock.now_ms(), zone))
    finally:
        if reader is not None:
            reader.close()


def ask_the_past(reader: Reader) -> Ask:
    """What an engine of the past answers: how it stood, and nothing else."""

    def ask(
        verb: str, /, *, key: str = "", timeout_s: float = 5.0, **arguments: object
    ) -> dict[str, Any]:
        record = reader.engine()
        if verb != "status" or record is None:
            raise EngineError(NOTHING_IN_THE_PAST, "leave the replay first: esc")
        return asdict(record)

    return ask


def _objectives(percents: Mapping[str, float]) -> dict[str, Objective]:
    from sentinel_tui.domain.monitoring.slo import Objective

    return {service: Objective(percent / 100) for service, percent in percents.items()}


def _post(asker: MessagePump, message: Message) -> None:
    # The screen may be gone by now, and its event loop with it.
    with contextlib.suppress(RuntimeError):
        asker.post_message(message)


def _open(paths: Paths, at_ms: int | None) -> Reader | None:
    from sentinel_tui.store.past import PastReader
    from sentinel_tui.store.queries import Reader

    try:
        return Reader(paths) if at_ms is None else PastReader(paths, at_ms)
    except StoreError:
        return None
