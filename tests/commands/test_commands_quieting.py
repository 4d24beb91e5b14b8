"""Silences, maintenance, and how the notification channels do."""

import json
from dataclasses import replace
from functools import partial

import pytest
from commands_past import EVERY_MS, START_MS

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.context import execute
from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.errors import UsageError
from sentinel_tui.store import recorder
from sentinel_tui.text import cell_width

HOUR_MS = 3_600_000
NOW_MS = START_MS + 60 * EVERY_MS


def lay(past, **changed):
    given = {
        "kind": SilenceKind.SILENCE,
        "match": "tag:shop",
        "start_ms": NOW_MS - 1_000,
        "end_ms": NOW_MS + HOUR_MS,
        "until_healthy": False,
        "reason": "moving house",
        "by": "cli",
    }
    return past.run(partial(recorder.add_silence, **(given | changed)))


def begun(match: str, services: list[str]) -> dict[str, object]:
    return {"silence": 4, "match": match, "services": services}


@pytest.mark.parametrize(
    ("said", "verb", "arguments"),
    [
        ("silence curator 2h", "silence", {"match": "curator", "until_ms": NOW_MS + 2 * HOUR_MS}),
        ("silence public until healthy", "silence", {"match": "public", "until_healthy": True}),
        (
            "maintenance tag:shop 1h until healthy because New disks",
            "maintenance",
            {
                "match": "tag:shop",
                "until_ms": NOW_MS + HOUR_MS,
                "until_healthy": True,
                "reason": "New disks",
            },
        ),
        ("unsilence 4", "unsilence", {"silence": 4}),
    ],
)
def test_each_command_asks_for_one_thing(context, engine, said, verb, arguments):
    engine.answers = {verb: begun("curator", ["curator"])}
    assert execute(said, context).exit_code == 0
    assert engine.asked == [(verb, arguments)]


def test_a_silence_says_what_it_covers_until_when_and_how_to_end_it(context, engine):
    engine.answers = {"silence": begun("public,curator", ["public", "curator"])}
    text = as_text(execute("silence public curator 2h", context), None)
    assert "public and curator" in text
    assert "`unsilence 4`" in text
    assert "until" in text.split("\n")[0]


def test_a_silence_over_nothing_is_pointed_out(context, engine):
    engine.answers = {"silence": begun("tag:shpo", [])}
    assert "No service" in as_text(execute("silence tag:shpo 2h", context))
    engine.answers = {"silence": begun("rule:degraded", [])}
    assert "single alerts" in as_text(execute("silence rule:degraded 2h", context))


@pytest.mark.parametrize("said", ["silence rule:dwon 2h", "silence colour:red 2h"])
def test_what_is_no_match_is_refused_before_anybody_is_asked(context, engine, said):
    answer = execute(said, context)
    assert answer.exit_code == UsageError.exit_code
    assert engine.asked == []


def test_silences_shows_what_goes_on_and_on_request_what_is_over(past, context):
    assert execute("silences", context).title == "Nothing is silenced"
    lay(past)
    lay(past, kind=SilenceKind.MAINTENANCE, match="public", end_ms=None, until_healthy=True)
    lay(past, start_ms=NOW_MS - 2 * HOUR_MS, end_ms=NOW_MS - HOUR_MS)
    answer = execute("silences", context)
    read = json.loads(as_json(answer))
    assert {one["match"] for one in read["silences"]} == {"tag:shop", "public"}
    text = as_text(answer)
    assert "moving house" in text
    assert "healthy" in text
    assert all(cell_width(line) <= 80 for line in text.split("\n"))
    assert len(json.loads(as_json(execute("silences all", context)))["silences"]) == 3


def test_without_channels_it_is_said_how_to_get_one(context):
    answer = execute("notify", context)
    assert answer.exit_code == 0
    assert "[[channels]]" in as_text(answer)


def test_a_channel_that_fails_is_told_with_its_error(past, context):
    past.run(partial(recorder.register_channels, channels=[("phone", "ntfy"), ("mail", "smtp")]))
    past.run(partial(recorder.queue_test, channel="phone", now_ms=NOW_MS - 60_000))
    message = past.run(partial(recorder.claim, channel="phone", now_ms=NOW_MS - 60_000, zone="UTC"))
    failed = partial(
        recorder.failed,
        key=message.key,
        at_ms=NOW_MS - 59_000,
        error="connection refused",
        final=False,
    )
    past.run(failed)
    answer = execute("notify", context)
    read = {one["name"]: one for one in json.loads(as_json(answer))["channels"]}
    assert answer.exit_code == 1
    assert read["phone"]["failing_since_ms"] == NOW_MS - 59_000
    assert read["mail"]["failing_since_ms"] is None
    assert "connection refused" in as_text(answer, None)
    assert "1 failing" in answer.title


def test_a_test_message_tells_how_it_went(context, engine):
    engine.answers = {"notify_test": {"channel": "phone", "sent": True, "error": ""}}
    assert execute("notify test phone", context).exit_code == 0
    engine.answers = {"notify_test": {"channel": "phone", "sent": False, "error": "401"}}
    answer = execute("notify test phone", context)
    assert answer.exit_code == 1
    assert "401" in answer.title
    assert engine.asked == [("notify_test", {"channel": "phone"})] * 2


def test_a_test_needs_a_channel_and_names_those_there_are(past, context, engine):
    past.run(partial(recorder.register_channels, channels=[("phone", "ntfy")]))
    answer = execute("notify test", context)
    assert answer.exit_code == UsageError.exit_code
    assert "phone" in as_text(answer)
    assert engine.asked == []


@pytest.mark.parametrize("said", ["silences", "notify", "slo", "incidents"])
def test_without_an_engine_every_reading_says_so(context, engine, said):
    engine.record = None
    answer = execute(said, context)
    assert json.loads(as_json(answer))["engine"]["watching"] is False
    assert answer.exit_code == 1


def test_an_end_on_another_day_is_told_with_its_date(past, context):
    lay(past, end_ms=NOW_MS + 48 * HOUR_MS)
    assert "2027-" in as_text(execute("silences", replace(context, now_ms=NOW_MS)))
