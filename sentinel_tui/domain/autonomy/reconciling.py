"""What became of an action whose outcome nobody saw: read from what the platform tells since.

A call may time out, fail on the way back, or be cut off by a crash after it acted. Nothing is ever
sent again to find out. The platform's own deploys, events and settings are read instead, until
they show the action, or twice do not show it although they should.
"""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.domain.autonomy.actions import Action
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import HostedDeploy, HostedService, HostEvent

CALL_S = 10.0
"""How long a call may take."""
GRACE_S = CALL_S + 30.0
"""From when on, after an action was begun, the platform must show it if it was done."""
READ_AGAIN_S = 30.0
"""How long after a look that did not show it the next one is worth something."""
GIVE_UP_S = 600.0
"""After so long without being able to read anything a human has to decide."""

_ABSENT_READS = 2
_SKEW_MS = 5_000
"""The platform's clock may be behind ours by so much."""

_DEPLOY_TRIGGERS = ("api", "manual")
_ROLLBACK_TRIGGER = "rollback"
_RESTARTED = "server_restarted"
_AUTOSCALING_CHANGED = "autoscaling_config_changed"


@dataclass(frozen=True, slots=True)
class RemoteView:
    """What the platform says of one service.

    Attributes:
        hosted: How it is set.
        deploys: Its deploys since the action was begun at least, the newest first.
        events: What happened to it since then at least.
    """

    hosted: HostedService
    deploys: tuple[HostedDeploy, ...] = ()
    events: tuple[HostEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The platform did it.

    Attributes:
        at_ms: When, as far as it says so.
        remote: Its name for what was made, such as a deploy's id, or empty.
    """

    at_ms: int
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """The platform did not do it."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """It is not known yet, or never will be.

    Attributes:
        reason: Why, in one line.
        give_up: Whether a human has to decide now; otherwise it is worth looking again.
    """

    reason: str
    give_up: bool = False


def outcome(
    action: Action,
    view: RemoteView | None,
    *,
    reads: int,
    now_ms: int,
    unreadable_since_ms: int | None = None,
) -> Found | Absent | CannotTell:
    """What became of an action that was begun.

    Args:
        action: It was begun.
        view: What the platform says now, or None where it cannot be read.
        reads: How often it was looked for since `GRACE_S` were over, this time included, each
            time `READ_AGAIN_S` after the one before.
        now_ms: The present.
        unreadable_since_ms: Since when the platform cannot be read, or None.

    Raises:
        ValueError: It was not begun.
    """
    if action.started_ms is None:
        raise ValueError("an action that was not begun has no outcome")
    if view is None:
        since_ms = now_ms if unreadable_since_ms is None else unreadable_since_ms
        given_up = now_ms - since_ms >= GIVE_UP_S * 1_000
        return CannotTell("the platform cannot be read", give_up=given_up)
    found = _trace(action, view, action.started_ms - _SKEW_MS)
    if found is not None:
        return found
    if now_ms - action.started_ms < GRACE_S * 1_000:
        return CannotTell("the call may still be under way")
    if reads < _ABSENT_READS:
        return CannotTell("the platform does not show it; it is looked for once more")
    return Absent()


def _trace(action: Action, view: RemoteView, since_ms: int) -> Found | None:
    """What shows that an action was done."""
    match action.verb:
        case Verb.RESTART:
            return _event(view, _RESTARTED, since_ms)
        case Verb.AUTOSCALE:
            return _event(view, _AUTOSCALING_CHANGED, since_ms)
        case Verb.DEPLOY:
            commit = str(action.arguments.get("commit", ""))
            return _deploy(view, _DEPLOY_TRIGGERS, since_ms, commit)
        case Verb.ROLLBACK:
            return _deploy(view, (_ROLLBACK_TRIGGER,), since_ms, "")
    return Found(view.hosted.seen_ms) if _is_as_wanted(action, view.hosted) else None


def _event(view: RemoteView, kind: str, since_ms: int) -> Found | None:
    made = [one for one in view.events if one.kind == kind and one.at_ms >= since_ms]
    first = min(made, key=lambda one: one.at_ms, default=None)
    return None if first is None else Found(first.at_ms, first.id)


def _deploy(
    view: RemoteView, triggers: tuple[str, ...], since_ms: int, commit: str
) -> Found | None:
    """The first deploy since then that was made for one of these reasons, of that commit if any."""
    made = [
        one
        for one in view.deploys
        if one.created_ms >= since_ms
        and one.trigger in triggers
        # Either of them may be abbreviated.
        and (one.commit.startswith(commit) or (one.commit and commit.startswith(one.commit)))
    ]
    first = min(made, key=lambda one: one.created_ms, default=None)
    return None if first is None else Found(first.created_ms, first.id)


def _is_as_wanted(action: Action, hosted: HostedService) -> bool:
    """Whether the service is set as an action wanted it."""
    wanted = action.arguments
    match action.verb:
        case Verb.SCALE:
            return hosted.instances == wanted["instances"]
        case Verb.PLAN:
            return hosted.plan == wanted["plan"]
        case Verb.AUTO_DEPLOY:
            return hosted.auto_deploy == wanted["on"]
        case Verb.SUSPEND:
            return hosted.suspended
        case Verb.RESUME:
            return not hosted.suspended
        case _:
            return hosted.running is True
