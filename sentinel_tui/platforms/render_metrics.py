"""Render's metrics by service and minute.

That a request counts once in the minute it came in, and that an instance counts one while it runs,
is how Render shows them; its description does not say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from sentinel_tui.platforms.render import Series

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a metric said of one minute.

    Attributes:
        at_ms: When the minute began.
        value: Requests, instances, or a share from 0 to 1.
    """

    at_ms: int
    value: float


Readings = dict[str, tuple[Reading, ...]]
"""The readings of each service by Sentinel's id, the oldest first."""


def instance_counts(series: Sequence[Series], names: Mapping[str, str]) -> Readings:
    """How many instances of each service ran in each minute: the most there were at once.

    Args:
        series: The metric `instance-count`.
        names: Sentinel's id of each service that was asked for, by Render's.
    """
    return _by_minute(series, names, within=max, across=sum)


def http_requests(series: Sequence[Series], names: Mapping[str, str]) -> Readings:
    """How many requests reached each service in each minute, whatever it answered.

    Args:
        series: The metric `http-requests`; of several series of one service the sum counts, as
            where they are told apart by status.
        names: Sentinel's id of each service that was asked for, by Render's.
    """
    return _by_minute(series, names, within=sum, across=sum)


def cpu_shares(
    used: Sequence[Series], limits: Sequence[Series], names: Mapping[str, str]
) -> Readings:
    """How much of the CPU it may use each service used in each minute, over all its instances.

    Args:
        used: The metric `cpu`.
        limits: The metric `cpu-limit`, in the same unit.
        names: Sentinel's id of each service that was asked for, by Render's.
    """
    mean_use = _by_minute(used, names, within=fmean, across=fmean)
    mean_limit = _by_minute(limits, names, within=fmean, across=fmean)
    return {
        service: tuple(
            Reading(one.at_ms, one.value / limit)
            for one in readings
            if (limit := _last_until(mean_limit.get(service, ()), one.at_ms)) > 0
        )
        for service, readings in mean_use.items()
    }


def _last_until(readings: Sequence[Reading], at_ms: int) -> float:
    """The value that held at an instant; the first one where none was there yet, 0 for none."""
    if not readings:
        return 0.0
    earlier = [one.value for one in readings if one.at_ms <= at_ms]
    return earlier[-1] if earlier else readings[0].value


def _by_minute(
    series: Sequence[Series],
    names: Mapping[str, str],
    *,
    within: Callable[[list[float]], float],
    across: Callable[[list[float]], float],
) -> Readings:
    """Series as readings: values of one minute and series `within`, then of all `across`."""
    found: dict[str, dict[int, list[float]]] = {}
    for one in series:
        service = _service_of(one, names)
        if service is None:
            continue
        minutes = found.setdefault(service, {})
        for at_ms, values in _grouped(one):
            minutes.setdefault(at_ms, []).append(within(values))
    return {
        service: tuple(Reading(at_ms, across(values)) for at_ms, values in sorted(minutes.items()))
        for service, minutes in found.items()
    }


def _grouped(series: Series) -> Iterable[tuple[int, list[float]]]:
    minutes: dict[int, list[float]] = {}
    for sample in series.values:
        at_ms = round(sample.timestamp.timestamp() * 1_000)
        minutes.setdefault(at_ms - at_ms % MINUTE_MS, []).append(sample.value)
    return minutes.items()


def _service_of(series: Series, names: Mapping[str, str]) -> str | None:
    """Whose series it is, by whichever label holds an id; the only one's where none does."""
    for label in series.labels:
        value = str(label.get("value", ""))
        if value in names:
            return names[value]
    return next(iter(names.values())) if len(names) == 1 else None
