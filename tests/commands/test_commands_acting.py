"""What the acting commands ask of the engine, and what they make of its answer."""

import json

import pytest

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.context import execute
from sentinel_tui.commands.spec import Danger
from sentinel_tui.errors import EngineError, EngineGone, UsageError

LOOK = {
    "service": "curator",
    "check": "http",
    "outcome": "ok",
    "latency_ms": 87.0,
    "error": "",
    "state": "UP",
}


@pytest.mark.parametrize(
    ("said", "verb", "arguments"),
    [
        ("probe curator", "probe", {"service": "curator"}),
        ("sonde", "probe", {}),
        ("réveille curator", "wake", {"service": "curator"}),
        ("reprends public", "resume", {"service": "public"}),
        ("acquitte 3", "acknowledge", {"alert": 3}),
        ("pause public", "pause", {"service": "public", "until_ms": None}),
    ],
)
def test_each_command_asks_for_one_thing(context, engine, said, verb, arguments):
    engine.answers = {
        "probe": {"looks": [LOOK]},
        "wake": {**LOOK, "cold_start_ms": 14_200.0},
        "resume": {},
        "acknowledge": {},
        "pause": {},
    }
    assert execute(said, context).exit_code == 0
    assert engine.asked == [(verb, arguments)]


def test_a_pause_for_a_while_ends_when_the_while_is_over(context, engine):
    engine.answers = {"pause": {}}
    execute("mets en pause public pour 2h", context)
    ((_, arguments),) = engine.asked
    assert arguments["until_ms"] == context.now_ms + 2 * 3_600_000


def test_a_probe_exits_with_the_worst_state_it_led_to(context, engine):
    down = {**LOOK, "service": "public", "outcome": "fail", "latency_ms": None, "state": "DOWN"}
    engine.answers = {"probe": {"looks": [LOOK, down]}}
    answer = execute("probe", context)
    assert answer.exit_code == 2
    assert json.loads(as_json(answer))["looks"] == [LOOK, down]
    assert "✖ DOWN" in as_text(answer)


def test_a_wake_tells_how_long_it_took_or_that_it_failed(context, engine):
    engine.answers = {"wake": {**LOOK, "cold_start_ms": 14_200.0}}
    assert "14s" in execute("wake curator", context).title
    late = {**LOOK, "state": "DOWN", "outcome": "fail", "error": "did not wake within 120 s"}
    engine.answers = {"wake": {**late, "cold_start_ms": None}}
    answer = execute("wake curator", context)
    assert answer.exit_code == 2
    assert "did not wake" in as_text(answer)


def test_a_restart_says_what_is_missing_and_offers_a_wake(context, engine):
    engine.answers = {"act": EngineError("not connected to Render yet", "wake curator")}
    answer = execute("restart curator", context)
    assert answer.exit_code == EngineError.exit_code
    assert "not connected" in as_text(answer)
    assert "wake curator" in as_text(answer)


@pytest.mark.parametrize("said", ["restart cur", "restrat curator", "pause cur", "acq 3"])
def test_a_guess_at_a_dangerous_command_asks_for_nothing(context, engine, said):
    answer = execute(said, context)
    assert answer.exit_code == UsageError.exit_code
    assert engine.asked == []


def test_without_an_engine_the_refusal_says_how_to_start_one(context, engine):
    engine.record = None
    answer = execute("wake curator", context)
    assert answer.exit_code == EngineGone.exit_code
    assert "sentinel engine" in as_text(answer)


def test_help_tells_of_each_command_in_both_languages(context):
    from sentinel_tui.commands.catalog import CATALOG

    overview = as_text(execute("help", context), None)
    for spec in CATALOG:
        assert spec.usage in overview
        text = as_text(execute(f"aide {spec.name}", context), None)
        assert all(word in text for word in (*spec.words_en, *spec.words_fr))
        assert ("in full" in text) == (spec.danger is not Danger.NONE)


def test_help_keys_lists_the_ids_it_was_given(context):
    from dataclasses import replace

    from sentinel_tui.commands.context import Key

    keys = (Key("probe.now", "n", "Look at the service now"),)
    text = as_text(execute("help keys", replace(context, keys=keys)))
    assert "probe.now" in text
