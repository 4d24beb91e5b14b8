"""Objectives: what is left of their budgets, and how fast they burn."""

import json
from dataclasses import replace

from commands_past import EVERY_MS, START_MS, failed

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.context import execute
from sentinel_tui.domain.monitoring.slo import METHOD, Objective
from sentinel_tui.text import cell_width

LATER_MS = START_MS + 40 * EVERY_MS
OBJECTIVES = {"public": Objective(0.999), "curator": Objective(0.99)}


def data_of(answer) -> dict:
    return json.loads(as_json(answer))


def test_without_an_objective_it_is_said_how_to_set_one(context):
    answer = execute("slo", context)
    assert answer.exit_code == 0
    assert "objective = " in as_text(answer)


def test_a_service_that_is_well_has_its_whole_budget(context):
    answer = execute("slo", replace(context, objectives=OBJECTIVES))
    assert answer.exit_code == 0
    for one in data_of(answer)["objectives"]:
        assert one["left"] == 1
        assert one["spent_s"] == 0
        assert set(one["burn"].values()) == {0.0}
    assert METHOD in " ".join(as_text(answer, None).split())


def test_an_outage_spends_the_budget_and_burns(past, context):
    past.see("public", *(failed(LATER_MS + number * 5_000) for number in range(14)))
    answer = execute("slo public", replace(context, objectives=OBJECTIVES))
    (public,) = data_of(answer)["objectives"]
    assert public["service"] == "public"
    assert public["spent_s"] == (context.now_ms - LATER_MS) / 1_000
    assert public["left"] == 1 - public["spent_s"] / public["budget_s"]
    assert public["burn"]["1h"] > 1
    assert all(cell_width(line) <= 80 for line in as_text(answer, 80).split("\n"))


def test_an_objective_that_is_missed_needs_a_look(past, context):
    past.see("public", *(failed(LATER_MS + number * 5_000) for number in range(14)))
    later = replace(context, objectives=OBJECTIVES, now_ms=context.now_ms + 3_600_000)
    answer = execute("slo", later)
    assert answer.exit_code >= 1
    assert "1 missed" in answer.title
