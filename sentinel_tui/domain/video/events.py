"""What viewers' players report, put together into views."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby, pairwise
from operator import attrgetter

VIEW_GAP_MS = 30 * 60_000
"""A player that is silent for longer begins a new view."""

PASSING = "~"
"""What the name of somebody begins with who is known for one visit only, and by another the next
time: their views tell what was watched, and nothing of who comes back."""

_LONGEST_STEP_S = 30.0
"""Playing on moves the position by no more than this between two reports; more is a jump."""
_CLOCK_SLACK_S = 2.0


class PlayerEvent(StrEnum):
    """What a player reports. The words are those of the wire."""

    PLAY = "play"
    PROGRESS = "progress"
    SEEK = "seek"
    PAUSE = "pause"
    ENDED = "ended"


_ORDER = {event: place for place, event in enumerate(PlayerEvent)}
"""In which order reports of one instant are taken."""


@dataclass(frozen=True, slots=True)
class ViewEvent:
    """One report of one player.

    Attributes:
        viewer: Who, as a keyed hash; empty where the player did not say.
        video: The video's id.
        library: The library it lies in.
        event: What happened.
        at_ms: When.
        position_s: Where in the video.
        id: What makes it one event however often it is told; two that differ in nothing else
            are the same.
    """

    viewer: str
    video: str
    library: str
    event: PlayerEvent
    at_ms: int
    position_s: float
    id: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class View:
    """One viewer's playing of one video, until it fell silent.

    Attributes:
        viewer: Who, as a keyed hash, or empty.
        video: The video's id.
        library: The library it lies in.
        start_ms: When it began.
        watch_s: How long was watched; what was played twice counts twice.
        furthest_s: The furthest moment that was reached by playing.
        ended: Whether the player reported the end.
    """

    viewer: str
    video: str
    library: str
    start_ms: int
    watch_s: float
    furthest_s: float
    ended: bool

    @property
    def person(self) -> str:
        """Who watched, where that would be known of their next view too; else empty."""
        return "" if self.viewer.startswith(PASSING) else self.viewer


def views_of(events: Iterable[ViewEvent]) -> list[View]:
    """The views that reports tell of, the earliest first.

    Reports may come late, twice and in any order. Time watched is how far the position moved
    between two reports while it moved no faster than the clock; jumping ahead is not watching.
    """
    whose = attrgetter("viewer", "video", "library")
    ordered = sorted(
        set(events), key=lambda one: (*whose(one), one.at_ms, _ORDER[one.event], one.position_s)
    )
    found: list[View] = []
    for _, group in groupby(ordered, key=whose):
        started: list[ViewEvent] = []
        for event in group:
            if started and event.at_ms - started[-1].at_ms > VIEW_GAP_MS:
                found.append(_view(started))
                started = []
            started.append(event)
        found.append(_view(started))
    return sorted(found, key=lambda view: (view.start_ms, *whose(view)))


def _view(events: list[ViewEvent]) -> View:
    first = events[0]
    watch_s, furthest_s, playing = 0.0, 0.0, False
    for before, after in pairwise(events):
        playing = _plays_after(before, playing=playing)
        step_s = after.position_s - before.position_s
        passed_s = (after.at_ms - before.at_ms) / 1_000
        jumped = after.event is PlayerEvent.SEEK
        if (
            playing
            and not jumped
            and 0 < step_s <= min(_LONGEST_STEP_S, 2 * passed_s + _CLOCK_SLACK_S)
        ):
            watch_s += step_s
            furthest_s = max(furthest_s, after.position_s)
    return View(
        viewer=first.viewer,
        video=first.video,
        library=first.library,
        start_ms=first.at_ms,
        watch_s=watch_s,
        furthest_s=furthest_s,
        ended=any(one.event is PlayerEvent.ENDED for one in events),
    )


def _plays_after(event: ViewEvent, *, playing: bool) -> bool:
    if event.event is PlayerEvent.SEEK:
        return playing
    return event.event in (PlayerEvent.PLAY, PlayerEvent.PROGRESS)
