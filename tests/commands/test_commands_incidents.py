"""Incidents as whole stories: listed, told, exported, and answered by somebody."""

import json
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from commands_past import EVERY_MS, START_MS, failed, good

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.catalog import BY_NAME
from sentinel_tui.commands.context import execute
from sentinel_tui.commands.exporting.incident_page import incident_page
from sentinel_tui.commands.spec import Arguments
from sentinel_tui.commands.story import Story
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Orders
from sentinel_tui.errors import UsageError
from sentinel_tui.store import recorder
from sentinel_tui.text import cell_width

LATER_MS = START_MS + 40 * EVERY_MS
POLICY = NotifyPolicy(channels=(ChannelPolicy("phone"), ChannelPolicy("mail")))


def data_of(answer) -> dict:
    read = json.loads(as_json(answer))
    assert read["exit_code"] == answer.exit_code
    return read


@pytest.fixture
def outage(past):
    """`public` has been down for a while, and two channels are to be told of it."""
    past.order(Orders(policy=POLICY))
    past.run(partial(recorder.register_channels, channels=[("phone", "ntfy"), ("mail", "smtp")]))
    past.see("public", *(failed(LATER_MS + number * 5_000) for number in range(14)))
    return past


def recover(past, from_ms: int = LATER_MS + 100_000) -> None:
    past.see("public", *(good(from_ms + number * EVERY_MS) for number in range(5)))


def test_no_incidents_is_an_answer(context):
    answer = execute("incidents", context)
    assert answer.exit_code == 0
    assert answer.title.startswith("No incidents")
    assert data_of(answer)["incidents"] == []


def test_an_open_incident_is_listed_and_stays_listed_when_it_is_over(outage, context):
    answer = execute("incidents", context)
    assert answer.exit_code == 2
    (one,) = data_of(answer)["incidents"]
    assert one["services"] == ["public"]
    assert one["resolved_ms"] is None
    assert "public is DOWN" in as_text(answer)
    recover(outage)
    after = execute("incidents", context)
    assert after.exit_code == 0
    assert data_of(after)["incidents"][0]["resolved_ms"] is not None
    assert "public was down" in as_text(after)
    assert data_of(execute("incidents open", context))["incidents"] == []


def test_incidents_can_be_asked_for_one_service_and_one_time(outage, context):
    assert data_of(execute("incidents curator", context))["incidents"] == []
    assert len(data_of(execute("incidents public 1h", context))["incidents"]) == 1


def test_a_story_tells_what_was_lost_and_who_waits_to_be_told(outage, context):
    answer = execute("incident 1", context)
    text, read = as_text(answer, None), data_of(answer)
    assert answer.exit_code == 2
    assert "Lost: public was down for" in text
    assert "Waiting to be told: mail and phone" in text
    assert {one["channel"] for one in read["told"]} == {"phone", "mail"}
    assert [one["rule"] for one in read["alerts"]] == ["down"]
    instants = [one["at_ms"] for one in read["timeline"]]
    assert instants == sorted(instants)
    assert read["lost_ms"]["public"] > 0


def test_what_was_delivered_is_told_as_delivered(outage, context):
    later_ms = LATER_MS + 200_000
    message = outage.run(
        partial(recorder.claim, channel="phone", now_ms=later_ms, zone="UTC"),
    )
    outage.run(partial(recorder.delivered, key=message.key, at_ms=later_ms))
    text = as_text(execute("incident 1", context), None)
    assert "Told: phone." in text
    assert "Waiting to be told: mail." in text


def test_an_acknowledgement_and_a_note_are_part_of_the_story(outage, context):
    outage.run(partial(recorder.acknowledge_incident, incident_id=1, at_ms=LATER_MS, by="tui"))
    note = partial(
        recorder.add_note, incident_id=1, at_ms=LATER_MS + 1, by="cli", text="disk is full"
    )
    outage.run(note)
    answer = execute("incident 1", context)
    assert "Acknowledged by tui" in as_text(answer)
    assert "disk is full" in as_text(answer)
    assert data_of(answer)["notes"][0]["text"] == "disk is full"
    assert "(acknowledged)" in as_text(execute("incidents", context), None)


def test_an_unknown_incident_is_a_usage_error(context):
    answer = execute("incident 99", context)
    assert answer.exit_code == UsageError.exit_code
    assert "99" in answer.title


@pytest.mark.parametrize("said", ["incidents", "incident 1", "alerts past", "alerts silenced"])
def test_answers_fit_eighty_cells(outage, context, said):
    text = as_text(execute(said, context), 80)
    assert all(cell_width(line) <= 80 for line in text.split("\n"))
    assert text.replace("\n", "").isprintable()


def test_the_markdown_page_holds_the_whole_story(outage, context):
    outage.run(
        partial(recorder.add_note, incident_id=1, at_ms=LATER_MS, by="cli", text="`rm -rf` | [x]")
    )
    recover(outage)
    page = BY_NAME["incident"].markdown(context, Arguments(incident=1))
    assert page.startswith("# Incident 1: public was down")
    for heading in ("## What was lost", "## Alerts", "## Who was told", "## Notes", "## Timeline"):
        assert f"\n{heading}\n" in page
    assert "| public |" in page
    assert "| phone |" in page
    assert r"\`rm -rf\` \| \[x\]" in page
    assert "Method: " in page


def test_every_row_of_the_markdown_has_as_many_cells_as_its_heading(outage, context):
    page = BY_NAME["incident"].markdown(context, Arguments(incident=1))
    for block in page.split("\n\n"):
        rows = [line for line in block.split("\n") if line.startswith("|")]
        assert len({row.replace(r"\|", "").count("|") for row in rows}) <= 1


def test_the_page_of_a_trouble_of_sentinel_itself_is_whole_too():
    incident = Incident(
        id=4,
        cause="sentinel/storage",
        title="Sentinel has trouble with its store: the disk is full",
        severity=Severity.WARNING,
        services=(),
        opened_ms=START_MS,
        resolved_ms=START_MS + 60_000,
        reopened=2,
        acknowledged_ms=START_MS + 30_000,
        acknowledged_by="tui",
    )
    page = incident_page(Story(incident, (), (), (), (), {}), LATER_MS, ZoneInfo("UTC"))
    assert "had trouble" in page
    for told in ("Sentinel itself", "No service was down", "Nobody", "by tui", "2 times"):
        assert told in page


def test_an_incident_that_came_back_says_so(outage, context):
    recover(outage)
    again_ms = LATER_MS + 250_000
    outage.see("public", *(failed(again_ms + number * 5_000) for number in range(14)))
    text = as_text(execute("incident 1", context), None)
    assert "came back 1 time" in text
    assert len(data_of(execute("incidents", context))["incidents"]) == 1


def test_alerts_have_views(outage, context):
    assert len(data_of(execute("alerts open", context))["alerts"]) == 1
    assert data_of(execute("alerts acknowledged", context))["alerts"] == []
    assert data_of(execute("alerts silenced", context))["alerts"] == []
    assert data_of(execute("alerts past", context))["alerts"] == []
    outage.run(partial(recorder.acknowledge, alert_id=1, at_ms=LATER_MS, by="cli"))
    silence = partial(
        recorder.add_silence,
        kind=SilenceKind.SILENCE,
        match="public",
        start_ms=LATER_MS,
        end_ms=None,
        until_healthy=True,
        reason="",
        by="cli",
    )
    outage.run(silence)
    assert len(data_of(execute("alertes acquittées", context))["alerts"]) == 1
    assert len(data_of(execute("alerts silenced", context))["alerts"]) == 1
    recover(outage)
    assert data_of(execute("alerts open", context))["alerts"] == []
    assert len(data_of(execute("alerts past", context))["alerts"]) == 1


@pytest.mark.parametrize(
    ("said", "verb", "arguments"),
    [
        ("ack 3", "acknowledge", {"alert": 3}),
        ("ack incident 3", "acknowledge", {"incident": 3}),
        ("note 3 back in Ten minutes", "note", {"incident": 3, "text": "back in Ten minutes"}),
        ("escalade l'incident 3", "escalate", {"incident": 3}),
        ("deployed curator V1.4", "deployed", {"service": "curator", "text": "V1.4"}),
    ],
)
def test_each_answer_to_an_incident_asks_for_one_thing(context, engine, said, verb, arguments):
    engine.answers = {verb: {"channels": ["sms"]}}
    assert execute(said, context).exit_code == 0
    assert engine.asked == [(verb, arguments)]


def test_an_escalation_tells_whom_it_reached(context, engine):
    engine.answers = {"escalate": {"incident": 3, "channels": ["sms", "boss"]}}
    assert "told to sms and boss" in execute("escalate 3", context).title
