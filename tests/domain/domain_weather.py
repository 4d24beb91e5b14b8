"""A year of weather over one service, made up from a seed, so that the truth about it is known.

Spells of trouble follow each other with calm between them. `Sky` says what a look at any moment
sees, and what was then done to the check; `watch` looks at it as the engine would.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from domain_looks import DAY, HOUR, MINUTE, START_MS, Doing, Done, Event, S

from sentinel_tui.domain.monitoring.alerts import Finding, findings
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
)
from sentinel_tui.domain.monitoring.states import (
    CheckState,
    Thresholds,
    Transition,
    fold,
    next_look_s,
    transition,
)

YEAR_MS = 365 * DAY
INTERVAL_S = 180.0
USUAL_MS = 300.0
_LEAST_CALM_MS = 3 * HOUR
_TURN_MS = 8 * MINUTE
_OUTLIERS = 0.003
_TIMINGS = PhaseTimings(total_ms=20.0)


class Kind(Enum):
    """What goes wrong, how often a year, and for how long at least and at most."""

    OUTAGE = (40, 12 * MINUTE, 6 * HOUR)
    """The service is down, which is to be told."""
    OUTAGE_UNSEEN = (10, 30 * MINUTE, 2 * HOUR)
    """The same, and our own network is lost in the middle of it: still one outage."""
    OUTAGE_MENDED = (12, 30 * MINUTE, 2 * HOUR)
    """The same, and a maintenance is laid over its end."""
    BLIP = (400, 1 * S, 9 * S)
    """Over before the burst of fresh looks is."""
    HICCUP = (100, 12 * S, 50 * S)
    """A whole cycle fails, the next does not."""
    SLOW = (30, 30 * MINUTE, 3 * HOUR)
    """It answers, far more slowly than usual."""
    CUT = (40, 2 * MINUTE, 40 * MINUTE)
    """Our own network is lost: every look fails, and says nothing."""
    FLAPPING = (8, 3 * HOUR, 4 * HOUR)
    """Down and up every few minutes."""
    WORK = (12, HOUR, 3 * HOUR)
    """The owner works on it, in a maintenance."""

    @property
    def often(self) -> int:
        return self.value[0]


OUTAGES = (Kind.OUTAGE, Kind.OUTAGE_UNSEEN, Kind.OUTAGE_MENDED)


@dataclass(frozen=True)
class Spell:
    """Trouble of one kind."""

    kind: Kind
    start_ms: int
    end_ms: int

    def share(self, at_ms: int) -> float:
        """How much of it has passed, 0 to 1."""
        return (at_ms - self.start_ms) / (self.end_ms - self.start_ms)


def a_year(seed: int) -> list[Spell]:
    """The spells of a year, in order of time, with calm before, between and after them."""
    dice = random.Random(seed)  # noqa: S311 # weather, not a secret
    drawn = [(kind, dice.randint(*kind.value[1:])) for kind in Kind for _ in range(kind.often)]
    dice.shuffle(drawn)
    shares = [dice.random() for _ in range(len(drawn) + 1)]
    spare_ms = YEAR_MS - sum(length_ms + _LEAST_CALM_MS for _, length_ms in drawn)
    assert spare_ms > 0
    at_ms, spells = START_MS, []
    for (kind, length_ms), share in zip(drawn, shares, strict=False):
        at_ms += _LEAST_CALM_MS + round(spare_ms * share / sum(shares))
        spells.append(Spell(kind, at_ms, at_ms + length_ms))
        at_ms += length_ms
    return spells


class Sky:
    """What looks see. Asked in order of time."""

    def __init__(self, seed: int, spells: list[Spell]) -> None:
        self._dice = random.Random(seed)  # noqa: S311 # weather, not a secret
        self._spells = iter(spells)
        self._spell = next(self._spells)

    def look(self, at_ms: int) -> Observation:
        while at_ms >= self._spell.end_ms and (following := next(self._spells, None)):
            self._spell = following
        spell = self._spell
        if not spell.start_ms <= at_ms < spell.end_ms:
            return self._answer(at_ms, 1.0)
        match spell.kind:
            case Kind.SLOW:
                return self._answer(at_ms, 10.0)
            case Kind.CUT:
                return _outcome(at_ms, Outcome.INCONCLUSIVE, "no witness answers")
            case Kind.OUTAGE_UNSEEN if 1 / 3 <= spell.share(at_ms) < 2 / 3:
                return _outcome(at_ms, Outcome.INCONCLUSIVE, "no witness answers")
            case Kind.FLAPPING if (at_ms - spell.start_ms) // _TURN_MS % 2:
                return self._answer(at_ms, 1.0)
            case _:
                return _outcome(at_ms, Outcome.FAIL, "connection refused")

    def _answer(self, at_ms: int, factor: float) -> Observation:
        latency_ms = USUAL_MS * factor * self._dice.lognormvariate(0, 0.25)
        if self._dice.random() < _OUTLIERS:
            latency_ms *= 20
        return Observation(at_ms, Outcome.OK, _TIMINGS, latency_ms)


def _outcome(at_ms: int, outcome: Outcome, error: str) -> Observation:
    phase = FailurePhase.CONNECT if outcome is Outcome.FAIL else None
    return Observation(at_ms, outcome, _TIMINGS, phase=phase, error=error)


def works(spells: list[Spell]) -> list[Done]:
    """What the owner does meanwhile, in order of time."""
    done = []
    for spell in spells:
        if spell.kind in (Kind.WORK, Kind.OUTAGE_MENDED):
            begin_ms, end_ms = spell.start_ms - 1, spell.end_ms + 1
            if spell.kind is Kind.OUTAGE_MENDED:
                begin_ms = (spell.start_ms + spell.end_ms) // 2
            done += [Done(begin_ms, Doing.MAINTAIN), Done(end_ms, Doing.END_MAINTENANCE)]
    return done


@dataclass
class Told:
    """An alert as a store keeps it."""

    opened: Finding
    ended: Finding | None = None


@dataclass
class Log:
    """All that is remembered of a year."""

    events: list[Event] = field(default_factory=list)
    changes: list[Transition] = field(default_factory=list)
    alerts: list[Told] = field(default_factory=list)
    looks: Counter[Outcome] = field(default_factory=Counter)
    state: CheckState = field(default_factory=CheckState)
    _open: dict[str, Told] = field(default_factory=dict)

    def take(self, event: Event, after: CheckState) -> None:
        """One event, and the state after it."""
        before, self.state = self.state, after
        self.events.append(event)
        change = transition(before, after)
        if change is not None:
            self.changes.append(change)
        for finding in findings("shop", "http", before, after):
            if finding.holds and finding.fingerprint not in self._open:
                self._open[finding.fingerprint] = told = Told(finding)
                self.alerts.append(told)
            elif not finding.holds and finding.fingerprint in self._open:
                self._open.pop(finding.fingerprint).ended = finding


def watch(sky: Sky, doings: list[Done], rules: Thresholds) -> Log:
    """A year of looking, each look planned by the one before it."""
    log = Log()
    waiting: Iterator[Done] = iter(doings)
    doing = next(waiting, None)
    at_ms = START_MS
    while at_ms < START_MS + YEAR_MS:
        while doing is not None and doing.at_ms <= at_ms:
            log.take(doing, doing.what.apply(log.state, doing.at_ms))
            doing = next(waiting, None)
        seen = sky.look(at_ms)
        log.looks[seen.outcome] += 1
        log.take(seen, fold(log.state, seen, rules))
        at_ms += round(next_look_s(log.state, rules, INTERVAL_S) * S)
    return log
