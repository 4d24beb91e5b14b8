"""Incidents: the alerts that have one cause, as one thing with a beginning and an end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.dependencies import descendants, root_of
from sentinel_tui.domain.notifying.policy import NotifyPolicy, Orders
from sentinel_tui.domain.records import AlertRecord

REOPEN_S = 300.0
"""An incident that ended less than this ago comes back; later, it is a new one."""
TAKEOVER_S = 300.0
"""A parent that fails takes over what began at its children less than this before: they were only
seen first."""

NO_LONGER_WATCHED = "no longer watched"
"""Why an alert ended whose service was taken out: nobody knows whether it recovered."""

_AVAILABILITY, _EXPIRY, _SENTINEL = "availability", "expiry", "sentinel"
_WAKING, _ACTING, _WORKSPACE, _VIDEOS = "waking", "acting", "workspace", "videos"
_FAMILIES = {
    Rule.DOWN: _AVAILABILITY,
    Rule.DEGRADED: _AVAILABILITY,
    Rule.FLAPPING: _AVAILABILITY,
    Rule.BUDGET: _AVAILABILITY,
    Rule.CERTIFICATE: _EXPIRY,
    Rule.DOMAIN: _EXPIRY,
    Rule.COLD_START: _WAKING,
    Rule.ACTION: _ACTING,
    Rule.HOURS: _WORKSPACE,
    Rule.HOSTING: _WORKSPACE,
    Rule.LIBRARY: _VIDEOS,
}
_PHRASES = {
    Rule.DOWN: ("is DOWN", "was down"),
    Rule.DEGRADED: ("is slow", "was slow"),
    Rule.FLAPPING: ("is flapping", "was flapping"),
    Rule.BUDGET: ("spends its error budget too fast", "spent its error budget too fast"),
    Rule.CERTIFICATE: ("has an ending certificate", "had an ending certificate"),
    Rule.DOMAIN: ("has an ending domain name", "had an ending domain name"),
    Rule.COLD_START: ("wakes more slowly", "woke more slowly"),
    Rule.HOURS: ("runs out of hours", "ran out of hours"),
    Rule.HOSTING: ("cannot be read", "could not be read"),
    Rule.LIBRARY: ("cannot be read", "could not be read"),
    Rule.ACTION: ("needs you after an action", "needed you after an action"),
    Rule.OFFLINE: ("is offline", "was offline"),
    Rule.CHANNEL: ("cannot deliver", "could not deliver"),
    Rule.STOPPED: ("does not look", "did not look"),
    Rule.WORKER: ("does not work as it should", "did not work as it should"),
    Rule.STORAGE: ("has trouble with its store", "had trouble with its store"),
}
"""What a title says of its subject while the incident goes on, and once it is over."""
_OWN_SUBJECTS = {
    _SENTINEL: "Sentinel",
    _WORKSPACE: "The workspace",
    _VIDEOS: "A video library",
}
"""What an incident is about that is about no single service."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Alerts with one cause.

    It is open while any of its alerts is. It comes back as the same incident when one of them
    opens again soon after the end, so that what flaps is one story.

    Attributes:
        id: Its number, as in `incident 7`.
        cause: What its alerts have in common: a family and the root service, such as
            "availability/gateway".
        title: What happened, in one line.
        severity: The highest it had.
        services: Ids of the services it touches, the root first; empty for Sentinel itself.
        opened_ms: Since when, dated back to the first sign.
        resolved_ms: Until when, or None while it is open.
        reopened: How often it came back after an end.
        acknowledged_ms: When somebody last took it on, or None; a rise in severity undoes it.
        acknowledged_by: Who did, or empty.
    """

    id: int
    cause: str
    title: str
    severity: Severity
    services: tuple[str, ...]
    opened_ms: int
    resolved_ms: int | None = None
    reopened: int = 0
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""

    @property
    def open(self) -> bool:
        """Whether any of its alerts still holds."""
        return self.resolved_ms is None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down about an incident."""

    at_ms: int
    by: str
    text: str


def family(rule: Rule) -> str:
    """Which rules can have one cause, such as availability, or sentinel for its own troubles."""
    return _FAMILIES.get(rule, _SENTINEL)


def place(
    alert: AlertRecord,
    known: Sequence[Incident],
    orders: Orders,
    is_down: Callable[[str], bool],
    now_ms: int,
) -> Incident:
    """The incident that an alert which just opened belongs to.

    It joins the open incident of its cause, or brings back the one that ended moments ago. A
    parent that fails just after its children takes their incident over. Otherwise a new one begins.

    Args:
        alert: The alert.
        known: The incidents that are open, and those that ended lately.
        orders: What depends on what, and the services' names.
        is_down: Whether a service is down.
        now_ms: Now.

    Returns:
        The incident as it then stands; its id is 0 when it is new. `settle` it with its alerts.
    """
    cause = _cause(alert, orders, is_down)
    title = _title(alert, cause, orders.names)
    # Dated back, for how long it was well does not hang on how long it takes to confirm.
    began_ms = min(alert.opened_ms, now_ms)
    current = _current(cause, known, began_ms) or _childs(alert, cause, known, orders)
    if current is None:
        services = (alert.service,) if alert.service else ()
        return Incident(0, cause, title, alert.severity, services, alert.opened_ms)
    if current.cause != cause or _says_more(alert, current):
        current = replace(current, cause=cause, title=title)
    if current.open:
        return current
    return replace(
        current,
        resolved_ms=None,
        reopened=current.reopened + 1,
        acknowledged_ms=None,
        acknowledged_by="",
    )


def settle(incident: Incident, alerts: Sequence[AlertRecord], now_ms: int) -> Incident:
    """The incident as its alerts have it.

    Its severity only rises. A rise undoes an acknowledgement, for what was taken on was less.

    Args:
        incident: As it stood.
        alerts: All its alerts, open and over.
        now_ms: Now: the end of an incident that has no alerts left.
    """
    severity = max_severity((incident.severity, *(alert.severity for alert in alerts)))
    if severity is not incident.severity:
        incident = replace(incident, severity=severity, acknowledged_ms=None, acknowledged_by="")
    opened_ms = min((alert.opened_ms for alert in alerts), default=incident.opened_ms)
    if alerts and all(alert.resolution == NO_LONGER_WATCHED for alert in alerts):
        told, _ = headline(incident)
        incident = replace(incident, title=f"{told}: {NO_LONGER_WATCHED}")
    return replace(
        incident,
        services=_services(incident, alerts),
        opened_ms=opened_ms,
        resolved_ms=_resolved_ms(alerts, now_ms),
    )


def acknowledged(incident: Incident, policy: NotifyPolicy, now_ms: int) -> bool:
    """Whether somebody has taken the incident on, and that still counts."""
    taken_ms = incident.acknowledged_ms
    return taken_ms is not None and now_ms < taken_ms + policy.acknowledged_s * 1_000


def max_severity(severities: Iterable[Severity]) -> Severity:
    """The highest of several severities; WARNING for none."""
    return Severity.CRITICAL if Severity.CRITICAL in severities else Severity.WARNING


def headline(incident: Incident) -> tuple[str, str]:
    """What happened and why, while it goes on: ("public is DOWN", "connection refused")."""
    told, _, reason = incident.title.partition(": ")
    return told, reason


def past_headline(incident: Incident) -> str:
    """What happened, once it is over: "public was down"."""
    told, _ = headline(incident)
    for present, past in _PHRASES.values():
        if told.endswith(f" {present}"):
            return told.removesuffix(present) + past
    return told


def _cause(alert: AlertRecord, orders: Orders, is_down: Callable[[str], bool]) -> str:
    kind = family(alert.rule)
    if kind in _OWN_SUBJECTS:
        return f"{kind}/{alert.rule}"
    if kind == _AVAILABILITY:
        return f"{kind}/{root_of(alert.service, orders.depends_on, is_down)}"
    return f"{kind}/{alert.service}"


def _title(alert: AlertRecord, cause: str, names: Mapping[str, str]) -> str:
    kind, _, root = cause.partition("/")
    if kind in _OWN_SUBJECTS:
        return f"{_OWN_SUBJECTS[kind]} {_PHRASES[alert.rule][0]}: {alert.reason}"
    subject = names.get(root, root)
    if root != alert.service:
        # It hangs on something that is down and whose own alert is still to come.
        return f"{subject} {_PHRASES[Rule.DOWN][0]}"
    return f"{subject} {_PHRASES[alert.rule][0]}: {alert.reason}"


def _current(cause: str, known: Sequence[Incident], at_ms: int) -> Incident | None:
    """The incident of a cause: the open one, or else the one that ended moments before."""
    of_cause = [one for one in known if one.cause == cause]
    for incident in of_cause:
        if incident.open:
            return incident
    ended = [(one.resolved_ms, one) for one in of_cause if one.resolved_ms is not None]
    ended_ms, last = max(ended, key=lambda pair: pair[0], default=(0, None))
    return last if at_ms - ended_ms < REOPEN_S * 1_000 else None


def _childs(
    alert: AlertRecord, cause: str, known: Sequence[Incident], orders: Orders
) -> Incident | None:
    """The open incident of a child that only was seen first, where a parent just went down."""
    if alert.rule is not Rule.DOWN:
        return None
    below = descendants(cause.partition("/")[2], orders.depends_on)
    causes = {f"{_AVAILABILITY}/{child}" for child in below}
    first_ms = alert.opened_ms - TAKEOVER_S * 1_000
    found = (one for one in known if one.open and one.cause in causes and one.opened_ms >= first_ms)
    return min(found, key=lambda one: one.opened_ms, default=None)


def _says_more(alert: AlertRecord, incident: Incident) -> bool:
    """Whether an alert of the root says more, or something newer, than the incident's title."""
    if incident.cause.partition("/")[2] not in (alert.service, alert.rule):
        return False
    if alert.severity is incident.severity:
        return not incident.open or not headline(incident)[1]
    return alert.severity is Severity.CRITICAL


def _services(incident: Incident, alerts: Sequence[AlertRecord]) -> tuple[str, ...]:
    """What the incident touches: its root first, the rest in the order in which they failed."""
    kind, _, root = incident.cause.partition("/")
    first = () if kind in _OWN_SUBJECTS else (root,)
    touched = (*first, *incident.services, *(alert.service for alert in alerts))
    return tuple(dict.fromkeys(filter(None, touched)))


def _resolved_ms(alerts: Sequence[AlertRecord], now_ms: int) -> int | None:
    ends_ms = [alert.resolved_ms for alert in alerts]
    if None in ends_ms:
        return None
    return max((end_ms for end_ms in ends_ms if end_ms is not None), default=now_ms)
