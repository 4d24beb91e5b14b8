"""How a state is told to the public: a sign, a word and a colour that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sentinel_tui.commands.exporting.badge import badge_svg
from sentinel_tui.commands.exporting.board import Board, PublicService
from sentinel_tui.commands.wording import SIGNS
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.text import format_ratio


@dataclass(frozen=True, slots=True)
class Told:
    """How something is told: a sign, words, and the tone that colours follow."""

    sign: str
    word: str
    tone: str


_COLOURS = {"good": "#1a7f37", "warn": "#9a6700", "bad": "#c62828", "rest": "#57606a"}
"""A colour for each tone, dark enough that white text on it can be read (4.5 to 1 and more)."""

_WORDS = {
    State.UP: ("Up", "good"),
    # Not confirmed: a single look that failed is no news for visitors.
    State.SUSPECT: ("Up", "good"),
    State.DEGRADED: ("Slow", "warn"),
    State.FLAPPING: ("Unstable", "warn"),
    State.WAKING: ("Waking up", "warn"),
    State.DOWN: ("Down", "bad"),
    State.ASLEEP: ("Asleep until it is visited", "rest"),
    State.MAINT: ("In maintenance", "rest"),
    State.PAUSED: ("Not watched", "rest"),
    State.UNKNOWN: ("Not known", "rest"),
}


def told(state: State) -> Told:
    """A state as the public is told it."""
    word, tone = _WORDS[state]
    return Told(SIGNS[State.UP if state is State.SUSPECT else state], word, tone)


def last_seen(service: PublicService) -> Told:
    """How a service was when somebody last looked; nobody knows how it is."""
    return Told(SIGNS[State.UNKNOWN], f"Last seen {told(service.state).word.lower()}", "rest")


def overall(board: Board) -> Told:
    """All services in one sentence: the worst that is confirmed."""
    states = [service.state for service in board.services]
    if not board.watched:
        return Told(SIGNS[State.UNKNOWN], "Not watched at the moment", "rest")
    if not states:
        return Told(SIGNS[State.UNKNOWN], "Nothing is watched yet", "rest")
    down = states.count(State.DOWN)
    if down:
        return Told(SIGNS[State.DOWN], f"{down} of {len(states)} services down", "bad")
    return _without_outage(states)


def _without_outage(states: Sequence[State]) -> Told:
    if State.FLAPPING in states or State.DEGRADED in states:
        return Told(SIGNS[State.DEGRADED], "Some services are slow or unstable", "warn")
    if State.MAINT in states:
        return Told(SIGNS[State.MAINT], "Maintenance is under way", "rest")
    if State.UNKNOWN in states:
        return Told(SIGNS[State.UNKNOWN], "Not everything is known", "rest")
    return Told(SIGNS[State.UP], "All services are up", "good")


def overall_badge(board: Board) -> str:
    """A badge for all services together."""
    whole = overall(board)
    return badge_svg(board.title, whole.word.lower(), _COLOURS[whole.tone])


def service_badge(service: PublicService, board: Board) -> str:
    """A badge for one service: how it is, and its uptime where that is known."""
    now = told(service.state) if board.watched else told(State.UNKNOWN)
    ratio = service.uptime.ratio
    word = now.word.lower() + ("" if ratio is None else f", {format_ratio(ratio)}")
    return badge_svg(service.name, word, _COLOURS[now.tone])
