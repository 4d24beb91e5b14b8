"""The month's hours, the modes, and how long wakes take."""

from __future__ import annotations

import json
from functools import partial

import pytest
from commands_past import EVERY_MS, START_MS, hibernating

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.context import execute
from sentinel_tui.domain.hosting import HostedService
from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.keepalive.hours_ledger import DAY_MS, HOUR_MS, Correction, month_of
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange, ModeSetting
from sentinel_tui.errors import UsageError
from sentinel_tui.store.awake import correct_hours, save_stretches
from sentinel_tui.store.hosting import save_services
from sentinel_tui.store.modes import change_mode, set_mode
from sentinel_tui.text import cell_width

NOW_MS = START_MS + 60 * EVERY_MS
MONTH = month_of(NOW_MS)


def read(said, context):
    return json.loads(as_json(execute(said, context)))


def keep_awake(past, service: str, hours_a_day: float, days: int) -> float:
    """Have a service awake for so long on each of the last days; returns the hours this month."""
    stretches = [
        Stretch(
            service,
            NOW_MS - number * DAY_MS - round(hours_a_day * HOUR_MS),
            NOW_MS - number * DAY_MS,
            Cause.PLAN,
        )
        for number in range(days)
    ]
    past.run(partial(save_stretches, stretches=stretches))
    return sum(
        max(0, one.end_ms - max(one.start_ms, MONTH.start_ms)) / HOUR_MS for one in stretches
    )


def test_where_nothing_costs_hours_it_is_said_what_would(context):
    answer = execute("hours", context)
    assert answer.exit_code == 0
    assert "costs_hours" in as_text(answer, None)


def test_the_month_adds_up_to_what_its_services_were_awake(past, context):
    spent_h = keep_awake(past, "curator", 6, 10) + keep_awake(past, "public", 2, 10)
    data = read("hours", context)
    assert data["used_h"] == pytest.approx(spent_h, abs=0.05)
    assert sum(one["used_h"] for one in data["services"]) == pytest.approx(spent_h, abs=0.05)
    assert data["left_h"] == pytest.approx(data["budget_h"] - spent_h, abs=0.05)
    days_left = (MONTH.end_ms - NOW_MS) / DAY_MS
    assert data["forecast_p50_h"] == pytest.approx(spent_h + 8 * days_left, rel=0.05)
    assert data["forecast_p90_h"] >= data["forecast_p50_h"]
    assert data["exhausted_p50_ms"] is None


def test_a_pace_that_cannot_last_is_told_with_the_day_it_ends(past, context):
    for service in ("curator", "monetizer", "public"):
        keep_awake(past, service, 23.9, 7)
    answer = execute("hours", context)
    data = json.loads(as_json(answer))
    assert answer.exit_code == 1
    assert NOW_MS <= data["exhausted_p50_ms"] < MONTH.end_ms
    assert "run out at 2027-01-" in as_text(answer, None)
    assert all(cell_width(line) <= 80 for line in as_text(answer, 80).split("\n"))


def test_what_nobody_can_know_is_said(past, context):
    keep_awake(past, "curator", 6, 2)
    alone = as_text(execute("hours", context), None)
    assert "own looks alone" in alone
    assert "hours is 312.5" in alone
    assert "before 2027-01-" in alone
    hosted = HostedService(
        "curator", "srv-1", "tea-1", "free", 1, (), auto_deploy=True, running=True, seen_ms=NOW_MS
    )
    past.run(partial(save_services, services=[hosted]))
    assert "own looks alone" not in as_text(execute("hours", context), None)


def test_a_correction_counts_from_when_it_was_read_off(past, context, engine):
    keep_awake(past, "curator", 6, 5)
    noted = Correction(NOW_MS - HOUR_MS, 312.5)
    past.run(partial(correct_hours, correction=noted, by="cli"))
    data = read("hours", context)
    assert data["used_h"] == pytest.approx(313.5, abs=0.05)
    assert data["correction"]["used_h"] == 312.5
    assert "312.5 h, which you read off" in as_text(execute("hours", context), None)
    engine.answers = {"correct_hours": {}}
    assert execute("hours is 400", context).exit_code == 0
    assert engine.asked == [("correct_hours", {"used_h": 400.0})]


def test_modes_are_told_with_their_reason_and_who_set_them(past, context):
    past.run(
        partial(
            change_mode, change=ModeChange("curator", NOW_MS - 60_000, Mode.ECONOMY, "set by you")
        )
    )
    past.run(
        partial(
            change_mode, change=ModeChange("public", NOW_MS - 50_000, Mode.NORMAL, "nothing else")
        )
    )
    setting = ModeSetting("curator", Mode.ECONOMY, NOW_MS - 60_000, NOW_MS + HOUR_MS, "tui")
    past.run(partial(set_mode, setting=setting))
    text = as_text(execute("mode", context), None)
    assert "1 economy" in text
    assert "2 normal" in text
    assert "curator economy until" in text
    assert "nothing else" in text
    data = read("mode curator", context)
    assert [one["service"] for one in data["modes"]] == ["curator"]
    assert [one["mode"] for one in data["history"]] == ["economy"]


def test_a_mode_is_set_as_it_was_said(context, engine):
    engine.answers = {"mode": {}}
    until_ms = NOW_MS + 2 * HOUR_MS
    for said, arguments in (
        ("mode economy curator", {"mode": "economy", "service": "curator"}),
        ("mode hyper-vigilant all for 2h", {"mode": "hyper-vigilant", "until_ms": until_ms}),
        ("mode auto curator", {"mode": "auto", "service": "curator"}),
    ):
        engine.asked.clear()
        assert execute(said, context).exit_code == 0
        assert engine.asked == [("mode", arguments)]


def test_a_mode_until_a_time_of_day_ends_at_the_next_one(context, engine):
    engine.answers = {"mode": {}}
    for said in ("00:00", "23:59"):
        execute(f"mode economy curator until {said}", context)
    for _, arguments in engine.asked:
        assert NOW_MS < arguments["until_ms"] <= NOW_MS + DAY_MS
    midnight_ms, before_ms = (arguments["until_ms"] for _, arguments in engine.asked)
    assert midnight_ms % DAY_MS == 0
    assert before_ms % DAY_MS == DAY_MS - 60_000


def test_a_mode_that_makes_no_sense_asks_for_nothing(context, engine):
    for said in (
        "mode economy",
        "mode auto curator for 2h",
        "mode economy curator until 18:00 for 2h",
        "mode economy curator until 2020-01-01 10:00",
        "mode economy curator until 25:00",
    ):
        assert execute(said, context).exit_code == UsageError.exit_code, said
    assert engine.asked == []


def test_cold_starts_are_told_with_who_met_them(past, context):
    past.see("curator", hibernating(NOW_MS - 60_000))
    met = Stretch("curator", NOW_MS - HOUR_MS, NOW_MS - HOUR_MS // 2, Cause.VISIT)
    past.run(partial(save_stretches, stretches=[met]))
    data = read("cold-starts", context)
    (curator,) = data["services"]
    assert curator["service"] == "curator"
    assert curator["met_by_people"] == 1
    assert execute("cold-starts curator 7d", context).exit_code == 0
