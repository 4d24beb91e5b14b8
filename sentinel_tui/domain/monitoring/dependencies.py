"""Dependencies: whose alarm it is when a service fails together with what it cannot work without.

A parent that is down suppresses the alarms of those that depend on it, never their watching and
never their recoveries. Where a parent may only just be failing too, an alarm is held for a moment,
so that a child that was looked at first does not leak one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.monitoring.check_state import State

HOLD_S = 120.0
"""An alarm waits no longer than this for a parent whose failure is being confirmed,"""
LOOK_S = 10.0
"""and no longer than this for a parent that has not been looked at since."""

_UNDECIDED = frozenset({State.SUSPECT, State.WAKING})
_SILENT = frozenset({State.UNKNOWN, State.PAUSED, State.ASLEEP})
_EXPLAINS = frozenset({State.DOWN, State.MAINT})


class RulingKind(StrEnum):
    """What becomes of an alarm."""

    RAISE = "raise"
    HOLD = "hold"
    """Not yet: a parent may be the cause. To be asked again soon."""
    SUPPRESS = "suppress"
    """Not while the parent is down. To be asked again when that changes."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of an alarm, and which parent stands behind that, or none."""

    kind: RulingKind
    parent: str = ""


RAISE = Ruling(RulingKind.RAISE)


@dataclass(frozen=True, slots=True)
class Parent:
    """What is known of a service that another cannot work without.

    Attributes:
        id: Its id.
        state: What it shows.
        verdict: The worst verdict of its checks, whatever lies over them.
        last_ms: When the last look at it that counted began; None: it was never looked at.
    """

    id: str
    state: State
    verdict: State
    last_ms: int | None


def ruling(
    parents: Sequence[Parent],
    failing_since_ms: int,
    now_ms: int,
    *,
    wanted_ms: int | None = None,
) -> Ruling:
    """What becomes of an alarm about a service with these parents.

    A parent that was never looked at, or that nobody looks at just now, silences nobody. One under
    maintenance is as good as down: its owner is working on it, and knows what hangs on it.

    Args:
        parents: What the service depends on, in the owner's order.
        failing_since_ms: When the service's first failed look began.
        now_ms: Now.
        wanted_ms: When the alarm was first held back; the time it may be held counts from here.
            None: from `failing_since_ms`.
    """
    heard = [one for one in parents if one.last_ms is not None and _has_a_say(one)]
    down = next((one for one in heard if one.state in _EXPLAINS), None)
    if down is not None:
        return Ruling(RulingKind.SUPPRESS, down.id)
    held_s = (now_ms - (failing_since_ms if wanted_ms is None else wanted_ms)) / 1_000
    for one in heard:
        if held_s < _patience_s(one, failing_since_ms):
            return Ruling(RulingKind.HOLD, one.id)
    return RAISE


def root_of(
    service: str, depends_on: Mapping[str, Sequence[str]], is_down: Callable[[str], bool]
) -> str:
    """The cause of a failure: the highest ancestor that fails too, reached through failing ones.

    Where several parents fail, the one named first; the service itself where none does.
    """
    root, seen = service, {service}
    while True:
        failing = (one for one in depends_on.get(root, ()) if one not in seen and is_down(one))
        parent = next(failing, None)
        if parent is None:
            return root
        seen.add(parent)
        root = parent


def descendants(service: str, depends_on: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """All services that cannot work without this one, directly or by way of others."""
    children: dict[str, list[str]] = {}
    for child, parents in depends_on.items():
        for parent in parents:
            children.setdefault(parent, []).append(child)
    found: set[str] = set()
    waiting = [service]
    while waiting:
        new = [one for one in children.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting += new
    return frozenset(found - {service})


def _has_a_say(parent: Parent) -> bool:
    """Whether somebody looks at it, or saw it fail and only lost sight of it for a moment."""
    if parent.state is State.UNKNOWN:
        return parent.verdict in (State.DOWN, State.SUSPECT)
    return parent.state not in _SILENT


def _patience_s(parent: Parent, failing_since_ms: int) -> float:
    """How long an alarm is held for a parent that is not down."""
    if parent.verdict in _UNDECIDED or parent.state is State.UNKNOWN:
        return HOLD_S
    looked_since = parent.last_ms is not None and parent.last_ms >= failing_since_ms
    return 0.0 if looked_since else LOOK_S
