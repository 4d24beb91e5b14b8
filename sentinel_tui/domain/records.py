"""What is read back from the store: plain rows for screens, commands and exports."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome, PhaseTimings
from sentinel_tui.domain.monitoring.states import State


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A check as it stands.

    Attributes:
        key: The store's number for it.
        service: Its service's id.
        name: Its name within the service.
        kind: http, tcp, dns, tls, heartbeat, icmp.
        target: What it looks at, in one line.
        interval_s: How often.
        state: What it shows.
        since_ms: Since when.
        reason: Why.
        last_ms: When it last looked, or None.
        outcome: How that ended, or None.
        latency_ms: The latency it saw, or None.
        status: The status it saw, or None.
        timings: The phases of that look.
        phase: Where it failed, or None.
        error: What went wrong, or empty.
        next_ms: When it looks next, or None.
        certificate_ends_ms: When the certificate it saw ends, or None.
    """

    key: int
    service: str
    name: str
    kind: str
    target: str
    interval_s: float
    state: State
    since_ms: int
    reason: str
    last_ms: int | None = None
    outcome: Outcome | None = None
    latency_ms: float | None = None
    status: int | None = None
    timings: PhaseTimings = PhaseTimings()
    phase: FailurePhase | None = None
    error: str = ""
    next_ms: int | None = None
    certificate_ends_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A service as it stands.

    Attributes:
        id: Its stable id.
        name: Its display name.
        role: curator, monetizer, public or other.
        state: What it shows: the worst of its checks.
        since_ms: Since when.
        reason: Why.
        checks: Its checks, the drawn one first.
        tags: Words to filter by.
        depends_on: Services it cannot work without.
        sleeps: Whether it falls asleep without traffic.
        expected_wake_s: How long it should take to wake, or None.
        paused: Whether the owner paused it.
        last_wake_ms: When it was last woken, or None.
        next_wake_ms: When it is woken next, or None.
        cold_start_ms: Its last cold start, or None.
        suppressed_by: The service whose outage stands behind its own, so that it raises no alarm
            of its own; empty for none.
    """

    id: str
    name: str
    role: str
    state: State
    since_ms: int
    reason: str
    checks: tuple[CheckRecord, ...] = ()
    tags: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    sleeps: bool = False
    expected_wake_s: float | None = None
    paused: bool = False
    last_wake_ms: int | None = None
    next_wake_ms: int | None = None
    cold_start_ms: float | None = None
    suppressed_by: str = ""

    @property
    def primary(self) -> CheckRecord | None:
        """The check whose latency is drawn: the first."""
        return self.checks[0] if self.checks else None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One slice of a latency chart. Latencies are None where nothing was measured.

    Attributes:
        at_ms: Start of the slice.
        p50_ms: Median latency in it.
        p95_ms: 95th percentile.
        max_ms: The slowest.
        count: Looks in the slice.
        failures: Failed looks among them.
    """

    at_ms: int
    p50_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    count: int
    failures: int


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """Latency over a window. Percentiles are of all looks in it, never averages of averages."""

    count: int = 0
    failures: int = 0
    min_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    max_ms: float | None = None


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert, open or past.

    Attributes:
        id: Its number, as in `ack 12`.
        fingerprint: Its identity while open.
        rule: Which rule.
        severity: WARNING or CRITICAL.
        service: The service's id, or empty for Sentinel itself.
        check: The check's name, or empty.
        opened_ms: Since when, dated back to the first sign.
        resolved_ms: Until when, or None while it is open.
        acknowledged_ms: When it was acknowledged, or None.
        reason: Why it opened.
        resolution: Why it ended, or empty.
        incident: The number of the incident it is part of; 0 where it was never put into one.
    """

    id: int
    fingerprint: str
    rule: Rule
    severity: Severity
    service: str
    check: str
    opened_ms: int
    resolved_ms: int | None
    acknowledged_ms: int | None
    reason: str
    resolution: str = ""
    incident: int = 0

    @property
    def open(self) -> bool:
        """Whether it still holds."""
        return self.resolved_ms is None


class EntryKind(StrEnum):
    """What a line of the timeline tells of."""

    STATE = "state"
    ALERT = "alert"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    COLD_START = "cold start"
    INTENT = "intent"
    GAP = "gap"
    ENGINE = "engine"
    NOTE = "note"
    NOTIFICATION = "notification"
    SILENCE = "silence"
    DEPLOY = "deploy"
    HOST = "platform"
    MODE = "mode"
    ACTION = "action"
    TUNING = "tuning"
    LOOK = "failed look"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened."""

    at_ms: int
    kind: EntryKind
    service: str
    text: str
    state: State | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """A failed look with the answer that was kept."""

    at_ms: int
    service: str
    check: str
    phase: FailurePhase
    status: int | None
    error: str
    kept: str
    timings: PhaseTimings
    address: str


@dataclass(frozen=True, slots=True)
class ColdStartRecord:
    """One wake from sleep.

    Attributes:
        at_ms: When the service first answered.
        service: Which.
        duration_ms: How long it took to wake.
        cause: What woke it.
        deploy: The id of the deploy that was live, or empty where that is not known.
    """

    at_ms: int
    service: str
    duration_ms: float
    cause: Cause = Cause.PLAN
    deploy: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """Use of a service, other than Sentinel's own looks at it.

    Attributes:
        service: Which.
        at_ms: When; where only minutes are told, when the minute began.
        count: How many requests.
        source: Who told of it, such as `platform` or `owner`; each tells of one instant once.
    """

    service: str
    at_ms: int
    count: int
    source: str


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """One of the engine's workers.

    Attributes:
        name: What it does.
        beat_ms: When it last showed life.
        failures: Times it failed in a row.
        error: The last failure, or empty.
        retry_ms: When it is started again, or None while it runs.
    """

    name: str
    beat_ms: int
    failures: int = 0
    error: str = ""
    retry_ms: int | None = None


@dataclass(frozen=True, slots=True)
class EngineRecord:
    """The engine of a store, as it last described itself.

    Attributes:
        pid: Its process.
        host: The machine it runs on.
        version: Sentinel's version in it.
        started_ms: Since when it watches.
        beat_ms: When it last showed life.
        stopped_ms: When it stopped cleanly, or None.
        lag_s: How late its looks start, 95th percentile of the last minute.
        config_error: What is wrong with the configuration it could not take, or empty.
        trouble: What keeps it from recording, or empty.
        workers: Its workers.
    """

    pid: int
    host: str
    version: str
    started_ms: int
    beat_ms: int
    stopped_ms: int | None = None
    lag_s: float = 0.0
    config_error: str = ""
    trouble: str = ""
    workers: tuple[WorkerRecord, ...] = field(default=())
