"""What the reading commands tell of a recorded past, and what they exit with."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from commands_past import EVERY_MS, START_MS, failed, good, hibernating

from sentinel_tui.commands.answers import Answer, as_json, as_text
from sentinel_tui.commands.catalog import BY_NAME
from sentinel_tui.commands.context import Context, execute, run
from sentinel_tui.commands.reading import Invocation
from sentinel_tui.commands.spec import Arguments
from sentinel_tui.commands.wording import exit_code
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity
from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import WorkerRecord
from sentinel_tui.errors import StoreError, UsageError
from sentinel_tui.store import recorder
from sentinel_tui.text import cell_width

LATER_MS = START_MS + 40 * EVERY_MS
READING = ("status", "metrics public", "alerts", "alerts all", "why public", "history", "help")


def data_of(answer: Answer) -> dict:
    read = json.loads(as_json(answer))
    assert read["exit_code"] == answer.exit_code
    return read


def take_down(past, service="public"):
    past.see(service, *(failed(LATER_MS + number * 5_000) for number in range(14)))


def test_all_is_well(context):
    answer = execute("status", context)
    read = data_of(answer)
    assert answer.exit_code == 0
    assert read["worst_state"] == "UP"
    assert [one["id"] for one in read["services"]] == ["curator", "monetizer", "public"]
    assert read["engine"]["watching"] is True
    assert all(service in as_text(answer) for service in ("curator", "monetizer", "public"))


def test_what_is_down_is_told_with_its_reason_and_its_cost(past, context):
    take_down(past)
    answer = execute("status", context)
    text = as_text(answer)
    assert answer.exit_code == 2
    assert data_of(answer)["worst_state"] == "DOWN"
    assert "✖ DOWN" in text
    assert "status 500" in text
    assert "public is DOWN" in text
    assert data_of(answer)["health"]["score"] < 100


def test_status_of_one_service_is_about_that_one(past, context):
    take_down(past)
    assert execute("status curator", context).exit_code == 0
    assert execute("status public", context).exit_code == 2
    assert [one["id"] for one in data_of(execute("status curator", context))["services"]] == [
        "curator"
    ]


@pytest.mark.parametrize("said", READING)
def test_answers_fit_eighty_cells_and_carry_no_escape_codes(past, context, said):
    take_down(past)
    text = as_text(execute(said, context), 80)
    assert all(cell_width(line) <= 80 for line in text.split("\n"))
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("said", [said for said in READING if said != "help"])
def test_without_an_engine_every_reading_says_so_and_is_not_well(context, engine, said):
    engine.record = None
    answer = execute(said, context)
    assert data_of(answer)["engine"]["watching"] is False
    assert answer.exit_code == 1


def test_status_without_an_engine_says_so_in_words(context, engine):
    engine.record = None
    assert "No engine is watching" in as_text(execute("status", context))


def test_an_engine_in_trouble_says_what_troubles_it(context, engine):
    engine.record = replace(engine.record, trouble="no space left", config_error="line 3 is off")
    text = as_text(execute("status", context))
    assert "no space left" in text
    assert "line 3 is off" in text


def test_a_worker_that_failed_is_named(context, engine):
    worker = WorkerRecord("probing", START_MS, failures=2, error="boom", retry_ms=START_MS)
    engine.record = replace(engine.record, workers=(worker,))
    text = as_text(execute("status", context))
    assert "probing" in text
    assert "boom" in text


def test_a_service_without_a_record_is_no_empty_answer(context):
    with pytest.raises(UsageError, match="newcomer"):
        run(Invocation(BY_NAME["status"], Arguments(service="newcomer")), context)


def test_an_instant_of_another_day_is_told_with_its_date(past, context):
    take_down(past)
    tomorrow = replace(context, now_ms=context.now_ms + 24 * 3_600_000)
    opened = datetime.fromtimestamp(LATER_MS / 1_000, UTC)
    assert f"{opened:%Y-%m-%d}" in as_text(execute("alerts", tomorrow))
    assert f"{opened:%Y-%m-%d}" not in as_text(execute("alerts", context))


def test_an_acknowledged_alert_stays_open_and_says_so(past, context):
    take_down(past)
    past.run(partial(recorder.acknowledge, alert_id=1, at_ms=LATER_MS, by="cli"))
    assert "(acknowledged)" in as_text(execute("alerts", context), None)
    assert "(acknowledged)" in as_text(execute("why public", context), None)
    assert execute("alerts", context).exit_code == 2


def test_an_alert_about_sentinel_itself_is_listed_too(past, context):
    reason = "the disk is full"
    finding = Finding("storage", Rule.STORAGE, True, Severity.WARNING, LATER_MS, reason)
    past.run(partial(recorder.raise_finding, finding=finding))
    answer = execute("alerts", context)
    assert "Sentinel" in as_text(answer)
    assert answer.exit_code == 1


def test_nothing_that_happened_is_said_in_words(context):
    much_later = replace(context, now_ms=context.now_ms + 7 * 24 * 3_600_000)
    assert execute("history public 1h", much_later).title.startswith("Nothing happened")


@pytest.mark.parametrize("said", READING)
def test_the_same_past_reads_the_same_twice(context, said):
    first, second = execute(said, context), execute(said, context)
    assert as_text(first) == as_text(second)
    assert as_json(first) == as_json(second)


def test_metrics_tell_the_latency_of_a_window(context):
    read = data_of(execute("metrics curator 24h", context))
    (check,) = read["checks"]
    assert check["looks"] == 40
    assert check["failures"] == 0
    assert 50 * 0.97 <= check["p50_ms"] <= check["p95_ms"] <= check["max_ms"] <= 56 * 1.03
    assert sum(point["looks"] for point in read["series"]) == check["looks"]
    assert read["until_ms"] - read["from_ms"] == 24 * 3_600_000


def test_metrics_of_a_time_without_looks_say_so(context):
    later = replace(context, now_ms=context.now_ms + 3_600_000)
    answer = execute("metrics curator 5m", later)
    assert "no looks" in as_text(answer)
    assert data_of(answer)["checks"][0]["p50_ms"] is None


def test_an_alert_is_listed_until_it_is_over_and_kept_afterwards(past, context):
    assert execute("alerts", context).title == "No open alerts"
    take_down(past)
    answer = execute("alerts", context)
    assert answer.exit_code == 2
    assert "CRITICAL" in as_text(answer)
    (alert,) = data_of(answer)["alerts"]
    past.see("public", *(good(LATER_MS + 100_000 + number * EVERY_MS) for number in range(5)))
    assert data_of(execute("alerts", context))["alerts"] == []
    (over,) = data_of(execute("alerts all", context))["alerts"]
    assert over["id"] == alert["id"]
    assert over["resolved_ms"] is not None


def test_alerts_can_be_asked_for_one_service(past, context):
    take_down(past)
    assert data_of(execute("alertes de curator", context))["alerts"] == []
    assert len(data_of(execute("alertes de public", context))["alerts"]) == 1


def test_history_tells_the_newest_first(past, context):
    take_down(past)
    read = data_of(execute("history public", context))
    instants = [event["at_ms"] for event in read["events"]]
    assert instants == sorted(instants, reverse=True)
    assert "DOWN" in [event["state"] for event in read["events"]]
    assert read["complete"] is True


def test_why_explains_state_failures_alert_and_what_comes_next(past, context):
    take_down(past)
    answer = execute("pourquoi public ne marche pas ?", context)
    text, read = as_text(answer), data_of(answer)
    assert answer.exit_code == 2
    assert "✖ DOWN" in answer.title
    assert "status 500" in text
    assert f"`ack {read['alerts'][0]['id']}`" in text
    assert read["failures"][0]["phase"] == "assertion"
    assert read["failures"][0]["kept"] == "Internal Server Error"
    assert read["health"]["losses"]
    assert read["next"]


def test_why_points_at_the_dependency_that_is_down(past, context):
    take_down(past, "public")
    assert "first" not in as_text(execute("why public", context))
    take_down(past, "monetizer")
    assert "Look at monetizer first" in as_text(execute("why public", context))
    assert "Needed by: public" in as_text(execute("why monetizer", context))


def test_why_tells_the_cold_start_of_a_service_that_sleeps(past, context):
    past.see("curator", hibernating(LATER_MS + 900_000), good(LATER_MS + 912_000))
    later = replace(context, now_ms=LATER_MS + 950_000)
    text = as_text(execute("why curator", later))
    assert "Last cold start: 12s" in text
    assert "expected 10s" in text


def test_why_tells_which_of_several_checks_is_to_blame(past, context):
    past.see("monetizer", *(failed(LATER_MS + n * 5_000) for n in range(14)), check="port")
    lines = as_text(execute("why monetizer", context), None).split("\n")
    (well,) = (line for line in lines if line.startswith("  http "))
    (ill,) = (line for line in lines if line.startswith("  port "))
    assert "● UP" in well
    assert "✖ DOWN" in ill


def test_why_tells_what_lies_over_a_service_and_what_stands_behind_it(past, context):
    silence = partial(
        recorder.add_silence,
        kind=SilenceKind.SILENCE,
        match="service:public",
        start_ms=LATER_MS,
        end_ms=context.now_ms + 3_600_000,
        until_healthy=False,
        reason="new disks",
        by="cli",
    )
    past.run(silence)
    past.run(partial(recorder.set_suppressed, service="public", parent="monetizer"))
    answer = execute("why public", context)
    assert "new disks" in as_text(answer, None)
    assert "`unsilence 1`" in as_text(answer, None)
    assert "no alarm of its own: monetizer" in as_text(answer, None)
    assert data_of(answer)["suppressed_by"] == "monetizer"
    assert "unsilence" not in as_text(execute("why curator", context), None)


def test_why_promises_nothing_when_nobody_watches(context, engine):
    engine.record = None
    assert data_of(execute("why curator", context))["next"].startswith("Nothing")


def test_nothing_recorded_yet_is_an_answer_with_a_way_out():
    def nobody(verb, **_):
        raise AssertionError(f"{verb} must not be asked")

    answer = execute("status", Context(None, nobody, START_MS, None))
    assert answer.exit_code == StoreError.exit_code
    assert "sentinel init" in as_text(answer)


def test_a_line_that_is_not_understood_is_a_usage_error_with_lines_to_type(context):
    answer = execute("metircs curator 24h", context)
    assert answer.exit_code == UsageError.exit_code
    assert data_of(answer)["suggestions"] == ["metrics curator 24h"]


def test_exit_codes_follow_the_worst_state():
    assert exit_code([State.UP, State.ASLEEP, State.MAINT, State.PAUSED]) == 0
    for state in (State.DEGRADED, State.SUSPECT, State.WAKING, State.FLAPPING, State.UNKNOWN):
        assert exit_code([State.UP, state]) == 1
        assert exit_code([State.DOWN, state]) == 2
