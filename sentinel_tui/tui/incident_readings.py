"""What the screen reads about incidents, run in the feed's thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.domain.monitoring.uptime import StateTimes
from sentinel_tui.domain.notifying.notices import Notice
from sentinel_tui.domain.records import AlertRecord, CheckRecord, LatencySummary, ServiceRecord
from sentinel_tui.tui.lost_views import read_lost_views, uncounted_libraries
from sentinel_tui.tui.view_models.cases import Case, View, lone_case, silence_over
from sentinel_tui.tui.view_models.incident import IncidentStory, Loss
from sentinel_tui.tui.view_models.outage import span_of, span_slices, with_outage
from sentinel_tui.tui.view_models.plot import Plot, plot
from sentinel_tui.tui.view_models.words import Times

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_CASES_PER_PAGE = 200
_MOST_OPEN = 1_000
_ALERTS_PER_CASE = 4
_MOST_MESSAGES = 500
_MOST_MARKS = 2_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides how an incident is to be taken, read once for all of them.

    Attributes:
        services: The services as they stand.
        silences: What is in force.
        acknowledged_s: For how long an acknowledgement counts.
        now_ms: The present.
    """

    services: Sequence[ServiceRecord]
    silences: Sequence[Silence]
    acknowledged_s: float
    now_ms: int

    @property
    def names(self) -> dict[str, str]:
        """What services are called, by id."""
        return {one.id: one.name for one in self.services}

    @property
    def tags(self) -> dict[str, Sequence[str]]:
        """The tags of services, by id."""
        return {one.id: one.tags for one in self.services}

    def case(self, incident: Incident, alerts: Sequence[AlertRecord]) -> Case:
        """An incident as it is to be taken now.

        Args:
            incident: The incident.
            alerts: Its alerts, newest first.
        """
        seen_ms = incident.acknowledged_ms
        case = Case(
            incident,
            tuple(alerts),
            acknowledged=seen_ms is not None
            and self.now_ms - seen_ms < self.acknowledged_s * 1_000,
        )
        if not incident.open:
            return case
        return replace(
            case,
            silence=silence_over(case.open_alerts, self.silences, self.tags),
            covered=tuple(
                one.id for one in self.services if one.suppressed_by in incident.services
            ),
        )


def read_surroundings(reader: Reader, now_ms: int, acknowledged_s: float) -> Surroundings:
    """Read what decides how incidents are to be taken."""
    return Surroundings(
        reader.services(), reader.silences(active_at_ms=now_ms), acknowledged_s, now_ms
    )


@dataclass(frozen=True, slots=True)
class CasesReading:
    """What the Alerts pane lists.

    Attributes:
        cases: Every open case and the past ones that were asked for, newest first.
        silences: What is in force.
        names: What services are called, by id.
        more: Whether there are more past ones.
    """

    cases: Sequence[Case]
    silences: Sequence[Silence]
    names: Mapping[str, str]
    more: bool = False

    @property
    def counts(self) -> dict[View, int]:
        """How many are in each view; what is silenced counts even while nothing is broken."""
        counts = {view: sum(case.view is view for case in self.cases) for view in View}
        counts[View.SILENCED] += len(self.silences)
        return counts


def read_open_cases(reader: Reader, around: Surroundings) -> list[Case]:
    """Read what is open, the newest first."""
    by_incident, lone = _by_incident(reader.alerts(open_only=True, limit=_MOST_OPEN))
    cases = [
        around.case(incident, by_incident.get(incident.id, ()))
        for incident in reader.incidents(open_only=True, limit=_MOST_OPEN)
    ]
    return [*cases, *map(lone_case, lone)]


def read_cases(reader: Reader, now_ms: int, acknowledged_s: float, pages: int) -> CasesReading:
    """Read every open case and so many pages of past ones."""
    around = read_surroundings(reader, now_ms, acknowledged_s)
    limit = _CASES_PER_PAGE * pages
    recent = reader.incidents(limit=limit)
    by_incident, lone = _by_incident(reader.alerts(limit=limit * _ALERTS_PER_CASE))
    past = [
        around.case(incident, by_incident.get(incident.id, ()))
        for incident in recent
        if not incident.open
    ]
    past += [lone_case(alert) for alert in lone if not alert.open]
    cases = [*read_open_cases(reader, around), *past]
    return CasesReading(cases, around.silences, around.names, more=len(recent) == limit)


def read_glimpse(reader: Reader, case: Case, names: Mapping[str, str]) -> IncidentStory:
    """Read what is told of a case below the rows."""
    incident = case.incident
    if not incident.id:
        return IncidentStory(case, names)
    return IncidentStory(
        case=replace(case, alerts=_alerts_of(reader, incident.id)),
        names=names,
        notices=_notices_of(reader, incident.id),
        notes=reader.notes(incident.id),
        timeline=reader.incident_timeline(incident.id),
    )


@dataclass(frozen=True, slots=True)
class IncidentReading:
    """The page of one incident.

    Attributes:
        story: What is told of it.
        root: The check whose latency is drawn, or None.
        chart: The latency around it, the outage marked, or None where nothing is drawn.
        numbers: The same in numbers.
    """

    story: IncidentStory
    root: CheckRecord | None = None
    chart: Plot | None = None
    numbers: LatencySummary | None = None


def read_incident(
    reader: Reader, incident_id: int, times: Times, acknowledged_s: float, dots: int
) -> IncidentReading | None:
    """Read the page of one incident; None when there is none of this number.

    Args:
        reader: The store.
        incident_id: Its number.
        times: How instants are told, on the axis of the chart.
        acknowledged_s: For how long an acknowledgement counts.
        dots: How many points of a chart can be told apart.
    """
    incident = reader.incident(incident_id)
    if incident is None:
        return None
    around = read_surroundings(reader, times.now_ms, acknowledged_s)
    case = around.case(incident, _alerts_of(reader, incident_id))
    messages = reader.messages(limit=_MOST_MESSAGES, since_ms=incident.opened_ms)
    story = replace(
        read_glimpse(reader, case, around.names),
        losses=_losses(reader, case, around),
        lost_views=read_lost_views(reader, incident, times),
        uncounted=uncounted_libraries(reader, incident),
        messages={message.key: message for message in messages},
    )
    root = next((one.primary for one in around.services if one.id in incident.services[:1]), None)
    if root is None:
        return IncidentReading(story)
    range_, cut_up = span_slices(incident, times.now_ms, root.interval_s, dots)
    points = reader.series(root.key, cut_up.start_ms, cut_up.end_ms, cut_up.count)
    drawn = plot(points, (), cut_up, range_, times)
    return IncidentReading(
        story,
        root,
        with_outage(drawn, incident, cut_up, times.now_ms),
        reader.summary(root.key, *span_of(incident, times.now_ms)),
    )


def read_marks(reader: Reader) -> tuple[int, ...]:
    """Instants worth jumping to: where incidents began and ended, ascending."""
    marks: set[int] = set()
    for incident in reader.incidents(limit=_MOST_MARKS):
        marks.add(incident.opened_ms)
        if incident.resolved_ms is not None:
            marks.add(incident.resolved_ms)
    return tuple(sorted(marks))


def _by_incident(
    alerts: Sequence[AlertRecord],
) -> tuple[dict[int, list[AlertRecord]], list[AlertRecord]]:
    """Alerts by the number of their incident, and those that are in none."""
    found: dict[int, list[AlertRecord]] = defaultdict(list)
    for alert in alerts:
        found[alert.incident].append(alert)
    return found, found.pop(0, [])


def _alerts_of(reader: Reader, incident_id: int) -> tuple[AlertRecord, ...]:
    return tuple(reversed(reader.incident_alerts(incident_id)))


def _notices_of(reader: Reader, incident_id: int) -> list[Notice]:
    found = reader.notices(incident_id)
    return sorted(found, key=lambda notice: notice.sent_ms or notice.created_ms)


def _losses(reader: Reader, case: Case, around: Surroundings) -> list[Loss]:
    """What an incident cost its services and those that it covered, the most downtime first.

    Failed looks of one that lasted for hours are counted from the beginning of its first hour.
    """
    incident = case.incident
    window = incident.opened_ms, incident.resolved_ms or around.now_ms
    times, looks = reader.state_times(*window), reader.summaries(*window)
    losses = []
    for service in around.services:
        if service.id in (*incident.services, *case.covered):
            down_ms = times.get(service.id, StateTimes()).down_ms
            failed = sum(
                looks[check.key].failures for check in service.checks if check.key in looks
            )
            losses.append(Loss(service.id, down_ms, failed))
    losses.sort(key=lambda loss: -loss.down_ms)
    return [loss for loss in losses if loss.down_ms or loss.failed_looks]
