"""The question before something is done: what is done to what, what it costs, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.domain.autonomy.actions import Action
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, joined, line, muted, wrap
from sentinel_tui.tui.view_models.words import Times

if TYPE_CHECKING:
    from sentinel_tui.commands.confirming import Question

_HANGING = 2


@dataclass(frozen=True, slots=True)
class Asking:
    """What the owner is asked.

    Attributes:
        title: What is to be done to what, as a question.
        facts: What must be known before, one line each.
        typed: What is to be typed before it is done; empty: a yes is enough.
        may_reject: Whether "no" ends it for good, rather than leaving it as it is.
    """

    title: str
    facts: tuple[str, ...] = ()
    typed: str = ""
    may_reject: bool = False


def asking(question: Question) -> Asking:
    """The question before what the owner wants."""
    return Asking(question.title, question.lines, question.typed)


def approving(question: Question, action: Action, times: Times) -> Asking:
    """The question about an action that waits for the owner's yes.

    Args:
        question: What it does, costs and leads to.
        action: The action.
        times: How instants are told.
    """
    facts = [f"Wanted by {action.by}: {action.why}", *question.lines]
    if action.expires_ms is not None:
        facts.append(f"Your yes counts until {times.second(action.expires_ms)}.")
    return Asking(question.title, tuple(facts), question.typed, may_reject=True)


def asking_lines(asked: Asking, width: int) -> list[Line]:
    """The question and its facts, one below the other, and a blank line."""
    told = [line(Span(asked.title, Tone.STRONG)), *(line(muted(fact)) for fact in asked.facts)]
    return [*(part for one in told for part in wrap(one, width, _HANGING)), BLANK]


def answers_line(asked: Asking) -> Line:
    """Which keys answer it."""
    answers: Mapping[str, str] = {"y": "yes", "n": "no"}
    if asked.may_reject:
        answers = {"y": "yes", "n": "no, drop it", "esc": "not now"}
    told = (line(Span(key, Tone.ACCENT), muted(f" {word}")) for key, word in answers.items())
    return joined(told, muted("   "))


def typing_line(asked: Asking, width: int) -> Line:
    """What is to be typed before it is done."""
    told = line(muted("type "), Span(asked.typed, Tone.STRONG), muted(" and ⏎ · esc leaves it"))
    return wrap(told, width)[0]
