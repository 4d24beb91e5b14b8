"""What the page of one service reads, run in the feed's thread.

Apart from what the dashboard reads, which must not wait for what only this page needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.domain.keepalive import hours_ledger
from sentinel_tui.domain.keepalive.awake import people_met
from sentinel_tui.domain.keepalive.cold_start import slower_since
from sentinel_tui.domain.keepalive.week import cell_at
from sentinel_tui.domain.monitoring.matching import matches
from sentinel_tui.domain.monitoring.slo import Objective, budget
from sentinel_tui.domain.monitoring.uptime import StateTimes, Uptime
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.tui.readings import bar_window
from sentinel_tui.tui.view_models.cold_starts import ColdStarts
from sentinel_tui.tui.view_models.hosting import MOST_DEPLOYS, MOST_EVENTS
from sentinel_tui.tui.view_models.keeping import Keeping
from sentinel_tui.tui.view_models.modes import ModeSight
from sentinel_tui.tui.view_models.service import ServiceStory

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_DAY_MS = 86_400_000
_MONTH_MS = 30 * _DAY_MS
_STORY_BAR_CELLS = 48
_COLD_STARTS = 100
_ACTIONS_PER_PAGE = 6


def read_story(
    reader: Reader, service: str, now_ms: int, zone: str, objective: Objective | None = None
) -> ServiceStory | None:
    """Read the page of one service; None when there is no such service any more.

    Args:
        reader: The store.
        service: Its id.
        now_ms: The present.
        zone: The owner's time zone, in which its week is planned.
        objective: Which share of its time it should be up, or None.
    """
    services = reader.services()
    record = next((one for one in services if one.id == service), None)
    if record is None:
        return None
    start_ms, end_ms = bar_window(now_ms, _DAY_MS, _STORY_BAR_CELLS)
    times = reader.state_times(now_ms - _MONTH_MS, now_ms).get(service, StateTimes())
    return ServiceStory(
        service=record,
        uptime_24h=reader.uptimes(now_ms - _DAY_MS, now_ms).get(service, Uptime()),
        uptime_30d=times.uptime,
        latency_24h={
            check.key: reader.summary(check.key, now_ms - _DAY_MS, now_ms)
            for check in record.checks
        },
        bar=reader.state_cells(start_ms, end_ms, _STORY_BAR_CELLS).get(service, ()),
        failures=reader.failures(service),
        alerts=reader.alerts(service=service, limit=20),
        timeline=reader.timeline(now_ms - 7 * _DAY_MS, now_ms, service=service, limit=100),
        names={one.id: one.name for one in services},
        silences=[
            one
            for one in reader.silences(active_at_ms=now_ms)
            if matches(one.match, service=service, tags=record.tags)
        ],
        keeping=_read_keeping(reader, service, now_ms, zone),
        objective=objective,
        budget=None if objective is None else budget(times, objective),
    )


def _read_keeping(reader: Reader, service: str, now_ms: int, zone: str) -> Keeping:
    """Read how a service is kept awake and well.

    Args:
        reader: The store.
        service: Its id.
        now_ms: The present.
        zone: The owner's time zone, in which the week is planned.
    """
    plan = reader.plan()
    week = plan.weeks.get(service, ()) if plan is not None else ()
    return Keeping(
        mode=_mode(reader, service, now_ms),
        hosted=reader.hosted().get(service),
        week=week,
        planned_ms=plan.made_ms if plan is not None and week else None,
        profile=plan.profiles.get(service) if plan is not None else None,
        now_cell=cell_at(now_ms, zone),
        cold=_cold_starts(reader, service, now_ms),
        deploys=reader.deploys(service, limit=MOST_DEPLOYS),
        events=reader.host_events(service, limit=MOST_EVENTS),
        actions=reader.actions(service=service, limit=_ACTIONS_PER_PAGE),
    )


def _mode(reader: Reader, service: str, now_ms: int) -> ModeSight | None:
    change = reader.modes().get(service)
    if change is None:
        return None
    in_force = reader.mode_settings(active_at_ms=now_ms)
    settings = [one for one in in_force if one.service in ("", service)]
    # What is set for this service goes before what is set for all.
    setting = max(settings, key=lambda one: bool(one.service), default=None)
    return ModeSight(change, setting)


def _cold_starts(reader: Reader, service: str, now_ms: int) -> ColdStarts | None:
    starts = reader.cold_starts(service, _COLD_STARTS)
    if not starts:
        return None
    month = hours_ledger.month_of(now_ms)
    stretches = reader.awake(month.start_ms, now_ms)
    mine = [one for one in stretches if one.service == service]
    return ColdStarts(starts, people_met=people_met(mine) if mine else None, slower=_slower(starts))


def _slower(starts: Sequence[ColdStartRecord]) -> str:
    """Whether cold starts take longer since the last deploy than before it."""
    live = starts[0].deploy
    before = [one.duration_ms for one in starts if one.deploy != live]
    return slower_since(before, [one.duration_ms for one in starts if one.deploy == live])
