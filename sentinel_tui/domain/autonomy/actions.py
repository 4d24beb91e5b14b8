"""Actions on a platform: what is wanted, how far it has come, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sentinel_tui.domain.autonomy.policy import APPROVAL_MS, Verb
from sentinel_tui.domain.autonomy.verification import Effect


class Step(StrEnum):
    """How far an action has come. The words are stored and shown.

    proposed → waiting → approved → started → done → verified, and the ways out of each.
    """

    PROPOSED = "proposed"
    """Only a suggestion: nothing happens unless the owner asks for it."""
    WAITING = "waiting"
    """Waits for the owner's yes."""
    APPROVED = "approved"
    """May be done; nothing was sent yet."""
    STARTED = "started"
    """Written down as begun: the call may be under way, or its outcome unknown."""
    DONE = "done"
    """The platform did it; whether it helped is being watched."""
    VERIFIED = "verified"
    """It did what it was for, and made nothing worse."""
    HELPLESS = "helpless"
    """It was done, and did not help."""
    WORSE = "worse"
    """It was done, and made things worse; `undone_by` tells what undoes it."""
    FAILED = "failed"
    """The platform refused."""
    NOT_EXECUTED = "not executed"
    """It never reached the platform; nothing was changed."""
    UNKNOWN = "unknown"
    """Nobody can tell whether it was done; a human decides."""
    CANCELLED = "cancelled"
    """Taken back before it was sent, because things had changed or somebody said no."""
    EXPIRED = "expired"
    """The owner did not answer in time."""
    DRY_RUN = "dry run"
    """It would have been done now."""


ENDED = frozenset(Step) - {Step.PROPOSED, Step.WAITING, Step.APPROVED, Step.STARTED, Step.DONE}
"""From these nothing follows."""

UNDER_WAY = frozenset({Step.APPROVED, Step.STARTED, Step.DONE})
"""In these no other action may touch the same service."""

_NEXT: Mapping[Step, frozenset[Step]] = {
    Step.PROPOSED: frozenset(
        {Step.WAITING, Step.APPROVED, Step.CANCELLED, Step.EXPIRED, Step.DRY_RUN}
    ),
    Step.WAITING: frozenset({Step.APPROVED, Step.CANCELLED, Step.EXPIRED, Step.DRY_RUN}),
    Step.APPROVED: frozenset({Step.STARTED, Step.CANCELLED, Step.EXPIRED, Step.DRY_RUN}),
    Step.STARTED: frozenset({Step.DONE, Step.FAILED, Step.NOT_EXECUTED, Step.UNKNOWN}),
    Step.DONE: frozenset({Step.VERIFIED, Step.HELPLESS, Step.WORSE, Step.UNKNOWN}),
}


def allowed(step_from: Step, step_to: Step) -> bool:
    """Whether an action may come from one step to another; none leads back, none out of an end."""
    return step_to in _NEXT.get(step_from, frozenset())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a service's platform said when an action was decided; it must hold when it is sent.

    Attributes:
        live_deploy: The id of the deploy that was live, or empty.
        instances: How many instances it ran.
        plan: Its plan.
        suspended: Whether it was suspended.
        auto_deploy: Whether new commits were deployed by themselves.
    """

    live_deploy: str = ""
    instances: int = 1
    plan: str = ""
    suspended: bool = False
    auto_deploy: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to be done to one service, from the wish to its measured effect.

    Attributes:
        id: Its number, as in `approve 7`.
        key: Makes the wish unique: the same key never acts twice.
        service: To which service.
        verb: What.
        arguments: With what: `deploy` (an id), `commit`, `instances`, `plan`, `least`, `most`,
            `cpu_percent`, `on`.
        by: Who wanted it: `tui`, `cli`, or Sentinel's worker, such as `healing`.
        why: Why, in one line.
        automatic: Whether Sentinel wanted it by itself.
        step: How far it has come.
        snapshot: What it was decided upon.
        created_ms: When it was wanted.
        expires_ms: Until when the owner may say yes, or None.
        approved_ms: When it was allowed, or None.
        approved_by: By whom, or empty.
        started_ms: When it was written down as begun, or None.
        done_ms: When the platform had done it, or None.
        ended_ms: When nothing more followed, or None.
        remote: The platform's name of what was made, such as a deploy's id, or empty.
        effect: What came of it, or None while that is not known.
        note: What happened last, in one line.
        euros_per_month: What it adds to the monthly bill.
        undoes: The number of the action it takes back, or 0.
        incident: The incident it is to end, or 0.
    """

    id: int
    key: str
    service: str
    verb: Verb
    by: str
    why: str
    automatic: bool
    step: Step
    created_ms: int
    arguments: Mapping[str, str | int | bool] = field(default_factory=dict)
    snapshot: Snapshot = Snapshot()
    expires_ms: int | None = None
    approved_ms: int | None = None
    approved_by: str = ""
    started_ms: int | None = None
    done_ms: int | None = None
    ended_ms: int | None = None
    remote: str = ""
    effect: Effect | None = None
    note: str = ""
    euros_per_month: float = 0.0
    undoes: int = 0
    incident: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more follows."""
        return self.step in ENDED


def recheck(
    action: Action, snapshot_now: Snapshot, *, frozen: bool, deploying: bool, now_ms: int
) -> str:
    """Why an action must not be sent after all; empty while all still holds.

    This is the last look before the call, the same for the owner's wishes and Sentinel's own. What
    `policy.rule` says at that moment is asked besides.

    Args:
        action: It is approved.
        snapshot_now: What the platform says now.
        frozen: Whether all actions are stopped.
        deploying: Whether a deploy of the service is under way.
        now_ms: The present.
    """
    if action.step is not Step.APPROVED:
        return f"it is {action.step}, not approved"
    if frozen:
        return "all actions are frozen; `unfreeze` allows them again"
    if action.approved_ms is not None and now_ms - action.approved_ms > APPROVAL_MS:
        return f"the yes to it is more than {APPROVAL_MS // 60_000} minutes old"
    if action.verb is Verb.WAKE:
        return ""  # a request like any other: whatever changed, it does no harm
    if deploying:
        return f"a deploy of {action.service} is under way"
    return _difference(action.snapshot, snapshot_now)


def _difference(then: Snapshot, now: Snapshot) -> str:
    """What is not as it was when the action was decided, in words, or empty."""
    if now.live_deploy != then.live_deploy:
        return (
            f"{now.live_deploy or 'nothing'} is live now, no longer {then.live_deploy or 'nothing'}"
        )
    if now.instances != then.instances:
        return f"it is scaled to {now.instances} now, no longer to {then.instances}"
    if now.plan != then.plan:
        return f"its plan is {now.plan} now, no longer {then.plan}"
    if now.suspended != then.suspended:
        return f"it is {'suspended now' if now.suspended else 'no longer suspended'}"
    if now.auto_deploy != then.auto_deploy:
        return f"auto-deploy is {'on' if now.auto_deploy else 'off'} now"
    return ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One step of one action, written once and never changed.

    Attributes:
        id: Its number.
        at_ms: When.
        action: The action's number.
        service: To which service.
        verb: What.
        step: How far it had come.
        by: Who brought it there.
        text: What happened, in one line.
        digest: SHA-256 over this entry and the digest of the one before, in hex.
    """

    id: int
    at_ms: int
    action: int
    service: str
    verb: Verb
    step: Step
    by: str
    text: str
    digest: str


class Knob(StrEnum):
    """What Sentinel may tune by itself. The words are stored and typed."""

    INTERVAL = "interval"
    """How often a check looks."""
    CONFIRM = "confirm_cycles"
    """Failed cycles in a row until DOWN."""
    SLOW_FACTOR = "slow_factor"
    """Slower than this many times the usual is slow."""
    WAKE_LEAD = "wake_lead"
    """How long before a predicted visit a service is woken."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """A change of a knob that Sentinel made from data.

    Attributes:
        id: Its number, as in `tune undo 3`; 0 before it is stored.
        service: Of which service.
        check: Of which check, or empty where it concerns the service.
        knob: What.
        before: The value it had (seconds, a count or a factor).
        after: The value it has.
        why: The evidence, in one line.
        at_ms: When.
        undone_ms: When it was taken back, or None.
        undone_by: By whom, or empty.
    """

    service: str
    check: str
    knob: Knob
    before: float
    after: float
    why: str
    at_ms: int
    id: int = 0
    undone_ms: int | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Freeze:
    """The owner stopped all actions.

    Attributes:
        at_ms: Since when.
        by: Who.
        reason: Why, or empty.
    """

    at_ms: int
    by: str
    reason: str
