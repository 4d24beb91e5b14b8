"""What the Status tab says about services, as lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from sentinel_tui.commands.overview import Watched
from sentinel_tui.domain.monitoring.health import Health, Loss
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.records import (
    CheckRecord,
    EngineRecord,
    LatencySummary,
    ServiceRecord,
    WorkerRecord,
)
from sentinel_tui.tui.cells import Tone, line_width, plain
from sentinel_tui.tui.view_models.engine import EngineSight, engine_line
from sentinel_tui.tui.view_models.status import (
    SORTS,
    bar_hours,
    gauge,
    health_lines,
    matches,
    service_rows,
)
from sentinel_tui.tui.view_models.words import STATE_TONES, Times, lasted, state_cell, uptime_bar

NOW_MS = 1_800_014_400_000
HOUR_MS = 3_600_000
TIMES = Times(UTC, "UTC", NOW_MS)


def watched(name: str, state: State = State.UP, latency_ms: float | None = 80.0) -> Watched:
    check = CheckRecord(1, name, "http", "http", "", 30, state, 0, "", latency_ms=latency_ms)
    record = ServiceRecord(name, name.title(), "public", state, 0, "", (check,), tags=("video",))
    hour = LatencySummary(p95_ms=latency_ms)
    return Watched(record, Uptime(up_ms=1), Uptime(up_ms=1), hour, Health(100, 100), ())


def keys(rows):
    return [row.key for row in rows]


def cell(row, column: str) -> str:
    return plain(row.cells[column])


@pytest.mark.parametrize("state", list(State))
def test_a_state_is_told_by_sign_and_word_and_tone(state):
    told = state_cell(state)
    sign, word = plain(told).split(" ")
    assert word == state
    assert len(sign) == 1
    assert told[0].tone is STATE_TONES[state]


def test_no_two_states_share_a_sign():
    assert len({plain(state_cell(state))[0] for state in State}) == len(State)


def test_the_worst_come_first_and_equals_keep_the_order_of_the_configuration():
    services = [
        watched("b"),
        watched("a"),
        watched("slow", State.DEGRADED),
        watched("down", State.DOWN),
    ]
    rows = service_rows(services, {}, TIMES)
    assert keys(rows) == ["down", "slow", "b", "a"]


@pytest.mark.parametrize(
    ("column", "first"), [("name", "alpha"), ("now", "slow"), ("p95", "slow"), ("state", "down")]
)
def test_rows_are_sorted_by_a_column(column, first):
    services = [watched("beta"), watched("alpha"), watched("slow", latency_ms=900.0)]
    services.append(watched("down", State.DOWN, None))
    assert keys(service_rows(services, {}, TIMES, sorted_by=column))[0] == first


def test_the_least_available_come_first():
    bad = replace(watched("bad"), uptime_24h=Uptime(up_ms=9, down_ms=1))
    unknown = replace(watched("unknown"), uptime_24h=Uptime())
    services = [unknown, watched("good"), bad]
    assert keys(service_rows(services, {}, TIMES, sorted_by="up24")) == ["bad", "good", "unknown"]


def test_every_sort_is_a_column():
    rows = service_rows([watched("a")], {}, TIMES)
    assert set(SORTS) <= set(rows[0].cells)


@pytest.mark.parametrize(
    ("words", "passes"),
    [
        ("", True),
        ("cura", True),
        ("CURA", True),
        ("mémoire", False),
        ("curator up", True),
        ("curator down", False),
        ("!down", True),
        ("!up", False),
        ("video", True),
        ("!", True),
    ],
)
def test_a_filter_wants_every_word_and_none_of_the_refused(words, passes):
    assert matches(words, "Curator curator UP video") is passes


def test_accents_do_not_keep_a_filter_from_finding():
    assert matches("memoire", "Mémoire")
    assert matches("mémoire", "MEMOIRE")


def test_what_was_not_measured_is_a_dash():
    row = service_rows([watched("a", latency_ms=None)], {}, TIMES)[0]
    assert cell(row, "now") == "–"
    assert cell(row, "cold") == "–"
    assert cell(row, "wake") == "–"


def test_the_next_wake_is_told_in_the_zone():
    record = replace(watched("a").record, next_wake_ms=NOW_MS + 5 * 60_000, cold_start_ms=4_230.0)
    one = replace(watched("a"), record=record)
    paris = Times(ZoneInfo("Europe/Paris"), "Europe/Paris", NOW_MS)
    assert cell(service_rows([one], {}, TIMES)[0], "wake") == "12:05"
    assert cell(service_rows([one], {}, paris)[0], "wake") == "13:05"
    assert cell(service_rows([one], {}, TIMES)[0], "cold") == "4.2 s"


def test_trouble_stands_out_of_the_bar_and_what_is_unknown_is_left_open():
    bar = uptime_bar([None, State.UNKNOWN, State.UP, State.UP, State.DOWN, State.ASLEEP])
    assert plain(bar) == "··━━✖z"


@pytest.mark.parametrize(("score", "full"), [(100, 10), (99.9, 9), (50, 5), (0, 0)])
def test_a_gauge_is_full_only_when_nothing_is_lost(score, full):
    assert plain(gauge(score, 10)) == "▰" * full + "▱" * (10 - full)


LOSSES = (Loss(60, "public is DOWN"), Loss(9.94, "curator is slow"), Loss(0.2, "a detail"))


def test_the_worst_reason_stands_beside_the_score_and_the_others_are_counted():
    told = health_lines(Health(29, 29, LOSSES), 4, 60, 1)
    assert len(told) == 1
    assert "29" in plain(told[0])
    assert "−60 public is DOWN" in plain(told[0])
    assert plain(told[0]).endswith("+2 more")
    assert line_width(told[0]) <= 60


def test_where_there_is_room_each_reason_has_a_line():
    told = [plain(one) for one in health_lines(Health(29, 29, LOSSES), 4, 100, 3)]
    assert len(told) == 3
    assert "−9.9 curator is slow" in told[1]
    assert "−0.2 a detail" in told[2]


@pytest.mark.parametrize("width", [30, 40, 60, 80, 200])
@pytest.mark.parametrize("most", [1, 2, 3])
@pytest.mark.parametrize("reasons", [0, 1, 2, 3, 9])
def test_health_keeps_to_its_room(width, most, reasons):
    losses = (LOSSES * 3)[:reasons]
    told = health_lines(Health(20, 29, losses), 4, width, most)
    assert len(told) == min(most, max(1, reasons))
    assert all(line_width(one) <= width for one in told)


def test_what_is_not_known_widens_the_score():
    assert "40–100" in plain(health_lines(Health(40, 100), 1, 80, 1)[0])


def test_a_score_is_not_rounded_up_to_perfect():
    assert " 99 " in plain(health_lines(Health(99.8, 99.8, LOSSES[2:]), 1, 80, 1)[0])


def test_without_services_there_is_no_score():
    assert "nothing is watched" in plain(health_lines(Health(0, 100), 0, 80, 1)[0])


ENGINE = EngineRecord(4711, "here", "0.1", NOW_MS - HOUR_MS, NOW_MS)


def told(sight: EngineSight, width: int = 120) -> str:
    return plain(engine_line(sight, TIMES, width))


def test_a_watching_engine_is_named_with_the_way_to_stop_it():
    text = told(EngineSight(ENGINE, runs=True))
    assert "engine 4711 watches since 11:00" in text
    assert "sentinel stop" in text


def test_that_nobody_watches_is_told_loudly_with_the_remedy():
    sight = EngineSight(replace(ENGINE, stopped_ms=NOW_MS - 60_000), runs=False)
    spans = engine_line(sight, TIMES, 120)
    assert spans[0].tone is Tone.BAD
    assert "No engine is watching since 11:59" in plain(spans)
    assert "e starts one" in plain(spans)


def test_why_an_engine_could_not_start_is_told():
    assert "port taken" in told(EngineSight(None, runs=False, failure="port taken"))


def test_an_engine_that_is_being_started_is_no_alarm():
    assert "starting" in told(EngineSight(None, runs=False, starting=True))


@pytest.mark.parametrize(
    ("sight", "words"),
    [
        (EngineSight(replace(ENGINE, trouble="disk full"), runs=True), "cannot record: disk full"),
        (EngineSight(replace(ENGINE, config_error="line 3"), runs=True), "old configuration"),
        (EngineSight(replace(ENGINE, lag_s=4.0), runs=True), "4.0 s late"),
        (EngineSight(ENGINE, runs=True, store_trouble="too new"), "too new"),
        (
            EngineSight(
                replace(ENGINE, workers=(WorkerRecord("rollup", 0, 3, "boom", NOW_MS + 5_000),)),
                runs=True,
            ),
            "worker rollup failed, starts again 12:00:05: boom",
        ),
    ],
)
def test_what_troubles_the_engine_is_told(sight, words):
    assert words in told(sight)


def test_several_troubles_show_the_worst_and_count_the_others():
    sight = EngineSight(replace(ENGINE, trouble="disk full", config_error="line 3"), runs=True)
    assert "cannot record: disk full" in told(sight, 60)
    assert told(sight, 60).endswith("+1 more")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "under 1m"), (59, "under 1m"), (60, "1m"), (3_599, "59m"), (3_600, "1h 00m")],
)
def test_what_lasts_is_told_to_the_minute(seconds, text):
    assert lasted(seconds) == text


def test_a_date_is_told_only_where_it_is_another_day():
    assert TIMES.minute(NOW_MS - HOUR_MS) == "11:00"
    assert TIMES.minute(NOW_MS - 24 * HOUR_MS) == "14 Jan 12:00"
    assert TIMES.minute(NOW_MS - 400 * 24 * HOUR_MS).startswith("2025-")


@pytest.mark.parametrize(
    ("watched_h", "hours"), [(0, 1), (0.5, 1), (1, 1), (1.1, 3), (5, 6), (11, 12), (700, 12)]
)
def test_bars_reach_no_further_than_there_is_something_to_show(watched_h, hours):
    assert bar_hours(round(watched_h * HOUR_MS)) == hours
