"""Whether an action may happen now: the owner's levels, budgets, cooldowns and the guards.

Nothing is allowed by default. A rule names a service and a verb; whatever no rule covers is only
ever suggested. The guards hold for Sentinel's own ideas; the owner, who sees the same reasons, may
overrule all of them but the freeze.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import takewhile

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

APPROVAL_MS = 600_000
"""How long the owner has to say yes, and how long a yes holds."""

_SETTLING_LOOKS, _SETTLING_AT_MOST_S = 12, 600.0
_STALE_INTERVALS = 2
_AUTOMATIC_PER_HOUR = 5
_FUTILE_TIMES = 2
_LONGEST_REST_DAYS = 30
_BLAST_SHARE = 1 / 3
_MANY_DOWN_SHARE = 0.5
_MANY_DOWN = 3


class Level(IntEnum):
    """How far Sentinel may go. The words are those of the configuration."""

    OBSERVE = 0
    SUGGEST = 1
    CONFIRM = 2
    AUTO = 3


class Verb(StrEnum):
    """What can be done to a service. The words are stored and typed."""

    WAKE = "wake"
    RESTART = "restart"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    SUSPEND = "suspend"
    RESUME = "resume"
    SCALE = "scale"
    PLAN = "plan"
    AUTOSCALE = "autoscale"
    AUTO_DEPLOY = "auto-deploy"


class Answer(StrEnum):
    """What becomes of a wish."""

    DO = "do"
    ASK = "ask"
    """The owner has to say yes."""
    SUGGEST = "suggest"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the owner allows for one verb at one service.

    Attributes:
        level: How far Sentinel may go.
        per_hour: The most times an hour.
        per_day: The most times in 24 hours.
        cooldown_s: The least time between the end of one and the next.
        euros_per_month: The most it may add to the monthly bill.
        accepted: Whether the owner accepted that rollbacks and paid changes may be automatic.
    """

    level: Level = Level.SUGGEST
    per_hour: int = 1
    per_day: int = 3
    cooldown_s: float = 600.0
    euros_per_month: float = 0.0
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """An action that somebody wants.

    Attributes:
        service: To which service.
        verb: What.
        by_owner: Whether the owner asked for it, rather than Sentinel by itself.
        euros_per_month: What it adds to the monthly bill.
    """

    service: str
    verb: Verb
    by_owner: bool = False
    euros_per_month: float = 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """An action that was begun.

    Attributes:
        service: To which service.
        verb: What.
        began_ms: When.
        ended_ms: When it was done and verified, or None while it is under way.
        helped: Whether it did what it was for; None while that is not known.
        automatic: Whether Sentinel did it by itself.
        euros_per_month: What it added to the monthly bill.
    """

    service: str
    verb: Verb
    began_ms: int
    ended_ms: int | None = None
    helped: bool | None = None
    automatic: bool = True
    euros_per_month: float = 0.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else goes on.

    Attributes:
        now_ms: The present.
        watching_since_ms: Since when Sentinel watches without a gap.
        frozen: Whether the owner stopped all actions.
        offline: Whether Sentinel's own network is in doubt.
        provider_incident: Whether the platform itself has trouble.
        maintenance: Whether the service is under maintenance.
        paused: Whether the owner wants the service left alone.
        deploying: Whether a deploy of the service is under way.
        services: How many services there are.
        down: How many of them are down.
        data_age_s: How long ago the service was last looked at.
        interval_s: How often it is looked at.
        clock_jumped: Whether the clock jumped, or a gap ended, in the last round of looks.
    """

    now_ms: int
    watching_since_ms: int = 0
    frozen: bool = False
    offline: bool = False
    provider_incident: bool = False
    maintenance: bool = False
    paused: bool = False
    deploying: bool = False
    services: int = 1
    down: int = 0
    data_age_s: float = 0.0
    interval_s: float = 300.0
    clock_jumped: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a wish, and why, in one line."""

    answer: Answer
    reason: str


def rule(wish: Wish, limits: Limits, past: Sequence[Past], surroundings: Surroundings) -> Ruling:
    """Whether an action may happen now.

    Args:
        wish: The action.
        limits: What the owner allows for it.
        past: What was done lately, to any service, the newest last; a month is enough.
        surroundings: What else goes on.
    """
    if surroundings.frozen:
        return Ruling(Answer.REFUSE, "all actions are frozen; `unfreeze` allows them again")
    if busy := _under_way(wish, past):
        return Ruling(Answer.REFUSE, busy)
    if wish.by_owner:
        return Ruling(Answer.DO, "you asked for it")
    if limits.level is Level.OBSERVE:
        return Ruling(Answer.REFUSE, f"{wish.verb} is not wanted for {wish.service}")
    obstacle = _guard(wish, past, surroundings) or _over_budget(wish, limits, past, surroundings)
    if obstacle:
        # What Sentinel may not do by itself, the owner may still want.
        return Ruling(Answer.SUGGEST, obstacle)
    match limits.level:
        case Level.AUTO:
            if doubt := _wants_a_yes(wish, limits):
                return Ruling(Answer.ASK, doubt)
            return Ruling(Answer.DO, "within what you allowed")
        case Level.CONFIRM:
            return Ruling(Answer.ASK, "you want to be asked")
        case _:
            return Ruling(Answer.SUGGEST, "you want suggestions only")


def futile(service: str, verb: Verb, past: Sequence[Past], now_ms: int) -> str:
    """Why a remedy is given a rest, or empty.

    What did not help twice in a row rests for a day, then two, then four, up to a month.

    Args:
        service: At which service.
        verb: Which remedy.
        past: What was done, the newest last; a month is enough.
        now_ms: The present.
    """
    judged = [
        one for one in past if (one.service, one.verb) == (service, verb) and one.helped is not None
    ]
    helpless = list(takewhile(lambda one: not one.helped, reversed(judged)))
    if len(helpless) < _FUTILE_TIMES:
        return ""
    rest_days = min(2 ** (len(helpless) - _FUTILE_TIMES), _LONGEST_REST_DAYS)
    if now_ms - helpless[0].began_ms > rest_days * DAY_MS:
        return ""
    return f"{verb} did not help the last {len(helpless)} times"


def _wants_a_yes(wish: Wish, limits: Limits) -> str:
    """Why even what is allowed is not done without asking, or empty."""
    if wish.verb is Verb.SUSPEND:
        return "a suspension takes the service away from everybody"
    if limits.accepted:
        return ""
    if wish.verb is Verb.ROLLBACK:
        return "your configuration does not accept automatic rollbacks"
    if wish.euros_per_month > 0:
        return f"it costs {wish.euros_per_month:g} € a month"
    return ""


def _under_way(wish: Wish, past: Sequence[Past]) -> str:
    for one in past:
        if one.ended_ms is None and one.service == wish.service:
            return f"{one.verb} of {one.service} is still under way"
    return ""


def _guard(wish: Wish, past: Sequence[Past], now: Surroundings) -> str:
    if now.offline:
        return "Sentinel's own network is in doubt"
    if now.provider_incident:
        return "the platform itself has trouble"
    if now.maintenance:
        return f"{wish.service} is under maintenance"
    if now.paused:
        return f"{wish.service} is paused"
    if now.deploying:
        return f"a deploy of {wish.service} is under way"
    if now.clock_jumped:
        return "the clock jumped, or Sentinel did not look for a while"
    if now.data_age_s > _STALE_INTERVALS * now.interval_s:
        return f"the last look at {wish.service} is {now.data_age_s:.0f} s old"
    if now.now_ms - now.watching_since_ms < _settling_s(now) * 1_000:
        return f"Sentinel has not watched for {_settling_s(now):.0f} s yet"
    if now.down >= _MANY_DOWN and now.down >= now.services * _MANY_DOWN_SHARE:
        return f"{now.down} of {now.services} services are down at once: look at the platform first"
    return _one_after_the_other(wish, past, now)


def _settling_s(now: Surroundings) -> float:
    """How long Sentinel watches before it acts: a dozen looks, but ten minutes at most."""
    return min(_SETTLING_LOOKS * now.interval_s, _SETTLING_AT_MOST_S)


def _one_after_the_other(wish: Wish, past: Sequence[Past], now: Surroundings) -> str:
    """The canary and the blast radius: what works for one service is only then tried on others."""
    others = [one for one in past if one.automatic and one.service != wish.service]
    if any(one.ended_ms is None for one in others):
        return "another service is being acted on; one at a time"
    recent = [one for one in others if now.now_ms - one.began_ms < HOUR_MS]
    same = [one for one in recent if one.verb is wish.verb]
    if same and same[-1].helped is not True:
        return f"{wish.verb} did not help {same[-1].service} a moment ago"
    touched = {one.service for one in recent} | {wish.service}
    if len(touched) > max(1.0, now.services * _BLAST_SHARE):
        return "a third of the services was acted on within the hour"
    return ""


def _over_budget(wish: Wish, limits: Limits, past: Sequence[Past], now: Surroundings) -> str:
    automatic = [one for one in past if one.automatic]
    if _since(automatic, now.now_ms - HOUR_MS) >= _AUTOMATIC_PER_HOUR:
        return f"{_AUTOMATIC_PER_HOUR} automatic actions within the hour are enough"
    mine = [one for one in past if one.service == wish.service and one.verb is wish.verb]
    if _since(mine, now.now_ms - HOUR_MS) >= limits.per_hour:
        return f"{wish.verb} was done {limits.per_hour} times within the hour"
    if _since(mine, now.now_ms - DAY_MS) >= limits.per_day:
        return f"{wish.verb} was done {limits.per_day} times within a day"
    last_ms = max((one.ended_ms or one.began_ms for one in mine), default=None)
    if last_ms is not None and now.now_ms - last_ms < limits.cooldown_s * 1_000:
        return f"the last {wish.verb} is too short a while ago"
    if helpless := futile(wish.service, wish.verb, past, now.now_ms):
        return helpless
    spent = sum(one.euros_per_month for one in past)
    if wish.euros_per_month > 0 and spent + wish.euros_per_month > limits.euros_per_month:
        return f"it would cost {wish.euros_per_month:g} € a month, beyond what you allowed"
    return ""


def _since(past: Sequence[Past], from_ms: int) -> int:
    return sum(one.began_ms > from_ms for one in past)
