"""Acting on services: what is asked before, what is asked of the engine, and what is told after."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
from commands_past import EVERY_MS, START_MS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.catalog import CATALOG
from sentinel_tui.commands.confirming import asks_first, question_for
from sentinel_tui.commands.context import execute
from sentinel_tui.commands.parser import parse
from sentinel_tui.commands.reading import Invocation
from sentinel_tui.commands.spec import Danger
from sentinel_tui.domain.autonomy.actions import Action, Knob, Snapshot, Step, Tuning
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService
from sentinel_tui.errors import EngineError, UsageError
from sentinel_tui.store import actions as rows
from sentinel_tui.store.hosting import save_deploys, save_services
from sentinel_tui.store.tuning import add_tuning
from sentinel_tui.text import cell_width

SERVICES = ("curator", "monetizer", "public")
NOW_MS = START_MS + 60 * EVERY_MS
CONSIDERED = {
    "allowed": "do",
    "reason": "you asked for it",
    "consequence": "requests may fail meanwhile",
    "euros_per_month": 0.0,
    "type": "",
}
WISHES = [
    ("restart public", {"verb": "restart"}),
    ("deploy public", {"verb": "deploy"}),
    ("deploy public 3f2a91c", {"verb": "deploy", "commit": "3f2a91c"}),
    ("rollback public dep-abc", {"verb": "rollback", "deploy": "dep-abc"}),
    ("suspend public", {"verb": "suspend"}),
    ("unsuspend public", {"verb": "resume"}),
    ("scale public 3", {"verb": "scale", "instances": 3}),
    ("set-plan public starter", {"verb": "plan", "plan": "starter"}),
    ("autoscale public 1-3", {"verb": "autoscale", "on": True, "least": 1, "most": 3}),
    ("autoscale public off", {"verb": "autoscale", "on": False}),
    ("auto-deploy public off", {"verb": "auto-deploy", "on": False}),
]


def invocation(said):
    read = parse(said, SERVICES)
    assert isinstance(read, Invocation), read
    return read


def action(**changed):
    known = {
        "id": 0,
        "key": "k1",
        "service": "public",
        "verb": Verb.SCALE,
        "by": "scaling",
        "why": "busy for ten minutes",
        "automatic": True,
        "step": Step.WAITING,
        "created_ms": NOW_MS - 60_000,
        "arguments": {"instances": 2},
        "snapshot": Snapshot(instances=1, plan="starter"),
        "expires_ms": NOW_MS + 540_000,
        "euros_per_month": 7.0,
    }
    return Action(**(known | changed))


@pytest.fixture
def waiting(past):
    """An action that waits for a yes."""
    return past.run(partial(rows.propose, action=action()))


def test_each_wish_is_considered_and_then_asked_for_in_the_same_words(context, engine):
    engine.answers = {
        "consider": CONSIDERED,
        "act": {"action": 7, "step": "started", "note": "on its way"},
    }
    for said, wish in WISHES:
        engine.asked.clear()
        read = invocation(said)
        assert asks_first(read)
        assert "public" in question_for(read, context).title
        assert execute(said, context).exit_code == 0
        expected = {"service": "public", **wish}
        assert engine.asked == [("consider", expected), ("act", expected)]


def test_a_question_names_object_cost_and_consequence(context, engine):
    engine.answers = {
        "consider": CONSIDERED
        | {"euros_per_month": 18.0, "type": "public", "consequence": "it may restart"}
    }
    question = question_for(invocation("set-plan public standard"), context)
    assert question.title == "Put public on plan standard?"
    assert question.typed == "public"
    assert "It may restart." in question.lines
    assert any("18.00 € a month" in line for line in question.lines)


def test_a_cost_that_nobody_knows_is_never_told_as_none(past, context, engine):
    hosted = HostedService(
        "public", "srv-1", "tea-1", "starter", 1, (), auto_deploy=True, running=True, seen_ms=NOW_MS
    )
    past.run(partial(save_services, services=[hosted]))
    engine.answers = {"consider": CONSIDERED}
    question = question_for(invocation("set-plan public starter_plus"), context)
    assert any("not known" in line for line in question.lines)
    assert question.typed == "public"


def test_a_rollback_names_the_deploy_that_the_engine_found(context, engine):
    engine.answers = {"consider": CONSIDERED | {"arguments": {"deploy": "dep-before"}}}
    assert "dep-before" in question_for(invocation("rollback public"), context).title


def test_what_can_never_be_done_is_refused_before_anybody_is_asked(context, engine):
    refused = {"allowed": "refuse", "reason": "free services run one instance"}
    engine.answers = {"consider": CONSIDERED | refused}
    with pytest.raises(EngineError, match="free services run one instance"):
        question_for(invocation("scale public 3"), context)


def test_a_dry_run_is_not_asked_about_and_says_that_nothing_was_changed(context, engine):
    engine.answers = {"act": {"action": 7, "step": "dry run", "note": "it would be restarted"}}
    read = invocation("restart public dry-run")
    assert not asks_first(read)
    answer = execute("restart public dry-run", context)
    assert "nothing was changed" in answer.title
    ((_, arguments),) = engine.asked
    assert arguments["dry_run"] is True


def test_every_step_an_action_may_be_at_is_told_in_words(context, engine):
    for step in Step:
        engine.answers = {"act": {"action": 7, "step": step.value, "note": "Render said so"}}
        answer = execute("restart public", context)
        assert "action 7" in answer.title
        assert "Render said so" in as_text(answer)
        if step in (Step.PROPOSED, Step.WAITING):
            assert "`approve 7`" in as_text(answer)
        if step in (Step.FAILED, Step.NOT_EXECUTED, Step.CANCELLED, Step.EXPIRED):
            assert answer.exit_code == 1
            assert "nothing was changed" in answer.title


def test_actions_shows_what_waits_with_its_reason_cost_and_end(past, context, waiting):
    answer = execute("actions", context)
    text = as_text(answer, None)
    assert "scale public to 2 instances" in text
    assert "busy for ten minutes" in text
    assert "+7.00 € a month" in text
    assert f"`approve {waiting.id}`" in text
    assert answer.exit_code == 1
    assert json.loads(as_json(answer))["waiting"] == 1
    assert all(cell_width(line) <= 80 for line in as_text(answer, 80).split("\n"))
    for said in ("why public", "status"):
        assert "for your yes" in as_text(execute(said, context), None)


def test_a_yes_is_asked_for_what_the_action_would_do(context, engine, waiting):
    engine.answers = {
        "consider": CONSIDERED | {"type": "public"},
        "approve": {"action": waiting.id, "step": "done", "note": ""},
        "reject": {},
    }
    question = question_for(invocation(f"approve {waiting.id}"), context)
    assert question.title == "Scale public to 2 instances?"
    assert question.typed == "public"
    execute(f"approve {waiting.id}", context)
    execute(f"reject {waiting.id}", context)
    assert engine.asked[1:] == [
        ("approve", {"action": waiting.id}),
        ("reject", {"action": waiting.id}),
    ]


def test_what_is_undone_is_named_and_what_cannot_be_is_refused(past, context, engine, waiting):
    engine.answers = {"consider": CONSIDERED, "undo": {"action": 9, "step": "done", "note": ""}}
    assert "1 instance" in question_for(invocation(f"undo {waiting.id}"), context).title
    restart = past.run(
        partial(rows.propose, action=action(key="k2", verb=Verb.RESTART, arguments={}))
    )
    answer = execute(f"undo {restart.id}", context)
    assert answer.exit_code == UsageError.exit_code
    assert "cannot be taken back" in answer.title


def test_a_number_that_no_action_has_is_refused(context, engine):
    for said in ("approve 99", "reject 99", "undo 99", "audit action 99"):
        assert execute(said, context).exit_code == UsageError.exit_code
    assert engine.asked == []


def test_the_audit_tells_who_why_when_and_what_came_of_it(past, context, waiting):
    approved = partial(
        rows.advance,
        action_id=waiting.id,
        step=Step.APPROVED,
        at_ms=NOW_MS - 30_000,
        by="tui",
        text="yes, on the screen",
    )
    past.run(approved)
    text = as_text(execute("audit", context), None)
    assert "busy for ten minutes" in text
    assert "yes, on the screen" in text
    assert "Unchanged since it was written" in text
    one = execute(f"audit action {waiting.id}", context)
    assert [row[1] for row in one.table.rows] == ["waiting", "approved"]
    assert "Wanted by scaling by itself" in as_text(one, None)
    assert execute("audit curator", context).title.startswith("Nothing was done")


def test_an_audit_that_somebody_wrote_into_is_told(context, waiting, monkeypatch):
    monkeypatch.setattr(type(context.reader), "broken_audit_entry", lambda _: 1)
    answer = execute("audit", context)
    assert answer.exit_code == 2
    assert "Entry 1 is not as it was written" in as_text(answer, None)


def test_a_freeze_is_told_by_whoever_reads_next(past, context, engine):
    engine.answers = {"freeze": {}, "unfreeze": {}}
    assert execute("freeze because moving", context).exit_code == 0
    assert execute("unfreeze", context).exit_code == 0
    assert engine.asked == [("freeze", {"reason": "moving"}), ("unfreeze", {})]
    past.run(partial(rows.freeze, at_ms=NOW_MS, by="cli", reason="moving"))
    for said in ("actions", "status"):
        assert "FROZEN" in as_text(execute(said, context), None)
    by_file = replace(context, frozen_by_file=True)
    past.run(partial(rows.unfreeze, at_ms=NOW_MS, by="cli"))
    assert "FROZEN by a file" in as_text(execute("actions", by_file), None)


def test_tunings_are_told_with_their_evidence_and_taken_back_by_number(past, context, engine):
    made = past.run(
        partial(
            add_tuning,
            tuning=Tuning(
                "curator", "http", Knob.INTERVAL, 30.0, 60.0, "nothing changed in 90 days", NOW_MS
            ),
        )
    )
    text = as_text(execute("tune", context), None)
    assert "30s" in text
    assert "1m" in text
    assert "nothing changed in 90 days" in text
    engine.answers = {"undo_tuning": {}}
    assert execute(f"tune undo {made.id}", context).exit_code == 0
    assert engine.asked == [("undo_tuning", {"tuning": made.id})]
    assert execute("tune undo", context).exit_code == UsageError.exit_code


def test_deploys_keep_the_name_that_a_rollback_needs(past, context):
    told = [
        HostedDeploy(
            f"dep-cph1rs3idesc73a2b2m{number}",
            "public",
            status,
            "3f2a91c0d1e2",
            "Make the front page twice as fast for everybody",
            "new_commit",
            NOW_MS - number * 3_600_000,
            NOW_MS - number * 3_600_000 + 60_000,
        )
        for number, status in ((1, DeployStatus.LIVE), (2, DeployStatus.REPLACED))
    ]
    past.run(partial(save_deploys, deploys=told))
    answer = execute("deploys", context)
    shown = as_text(answer, 80)
    assert all(one.id in shown for one in told)
    assert all(cell_width(line) <= 80 for line in shown.split("\n"))
    assert f"`rollback public {told[1].id}`" in as_text(answer, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([spec for spec in CATALOG if spec.danger is Danger.CONFIRMED]), st.text())
def test_what_is_confirmed_never_runs_without_its_whole_name(spec, text):
    read = parse(text, SERVICES)
    if isinstance(read, Invocation) and read.spec is spec:
        assert any(word in text.casefold() for word in spec.words)
