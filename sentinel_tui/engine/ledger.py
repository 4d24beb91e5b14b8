"""The hours ledger at work: when services were awake and who came, from whatever shows it.

Only services that cost hours are followed. Our own looks are told apart from visits minute by
minute, because the platform counts both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from sentinel_tui.clock import Clock
from sentinel_tui.domain.hosting import HostedDeploy
from sentinel_tui.domain.keepalive import hours_ledger
from sentinel_tui.domain.keepalive.awake import Cause, Evidence, Sign, Stretch, fold, settle
from sentinel_tui.domain.keepalive.hours_ledger import Awake, Correction, month_of
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.domain.records import Visit
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.watch import Watch, WatchedCheck, WatchedService
from sentinel_tui.store.recorder import add_visits, correct_hours, save_stretches

PLATFORM, OWNER, FOUND_AWAKE = "platform", "owner", "found awake"
"""Who tells of a visit: the platform's count of requests, the owner's own wish, and a service that
answered at once though it should have slept."""

_EVERY_S = 60.0
_MINUTE_MS = 60_000
_REMEMBERED_MS = 24 * 3_600_000
"""For so long our own looks are known: visits before that are not told apart from them."""
_STARTING_MS = 180_000
"""While a service starts, the platform may not count its instance yet."""
_SURELY_ASLEEP_MS = 600_000
_AT_ONCE_MS = 2_000.0


@dataclass(frozen=True, slots=True)
class LedgerPast:
    """What an earlier engine knew.

    Attributes:
        stretches: When services were awake since the month began.
        correction: What the owner read off the platform's page last, or None.
        last_use_ms: When each service was used last.
        unwatched_since_ms: Since when no engine looked, so that no look of ours was counted.
    """

    stretches: Sequence[Stretch] = ()
    correction: Correction | None = None
    last_use_ms: Mapping[str, int] = field(default_factory=dict)
    unwatched_since_ms: int | None = None


class Ledger:
    """Adds up what shows that services were awake.

    Attributes:
        correction: What the owner read off the platform's page last, or None.
        last_use_ms: When each service was last used by somebody, by its id.
        unwatched_since_ms: See `LedgerPast.unwatched_since_ms`.
    """

    def __init__(self, clock: Clock, watch: Watch, recording: Recording, past: LedgerPast) -> None:
        """Go on from where an earlier engine left off.

        Args:
            clock: The time.
            watch: All that is watched.
            recording: The way into the store.
            past: What an earlier engine left.
        """
        self.correction = past.correction
        self.last_use_ms: dict[str, int] = dict(past.last_use_ms)
        self._clock = clock
        self._watch = watch
        self._recording = recording
        self._stretches: defaultdict[str, dict[int, Stretch]] = defaultdict(dict)
        for stretch in past.stretches:
            self._stretches[stretch.service][stretch.start_ms] = stretch
        self._changed: dict[tuple[str, int], Stretch] = {}
        self._own_looks: defaultdict[str, defaultdict[int, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        self._last_look_ms: dict[str, int] = {}
        self._asleep_ms: dict[str, int] = {}
        self._started_ms = clock.now_ms()
        self.unwatched_since_ms = past.unwatched_since_ms

    async def run(self, beat: Callable[[], None]) -> None:
        """Close what has run out, and write down what changed, for ever."""
        while True:
            beat()
            self.tend()
            await self._clock.sleep(_EVERY_S)

    def tend(self) -> None:
        """Close what has run out, write down what changed, and forget what no longer counts."""
        now_ms = self._clock.now_ms()
        for service, known in self._stretches.items():
            last = self._last(service)
            closed = settle(last, now_ms) if last is not None else None
            if closed is not None:
                self._put(closed)
            begun_ms = month_of(now_ms).start_ms
            for start_ms in [start for start, one in known.items() if one.end_ms < begun_ms]:
                del known[start_ms]
        for minutes in self._own_looks.values():
            for minute in [one for one in minutes if one < now_ms - _REMEMBERED_MS]:
                del minutes[minute]
        self.write_down()

    def write_down(self) -> None:
        """Hand what changed to the recording."""
        if self._changed:
            job = partial(save_stretches, stretches=list(self._changed.values()))
            self._recording.note(job)
            self._changed = {}

    def used_h(self, now_ms: int) -> float:
        """Hours of this month that all services together have used."""
        return hours_ledger.used_h(self.awake(), now_ms, self.correction)

    def awake(self) -> dict[str, list[Awake]]:
        """When each service was awake this month."""
        return {
            service: [Awake(one.start_ms, one.end_ms) for one in known.values()]
            for service, known in self._stretches.items()
        }

    def correct(self, used_h: float, by: str) -> Correction:
        """Go by what the owner read off the platform's page, from now on."""
        self.correction = Correction(self._clock.now_ms(), used_h)
        self._recording.note(partial(correct_hours, correction=self.correction, by=by))
        return self.correction

    def begun(self, check: WatchedCheck) -> None:
        """Take note that a look begins: the platform counts its request from now on."""
        if _keeps_awake(check):
            now_ms = self._clock.now_ms()
            self._last_look_ms[check.service.id] = now_ms
            self._own_looks[check.service.id][_minute_ms(now_ms)] += 1

    def heard(self, check: WatchedCheck, judgement: Judgement) -> None:
        """Take note of a look: it keeps a service awake, and shows whether it slept."""
        service, seen = check.service, judgement.seen
        if not _keeps_awake(check) or (seen.status is None and seen.wake_hint is None):
            return
        cause = service.wake_cause if service.waking else Cause.UNKNOWN
        if judgement.cold_start_ms is not None and cause is Cause.UNKNOWN:
            cause = Cause.PLAN
        if self._found_awake(service, judgement):
            cause = Cause.VISIT
            self.note_visits([Visit(service.id, seen.at_ms, 1, FOUND_AWAKE)])
        for at_ms in (seen.at_ms, seen.end_ms):
            self.tell(Evidence(service.id, at_ms, Sign.ANSWERED, cause))

    def asked_for(self, service: WatchedService, cause: Cause) -> None:
        """Take note that somebody asked for a service: where it was the owner, that is use."""
        if cause is Cause.OWNER and service.costs_hours:
            self.note_visits([Visit(service.id, self._clock.now_ms(), 1, OWNER)])

    def deployed(self, deploy: HostedDeploy) -> None:
        """Take note of a deploy: it starts the service when it goes live."""
        if deploy.live_ms is not None and self._follows(deploy.service):
            self.tell(Evidence(deploy.service, deploy.live_ms, Sign.DEPLOYED))

    def count_instances(self, service: str, at_ms: int, instances: float) -> bool:
        """Take note of how many instances the platform counted at an instant.

        Whether it counts none while a free service sleeps nobody promises. Until it has done so
        once, an instance that runs on without any traffic is taken for one that sleeps.

        Returns:
            Whether the count says anything about sleep.
        """
        watched = self._watch.services.get(service)
        if watched is None or not watched.costs_hours:
            return True
        last = self._last(service)
        if instances > 0:
            if not self._tells_of_sleep(watched, at_ms):
                return False
            # What was seen to sleep, and was not woken by us, somebody else woke.
            slept = service in self._asleep_ms
            somebody = Cause.VISIT if slept and last is None else Cause.UNKNOWN
            cause = watched.wake_cause if watched.waking else somebody
            self.tell(Evidence(service, at_ms, Sign.RUNNING, cause))
            return True
        if last is None or at_ms - last.start_ms >= _STARTING_MS:
            self._asleep_ms[service] = at_ms
            self.tell(Evidence(service, at_ms, Sign.STOPPED))
        return True

    def count_requests(self, service: str, requests: Mapping[int, int]) -> None:
        """Take note of the requests that the platform counted, and tell visits from our looks.

        Args:
            service: Which service.
            requests: How many there were, by the instant at which each minute began; the last
                minute is only there to tell what belongs to the one before.
        """
        if not self._follows(service) or not requests:
            return
        minutes = range(min(requests), max(requests) + 1, _MINUTE_MS)
        own = [self._own_looks[service].get(minute, 0) for minute in minutes]
        counted = [requests.get(minute, 0) for minute in minutes]
        for minute, visits in zip(minutes[:-1], _beyond(counted, own), strict=False):
            if visits and self._told_apart(minute):
                self.note_visits([Visit(service, minute, visits, PLATFORM)])
                self.tell(Evidence(service, self._likely_ms(service, minute), Sign.VISITED))

    def note_visits(self, visits: Sequence[Visit]) -> None:
        """Write down who came."""
        for visit in visits:
            known_ms = self.last_use_ms.get(visit.service, 0)
            self.last_use_ms[visit.service] = max(known_ms, visit.at_ms)
        self._recording.note(partial(add_visits, visits=list(visits)))

    def tell(self, sign: Evidence) -> None:
        """Add one sign to what is known of a service."""
        service = self._watch.services.get(sign.service)
        sleeps = service.options.sleeps if service is not None else None
        if sleeps is None:
            return
        for stretch in fold(self._last(sign.service), sign, round(sleeps.after_s * 1_000)):
            self._put(stretch)

    def _follows(self, service: str) -> bool:
        watched = self._watch.services.get(service)
        return watched is not None and watched.costs_hours

    def _last(self, service: str) -> Stretch | None:
        known = self._stretches.get(service)
        return known[max(known)] if known else None

    def _tells_of_sleep(self, service: WatchedService, at_ms: int) -> bool:
        """Whether an instance that is counted shows that a service is awake."""
        sleeps = service.options.sleeps
        if service.id in self._asleep_ms or sleeps is None:
            return True
        traffic_ms = max(
            self._started_ms,
            self._last_look_ms.get(service.id, 0),
            self.last_use_ms.get(service.id, 0),
        )
        return at_ms - traffic_ms < round(sleeps.after_s * 1_000) + _SURELY_ASLEEP_MS

    def _likely_ms(self, service: str, minute_ms: int) -> int:
        """When in a minute somebody came: after it still slept, and before it was seen to run."""
        earliest_ms, latest_ms = minute_ms, minute_ms + _MINUTE_MS
        asleep_ms, last = self._asleep_ms.get(service, 0), self._last(service)
        if asleep_ms < latest_ms:
            earliest_ms = max(earliest_ms, asleep_ms)
        if last is not None and last.start_ms > earliest_ms:
            latest_ms = min(latest_ms, last.start_ms)
        return (earliest_ms + latest_ms) // 2

    def _put(self, stretch: Stretch) -> None:
        self._stretches[stretch.service][stretch.start_ms] = stretch
        self._changed[stretch.service, stretch.start_ms] = stretch

    def _found_awake(self, service: WatchedService, judgement: Judgement) -> bool:
        """Whether it answered at once, although by all that is known it slept."""
        last, seen = self._last(service.id), judgement.seen
        if last is None or seen.at_ms <= last.end_ms or not seen.good:
            return False
        return judgement.cold_start_ms is None and seen.timings.total_ms < _AT_ONCE_MS

    def _told_apart(self, minute_ms: int) -> bool:
        """Whether our own looks in that minute are known: they are not of an engine before us."""
        if minute_ms > self._started_ms:
            return minute_ms > self._clock.now_ms() - _REMEMBERED_MS
        since_ms = self.unwatched_since_ms
        return since_ms is not None and since_ms + _MINUTE_MS < minute_ms < self._started_ms - (
            2 * _MINUTE_MS
        )


def _keeps_awake(check: WatchedCheck) -> bool:
    """Whether looks of a check keep its service awake, at the cost of hours."""
    return check.service.costs_hours and check.turn is check.service.http_turn


def _beyond(counted: Sequence[int], own: Sequence[int]) -> list[int]:
    """Requests by minute that are not our own looks.

    Two clocks are never quite the same, and a look that began late in a minute arrives in the
    next: what is left over in one minute is set against the minutes beside it.
    """
    left = [theirs - ours for theirs, ours in zip(counted, own, strict=True)]
    for earlier, later in pairwise(range(len(left))):
        if left[earlier] * left[later] < 0:
            matched = min(abs(left[earlier]), abs(left[later]))
            left[earlier] -= matched if left[earlier] > 0 else -matched
            left[later] -= matched if left[later] > 0 else -matched
    return [max(0, surplus) for surplus in left]


def _minute_ms(at_ms: int) -> int:
    return at_ms - at_ms % _MINUTE_MS
