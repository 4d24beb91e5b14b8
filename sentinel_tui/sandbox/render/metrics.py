"""Render's metrics of a service: how many instances ran, what came in, how busy it was."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from sentinel_tui.sandbox.render.service import FREE, Refused, RenderService
from sentinel_tui.sandbox.render.workspace import MINUTE_S, stamp

_MOST_POINTS = 12_000
_CPUS = {FREE: 0.1, "starter": 0.5, "standard": 1.0, "pro": 2.0}


def series(
    metric: str, service: RenderService, start_s: float, end_s: float, step_s: int
) -> dict[str, Any]:
    """One metric of one service as a series of points.

    Args:
        metric: Its name, as in the path.
        service: Of which service.
        start_s: From when,
        end_s: until when.
        step_s: How far the points lie apart.

    Raises:
        Refused: There is no such metric, or so many points are too many.
    """
    if metric not in _METRICS:
        raise Refused(404, f"not found: {metric}")
    if (end_s - start_s) / step_s > _MOST_POINTS:
        raise Refused(400, "too many points; ask for fewer, or further apart")
    unit, value_at = _METRICS[metric]
    values = []
    at_s = start_s - start_s % step_s
    while at_s <= end_s:
        value = value_at(service, at_s, step_s)
        if value is not None:
            values.append({"timestamp": stamp(at_s), "value": value, "unit": unit})
        at_s += step_s
    labels = [{"field": "resource", "value": service.id}]
    return {"labels": labels, "values": values, "unit": unit}


def _runs_at(service: RenderService, at_s: float) -> bool:
    if service.plan != FREE:
        return not service.suspenders
    last = bisect_right(service.ran, (at_s, math.inf)) - 1
    return last >= 0 and at_s < service.ran[last][1]


def _instances(service: RenderService, at_s: float, step_s: int) -> float | None:
    return service.instances if _runs_at(service, at_s) else 0


def _requests(service: RenderService, at_s: float, step_s: int) -> float | None:
    first, last = int(at_s // MINUTE_S), int((at_s + step_s - 1) // MINUTE_S)
    return sum(service.requests[minute] for minute in range(first, last + 1))


def _cpu(service: RenderService, at_s: float, step_s: int) -> float | None:
    """Cores that were busy; of what does not run there are no samples at all."""
    return service.load * _CPUS[service.plan] if _runs_at(service, at_s) else None


def _cpu_limit(service: RenderService, at_s: float, step_s: int) -> float | None:
    return _CPUS[service.plan]


_METRICS: dict[str, tuple[str, Callable[[RenderService, float, int], float | None]]] = {
    "instance-count": ("instances", _instances),
    "http-requests": ("requests", _requests),
    "cpu": ("cpu", _cpu),
    "cpu-limit": ("cpu", _cpu_limit),
}
