"""A year of weather in seconds: what is told against what is true."""

from __future__ import annotations

from bisect import bisect_right

import pytest
from domain_looks import HOUR, START_MS, S, apply
from domain_weather import (
    INTERVAL_S,
    OUTAGES,
    USUAL_MS,
    YEAR_MS,
    Kind,
    Log,
    Sky,
    Spell,
    Told,
    a_year,
    watch,
    works,
)

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds
from sentinel_tui.domain.monitoring.uptime import spans, state_times

RULES = Thresholds(usual_ms=USUAL_MS)
LATE_MS = round((INTERVAL_S + RULES.burst_s[-1]) * S)
"""A look sees what is true after this long at the latest."""

Year = tuple[list[Spell], Log]


SEED = 20


@pytest.fixture(scope="module")
def year() -> Year:
    spells = a_year(SEED)
    return spells, watch(Sky(SEED, spells), works(spells), RULES)


def during(spells: list[Spell], told: Told) -> Spell:
    """The spell in which an alert opened, or the one before it."""
    starts = [spell.start_ms for spell in spells]
    return spells[bisect_right(starts, told.opened.at_ms) - 1]


def alerts(year: Year, rule: Rule) -> list[tuple[Spell, Told]]:
    spells, log = year
    return [(during(spells, told), told) for told in log.alerts if told.opened.rule is rule]


def of_kind(year: Year, *kinds: Kind) -> list[Spell]:
    return [spell for spell in year[0] if spell.kind in kinds]


def test_the_year_had_weather_of_every_kind(year: Year) -> None:
    assert {spell.kind for spell in year[0]} == set(Kind)
    assert all(year[1].looks[outcome] for outcome in (Outcome.OK, Outcome.FAIL))
    assert year[1].looks[Outcome.INCONCLUSIVE]


def test_each_outage_is_told_once_and_nothing_else_is(year: Year) -> None:
    told = [spell for spell, _ in alerts(year, Rule.DOWN) if spell.kind is not Kind.FLAPPING]
    assert told == of_kind(year, *OUTAGES)


def test_an_outage_is_dated_as_it_was(year: Year) -> None:
    for spell, told in alerts(year, Rule.DOWN):
        if spell.kind in OUTAGES:
            assert spell.start_ms <= told.opened.at_ms <= spell.start_ms + LATE_MS
            assert told.ended is not None
            assert spell.end_ms <= told.ended.at_ms <= spell.end_ms + LATE_MS


def test_each_slow_stretch_is_told_once_and_no_outlier_is(year: Year) -> None:
    told = alerts(year, Rule.DEGRADED)
    assert [spell for spell, _ in told] == of_kind(year, Kind.SLOW)
    for spell, one in told:
        assert spell.start_ms <= one.opened.at_ms <= spell.start_ms + 4 * LATE_MS
        assert one.ended is not None
        assert one.ended.at_ms >= spell.end_ms


def test_each_hour_of_flapping_is_told_once_as_that(year: Year) -> None:
    told = alerts(year, Rule.FLAPPING)
    assert [spell for spell, _ in told] == of_kind(year, Kind.FLAPPING)
    for spell, one in told:
        assert one.ended is not None
        assert spell.end_ms - HOUR < one.ended.at_ms <= spell.end_ms + HOUR


def test_every_alarm_had_its_recovery(year: Year) -> None:
    assert all(told.ended is not None for told in year[1].alerts)


def test_the_time_down_is_the_true_one(year: Year) -> None:
    """But for what lay under a sheet, and for the looks it takes to see an end."""
    spells, log = year
    outages = of_kind(year, *OUTAGES)
    true_ms = sum(_seen_ms(spell) for spell in outages)
    changes = [(change.at_ms, change.after) for change in log.changes]
    calm = [spell for spell in spells if spell.kind is not Kind.FLAPPING]
    counted_ms = sum(
        state_times(spans(changes, [], spell.start_ms, spell.end_ms + HOUR)).down_ms
        for spell in calm
    )
    assert abs(counted_ms - true_ms) <= 2 * LATE_MS * len(outages)


def _seen_ms(spell: Spell) -> float:
    match spell.kind:
        case Kind.OUTAGE_UNSEEN:
            return (spell.end_ms - spell.start_ms) * 2 / 3
        case Kind.OUTAGE_MENDED:
            return (spell.end_ms - spell.start_ms) / 2
        case _:
            return spell.end_ms - spell.start_ms


def test_what_we_could_not_see_is_unknown_and_counts_nowhere(year: Year) -> None:
    changes = [(change.at_ms, change.after) for change in year[1].changes]
    for spell in of_kind(year, Kind.CUT):
        times = state_times(spans(changes, [], spell.start_ms + LATE_MS, spell.end_ms))
        assert set(times.by_state_ms) <= {State.UNKNOWN}


def test_work_in_a_maintenance_counts_nowhere(year: Year) -> None:
    changes = [(change.at_ms, change.after) for change in year[1].changes]
    for spell in of_kind(year, Kind.WORK):
        times = state_times(spans(changes, [], spell.start_ms, spell.end_ms))
        assert set(times.by_state_ms) == {State.MAINT}


def test_the_log_accounts_for_the_whole_year(year: Year) -> None:
    changes = [(change.at_ms, change.after) for change in year[1].changes]
    times = state_times(spans(changes, [], START_MS, START_MS + YEAR_MS))
    assert times.total_ms == YEAR_MS


def test_replaying_the_log_gives_the_same_states(year: Year) -> None:
    log, again = year[1], Log()
    check = CheckState()
    for event in log.events:
        check = apply(check, event, RULES)
        again.take(event, check)
    assert (again.state, again.changes) == (log.state, log.changes)
    assert [told.opened for told in again.alerts] == [told.opened for told in log.alerts]
