"""What Prometheus scrapes: the text exposition format, with blackbox_exporter's metric names.

Dashboards and alert rules written for blackbox_exporter read these as they are. As there, a phase
that a look did not reach or need took 0 s, and an HTTP look without an answer has status 0. What a
look cannot tell is left out: an inconclusive one has no `probe_success`.

No sample carries a time, because node_exporter's textfile collector refuses them; how old a look is
says `sentinel_last_look_timestamp_seconds`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import CheckRecord, ServiceRecord

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What an HTTP answer with this text is labelled as."""

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_USERINFO = re.compile(r"//[^/]*@")
_PAST_THE_PATH = re.compile(r"[?#].*$")

_Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Family:
    """One metric with its samples; without a sample it is left out."""

    name: str
    help: str
    samples: Sequence[tuple[_Labels, float]]
    kind: Literal["gauge", "counter"] = "gauge"


def prometheus_text(
    services: Sequence[ServiceRecord],
    open_incidents: Iterable[Incident],
    *,
    watching: bool,
    view_events: int = 0,
) -> str:
    """Everything that is watched, as Prometheus reads it.

    Args:
        services: The services as they stand.
        open_incidents: The incidents that are open.
        watching: Whether an engine is watching now; without one, all of this is as old as it is.
        view_events: How many reports of players were ever stored.
    """
    checks = [check for service in services for check in service.checks]
    families = [*_probe_families(checks), *_sentinel_families(services, open_incidents, watching)]
    families.append(_view_events_family(view_events))
    return "".join(line + "\n" for family in families for line in _lines(family))


def public_target(target: str) -> str:
    """What a check looks at, without the parts of a URL in which secrets travel."""
    return _PAST_THE_PATH.sub("", _USERINFO.sub("//", target))


def _probe_families(checks: Sequence[CheckRecord]) -> Iterator[_Family]:
    seen = [check for check in checks if check.outcome is not None]
    http = [check for check in seen if check.kind == "http"]
    yield _Family(
        "probe_success",
        "Whether the last look found the service answering as it should.",
        [
            (_labels(check), float(check.outcome is not Outcome.FAIL))
            for check in seen
            if check.outcome is not Outcome.INCONCLUSIVE
        ],
    )
    yield _Family(
        "probe_duration_seconds",
        "How long the last look took.",
        [(_labels(check), check.timings.total_ms / 1_000) for check in seen],
    )
    yield _Family(
        "probe_http_duration_seconds",
        "How long each phase of the last HTTP look took.",
        [
            ({**_labels(check), "phase": phase}, seconds)
            for check in http
            for phase, seconds in _phases_s(check).items()
        ],
    )
    yield _Family(
        "probe_http_status_code",
        "HTTP status of the last look, 0 without an answer.",
        [(_labels(check), float(check.status or 0)) for check in http],
    )
    yield _Family(
        "probe_ssl_earliest_cert_expiry",
        "When the certificate last seen ends, in seconds since 1970.",
        [
            (_labels(check), check.certificate_ends_ms / 1_000)
            for check in checks
            # A domain check keeps the end of a registration there, and sees no certificate.
            if check.certificate_ends_ms is not None and check.kind != "domain"
        ],
    )
    yield _Family(
        "sentinel_last_look_timestamp_seconds",
        "When the last look began, in seconds since 1970.",
        [(_labels(check), check.last_ms / 1_000) for check in checks if check.last_ms is not None],
    )


def _sentinel_families(
    services: Sequence[ServiceRecord], open_incidents: Iterable[Incident], watching: bool
) -> Iterator[_Family]:
    yield _Family(
        "sentinel_state",
        "1 for the state a service is in, 0 for every other.",
        [
            ({"service": service.id, "state": state}, float(service.state is state))
            for service in services
            for state in State
        ],
    )
    severities = [incident.severity for incident in open_incidents]
    yield _Family(
        "sentinel_incidents_open",
        "Incidents that are open.",
        [({"severity": severity}, float(severities.count(severity))) for severity in Severity],
    )
    yield _Family(
        "sentinel_watching",
        "Whether an engine is watching; where it is 0, everything else is as old as its last look.",
        [({}, float(watching))],
    )


def _view_events_family(view_events: int) -> _Family:
    return _Family(
        "sentinel_view_events_total",
        "Reports of players that were stored; repeated ones count once.",
        [({}, float(view_events))] if view_events else [],
        "counter",
    )


def _phases_s(check: CheckRecord) -> dict[str, float]:
    """Seconds by phase, under blackbox_exporter's names for the same stretches."""
    timings = check.timings
    phases_ms = {
        "resolve": timings.dns_ms,
        "connect": timings.connect_ms,
        "tls": timings.tls_ms,
        "processing": timings.first_byte_ms,
        "transfer": timings.body_ms,
    }
    return {phase: (took_ms or 0.0) / 1_000 for phase, took_ms in phases_ms.items()}


def _labels(check: CheckRecord) -> _Labels:
    target = public_target(check.target)
    return {"service": check.service, "check": check.name, "target": target}


def _lines(family: _Family) -> Iterator[str]:
    if not family.samples:
        return
    yield f"# HELP {family.name} {family.help}"
    yield f"# TYPE {family.name} {family.kind}"
    for labels, value in family.samples:
        pairs = ",".join(f'{name}="{text.translate(_ESCAPES)}"' for name, text in labels.items())
        braced = f"{{{pairs}}}" if pairs else ""
        # Fourteen digits hold an instant to the millisecond, and no noise of binary fractions.
        yield f"{family.name}{braced} {value:.14g}"
