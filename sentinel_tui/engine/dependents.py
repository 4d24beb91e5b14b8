"""Services that cannot work without others: whose alarm it is, and when that is decided.

An alarm that a parent may explain is withheld, remembered here, and decided again whenever a
service changes and every few seconds, until it is raised or the trouble is over. What is withheld
follows from the states and the open alerts, so a restart forgets nothing. Ends are never withheld.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.alerts import Finding, findings, fingerprint
from sentinel_tui.domain.monitoring.dependencies import (
    RAISE,
    Parent,
    Ruling,
    RulingKind,
    ruling,
)
from sentinel_tui.domain.monitoring.judgement import SUPPRESSIBLE, Judgement, service_state
from sentinel_tui.domain.monitoring.states import HEALTHY, CheckState, worst
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.waiting import pause
from sentinel_tui.engine.watch import CheckId, Watch, WatchedCheck, WatchedService
from sentinel_tui.store.recorder import raise_finding, set_suppressed

_EVERY_S = 5.0
_TOGETHER_S = 0.5
_CYCLE_S = 30.0
"""How often a failing parent is looked at while alarms wait for it."""
_SELDOM_S = 600.0
"""A check that looks less often than this says little about how its service is just now."""


@dataclass(slots=True)
class _Withheld:
    """An alarm that waits for a decision.

    Attributes:
        check: What it is about.
        finding: What it says.
        since_ms: Since when it waits.
        suppressed: Whether a parent that was down stood behind it the last time.
        proof_ms: It needs a look that began no sooner than this.
    """

    check: WatchedCheck
    finding: Finding
    since_ms: int
    suppressed: bool = False
    proof_ms: int = 0


class Dependents:
    """Decides about the alarms of services that depend on others."""

    def __init__(
        self, clock: Clock, watch: Watch, scheduler: Scheduler[CheckId], recording: Recording
    ) -> None:
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._recording = recording
        self._changed = asyncio.Event()
        self._withheld: dict[str, _Withheld] = {}
        self._open: set[str] = set()
        self._suppressed: dict[str, str] = {}

    def ruling(self, check: WatchedCheck, at_ms: int) -> Ruling:
        """What becomes of an alarm that a look at this check would raise now.

        Args:
            check: Which check.
            at_ms: When that look began.
        """
        return self._ruling(check, at_ms, self._clock.now_ms())

    def rule_service(self, service: WatchedService) -> Ruling:
        """What becomes of an alarm about a service as a whole, now."""
        now_ms = self._clock.now_ms()
        parents = list(self._parents(service))
        return ruling(parents, now_ms, now_ms) if parents else RAISE

    def heard(self, check: WatchedCheck, judgement: Judgement) -> None:
        """Take note of a judgement, and decide again where it may change something."""
        for finding in judgement.findings:
            self._withheld.pop(finding.fingerprint, None)
            if finding.holds:
                self._open.add(finding.fingerprint)
            else:
                self._open.discard(finding.fingerprint)
        for finding in judgement.withheld:
            if finding.fingerprint not in self._open:
                self._withhold(check, finding)
        if self._withheld and (judgement.service_change is not None or judgement.withheld):
            self._changed.set()

    def remember(self, open_alerts: Iterable[AlertRecord], suppressed: Mapping[str, str]) -> None:
        """Take up what an earlier engine left.

        Args:
            open_alerts: The alerts that are open.
            suppressed: Of each service that is shown as suppressed, by which.
        """
        self._open = {alert.fingerprint for alert in open_alerts}
        self._suppressed = dict(suppressed)

    def join(self, checks: Iterable[WatchedCheck]) -> None:
        """Work out what is withheld of checks that are watched anew.

        That is what their states say and no open alert does: it was withheld by an earlier engine,
        or closed when they were taken out of the configuration.
        """
        for check in checks:
            bare = replace(check.state, sheet=None)
            for finding in findings(*check.id, CheckState(), bare):
                if finding.holds and finding.fingerprint not in self._open:
                    self._withhold(check, finding)

    def leave(self, checks: Iterable[WatchedCheck]) -> None:
        """Checks left the watch; the store closes their alerts with them."""
        for check in checks:
            self._open -= {fingerprint(rule, *check.id) for rule in SUPPRESSIBLE}

    async def run(self, beat: Callable[[], None]) -> None:
        """Decide again soon after each change, and every few seconds, for ever."""
        while True:
            beat()
            self._changed.clear()
            self.decide()
            # What changes together, such as a parent and all its children, is decided together.
            await self._clock.sleep(_TOGETHER_S)
            await pause(self._clock, _EVERY_S, self._changed)

    def decide(self) -> None:
        """Raise what nothing stands behind any more, and show what is suppressed by whom."""
        suppressed: dict[str, str] = {}
        for identity, one in list(self._withheld.items()):
            if not self._watch.holds(one.check):
                del self._withheld[identity]
                continue
            if one.check.state.sheet is not None:
                # Nothing is known of it just now; the look that ends this decides.
                one.since_ms = self._clock.now_ms()
                continue
            ruled = self._ruling(one.check, one.finding.at_ms, one.since_ms)
            if ruled.kind is RulingKind.SUPPRESS:
                one.suppressed = True
                one.since_ms = self._clock.now_ms()
                suppressed[one.check.service.id] = ruled.parent
            elif ruled.kind is RulingKind.HOLD:
                self._hurry(ruled.parent)
            elif self._is_proven(one):
                self._raise(one)
        self._show(suppressed)

    def _is_proven(self, one: _Withheld) -> bool:
        """Whether the trouble outlasts the parent's, as far as a look since then can show."""
        if one.suppressed:
            one.suppressed = False
            one.proof_ms = self._clock.now_ms()
            self._plan(one.check, self._clock.elapsed_s())
        state = one.check.state
        # One that answers again is on its way back, and has no alarm of its own to tell.
        return (state.last_ms or 0) >= one.proof_ms and state.good_cycles == 0

    def _hurry(self, parent: str) -> None:
        """Have a parent's failure confirmed or not before the alarms can be held no longer."""
        for check in telling_checks(self._watch.services[parent]):
            if check.state.first_failure_ms is not None:
                self._plan(check, check.looked_s + _CYCLE_S)

    def _plan(self, check: WatchedCheck, at_s: float) -> None:
        """Look sooner than planned."""
        due_s = self._scheduler.due_s(check.id)
        if due_s is not None and at_s < due_s:
            self._scheduler.plan(check.id, at_s)

    def _withhold(self, check: WatchedCheck, finding: Finding) -> None:
        known = self._withheld.get(finding.fingerprint)
        if known is not None:
            known.check, known.finding = check, finding
            return
        now_ms = self._clock.now_ms()
        self._withheld[finding.fingerprint] = _Withheld(check, finding, now_ms)

    def _raise(self, one: _Withheld) -> None:
        del self._withheld[one.finding.fingerprint]
        self._open.add(one.finding.fingerprint)
        service, check = one.check.id
        raised = partial(
            raise_finding,
            finding=one.finding,
            service=service,
            check=check,
            now_ms=self._clock.now_ms(),
        )
        self._recording.note(raised)

    def _show(self, suppressed: dict[str, str]) -> None:
        for service in suppressed.keys() | self._suppressed.keys():
            parent = suppressed.get(service, "")
            if parent != self._suppressed.get(service, ""):
                self._recording.note(partial(set_suppressed, service=service, parent=parent))
        self._suppressed = suppressed

    def _ruling(self, check: WatchedCheck, at_ms: int, wanted_ms: int) -> Ruling:
        parents = list(self._parents(check.service))
        if not parents:
            return RAISE
        first_ms = check.state.first_failure_ms
        since_ms = at_ms if first_ms is None else first_ms
        return ruling(parents, since_ms, self._clock.now_ms(), wanted_ms=wanted_ms)

    def _parents(self, service: WatchedService) -> Iterator[Parent]:
        """What is known of everything that may stand behind it, the nearest first."""
        for ancestor in ancestors(service, self._watch):
            yield Parent(
                id=ancestor.id,
                state=service_state(ancestor.states),
                verdict=worst(state.verdict for state in ancestor.states.values()),
                last_ms=_last_ms(ancestor),
            )


def ancestors(service: WatchedService, watch: Watch) -> list[WatchedService]:
    """What a service cannot work without, directly or by way of others, the nearest first.

    A parent that is well explains nothing, and neither does what lies behind it.
    """
    found: dict[str, WatchedService] = {}
    waiting = list(service.options.depends_on)
    while waiting:
        one = watch.services.get(waiting.pop(0))
        if one is not None and one is not service and one.id not in found:
            found[one.id] = one
            if service_state(one.states) not in HEALTHY:
                waiting += one.options.depends_on
    return list(found.values())


def telling_checks(service: WatchedService) -> list[WatchedCheck]:
    """The checks that say how a service is just now: not those that look once an hour or a day."""
    scheduled = [check for check in service.checks.values() if check.scheduled]
    return [one for one in scheduled if one.options.interval_s <= _SELDOM_S] or scheduled[:1]


def _last_ms(service: WatchedService) -> int | None:
    """When the oldest of the last looks at a service began; None while one is missing."""
    checks = telling_checks(service) or list(service.checks.values())
    looks = [check.state.last_ms for check in checks]
    known = [last_ms for last_ms in looks if last_ms is not None]
    return min(known) if known and len(known) == len(looks) else None
