"""`plan`: what is kept awake when and why, and what another budget would buy."""

from __future__ import annotations

import json
from functools import partial

import pytest
from commands_plans import plan_of, visits

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.context import execute
from sentinel_tui.domain.keepalive.hours_ledger import HOUR_MS, Forecast
from sentinel_tui.errors import UsageError
from sentinel_tui.store.awake import add_visits
from sentinel_tui.store.plans import save_plan
from sentinel_tui.text import cell_width

NINE, TWENTY = 9, 20


@pytest.fixture
def planned(past, now_ms):
    """Curator is visited at nine each day, public at twenty; the plan knows of both."""
    known = {
        "curator": visits("curator", now_ms, NINE),
        "public": visits("public", now_ms, TWENTY),
    }
    for seen in known.values():
        past.run(partial(add_visits, visits=seen))
    made = plan_of(known, now_ms, budget_h=60.0, told=Forecast(40.0, 55.0, None, None))
    past.run(partial(save_plan, plan=made))
    return made


def read(said, context):
    return json.loads(as_json(execute(said, context)))


def test_a_plan_tells_of_each_service_when_it_is_kept_awake_and_why(planned, context):
    answer = execute("plan", context)
    text = as_text(answer, None)
    data = json.loads(as_json(answer))
    for day in data["services"]:
        assert day["service"] in text
        assert day["why"] in text
        assert len(day["hours"]) == 24
        assert len(day["week"]) == 168
        kept = [one for one in day["hours"] if one["kept"] >= 0.5]
        assert day["kept_hours"] == len(kept)
    (curator,) = (day for day in data["services"] if day["service"] == "curator")
    best = max(curator["hours"], key=lambda hour: hour["visits"])
    assert best["at_ms"] // HOUR_MS % 24 == NINE
    assert "09:00" in text
    assert f"one visit in {1 / planned.threshold:.0f} hours" in text
    assert "the hours last" in text
    assert all(cell_width(line) <= 80 for line in as_text(answer, 80).split("\n"))


def test_each_hour_of_one_service_is_told_with_visits_and_cost(planned, context):
    answer = execute("plan curator", context)
    (day,) = json.loads(as_json(answer))["services"]
    assert day["service"] == "curator"
    assert len(answer.table.rows) == 24
    nine = next(row for row in answer.table.rows if row[0] == "09:00")
    assert "kept awake" in nine[-1]
    assert sum(float(row[1]) for row in answer.table.rows) == pytest.approx(day["visits"], abs=0.2)


def test_more_hours_buy_more_and_nothing_is_changed(planned, context, engine):
    data = {
        budget: read(f"plan what if budget={budget}", context)["what_if"]
        for budget in (10, 60, 2_000)
    }
    kept = [sum(day["kept_hours"] for day in one["services"]) for one in data.values()]
    cold = [one["cold_a_week"] for one in data.values()]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]
    assert cold == sorted(cold, reverse=True)
    assert engine.asked == []
    assert data[60]["threshold"] == pytest.approx(planned.threshold, rel=0.5)
    assert "nothing is changed" in execute("plan budget=500", context).title


def test_hours_that_run_out_are_told_with_their_date_and_are_worth_a_look(past, context, now_ms):
    known = {"curator": visits("curator", now_ms, NINE)}
    gone_ms = now_ms + 30 * HOUR_MS
    made = plan_of(known, now_ms, told=Forecast(900.0, 990.0, gone_ms, gone_ms))
    past.run(partial(save_plan, plan=made))
    answer = execute("plan", context)
    assert answer.exit_code == 1
    assert "run out at 2027-01-" in as_text(answer, None)


def test_where_visitors_spend_everything_nothing_is_kept_awake_and_it_is_said(
    past, context, now_ms
):
    known = {"curator": visits("curator", now_ms, NINE)}
    made = plan_of(known, now_ms, budget_h=100.0, used_h=99.0)
    assert made.threshold is None
    past.run(partial(save_plan, plan=made))
    assert "visitors alone" in as_text(execute("plan", context), None)
    assert "no hours to spare" in as_text(execute("plan curator", context), None)


def test_without_a_plan_it_is_said_how_to_get_one(context):
    answer = execute("plan", context)
    assert "costs_hours" in as_text(answer, None)
    assert json.loads(as_json(answer))["plan"] is None


def test_a_service_that_costs_no_hours_has_no_plan(planned, context):
    answer = execute("plan monetizer", context)
    assert answer.exit_code == UsageError.exit_code
    assert "curator" in as_text(answer)
