"""The steps of an action, the last look before it is sent, and what takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sentinel_tui.domain.autonomy.actions import (
    ENDED,
    Action,
    Snapshot,
    Step,
    allowed,
    recheck,
)
from sentinel_tui.domain.autonomy.policy import APPROVAL_MS, Verb
from sentinel_tui.domain.autonomy.undoing import undo_of

NOW = 1_800_000_000_000
THEN = Snapshot(live_deploy="dep-2", instances=2, plan="starter", auto_deploy=True)


def action(verb: Verb, **arguments: str | int | bool) -> Action:
    return Action(
        id=7,
        key="key",
        service="public",
        verb=verb,
        by="healing",
        why="it is down",
        automatic=True,
        step=Step.APPROVED,
        created_ms=NOW - 2_000,
        approved_ms=NOW - 1_000,
        arguments=arguments,
        snapshot=THEN,
    )


class TestSteps:
    def test_nothing_follows_from_an_end_and_nothing_leads_back(self) -> None:
        order = [Step.PROPOSED, Step.WAITING, Step.APPROVED, Step.STARTED, Step.DONE]
        for number, earlier in enumerate(order):
            for later in order[number + 1 :]:
                assert not allowed(later, earlier)
        assert not any(allowed(ended, step) for ended in ENDED for step in Step)
        assert not any(allowed(step, step) for step in Step)

    def test_every_step_can_be_reached_and_left_until_it_is_an_end(self) -> None:
        reached = {Step.PROPOSED}
        for _ in Step:
            reached |= {there for here in reached for there in Step if allowed(here, there)}
        assert reached == set(Step)
        assert all(any(allowed(step, other) for other in Step) for step in set(Step) - ENDED)

    def test_an_action_has_ended_where_nothing_follows(self) -> None:
        for step in Step:
            wanted = replace(action(Verb.RESTART), step=step)
            assert wanted.ended != any(allowed(step, other) for other in Step)

    def test_nothing_is_sent_that_was_not_approved(self) -> None:
        assert [step for step in Step if allowed(step, Step.STARTED)] == [Step.APPROVED]

    def test_what_was_begun_is_never_simply_taken_back(self) -> None:
        assert not allowed(Step.STARTED, Step.CANCELLED)
        assert not allowed(Step.STARTED, Step.EXPIRED)


class TestRecheck:
    def check(self, wanted: Action, now: Snapshot = THEN, **change: bool | int) -> str:
        facts = {"frozen": False, "deploying": False, "now_ms": NOW, **change}
        return recheck(wanted, now, **facts)  # type: ignore[arg-type] (facts fit)

    def test_what_still_holds_is_sent(self) -> None:
        assert self.check(action(Verb.RESTART)) == ""
        assert self.check(replace(action(Verb.RESTART), approved_ms=None)) == ""

    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"live_deploy": "dep-3"}, "dep-3 is live now"),
            ({"live_deploy": ""}, "nothing is live now"),
            ({"instances": 3}, "scaled to 3"),
            ({"plan": "pro"}, "plan is pro"),
            ({"suspended": True}, "suspended now"),
            ({"auto_deploy": False}, "auto-deploy is off"),
        ],
    )
    def test_any_difference_stops_it_and_is_named(
        self, change: dict[str, object], word: str
    ) -> None:
        now = replace(THEN, **change)  # type: ignore[arg-type] (fields of it)
        assert word in self.check(action(Verb.RESTART), now)
        assert self.check(action(Verb.WAKE), now) == ""

    def test_a_suspension_that_ended_is_a_difference_too(self) -> None:
        wanted = replace(action(Verb.RESUME), snapshot=replace(THEN, suspended=True))
        assert "no longer suspended" in self.check(wanted)

    def test_a_freeze_a_deploy_and_an_old_yes_stop_it(self) -> None:
        wanted = action(Verb.SCALE, instances=3)
        assert "unfreeze" in self.check(wanted, frozen=True)
        assert "deploy of public" in self.check(wanted, deploying=True)
        assert self.check(wanted, now_ms=NOW - 1_000 + APPROVAL_MS) == ""
        assert "10 minutes" in self.check(wanted, now_ms=NOW - 999 + APPROVAL_MS)

    def test_a_freeze_stops_even_a_wake(self) -> None:
        assert self.check(action(Verb.WAKE), frozen=True)

    @pytest.mark.parametrize("step", [step for step in Step if step is not Step.APPROVED])
    def test_only_what_is_approved_is_sent(self, step: Step) -> None:
        assert str(step) in self.check(replace(action(Verb.RESTART), step=step))


class TestUndoing:
    @pytest.mark.parametrize(
        ("done", "undo"),
        [
            (action(Verb.DEPLOY, commit="abc"), (Verb.ROLLBACK, {"deploy": "dep-2"})),
            (action(Verb.ROLLBACK, deploy="dep-1"), (Verb.ROLLBACK, {"deploy": "dep-2"})),
            (action(Verb.SCALE, instances=5), (Verb.SCALE, {"instances": 2})),
            (action(Verb.PLAN, plan="pro"), (Verb.PLAN, {"plan": "starter"})),
            (action(Verb.SUSPEND), (Verb.RESUME, {})),
            (action(Verb.AUTOSCALE, least=1, most=3), (Verb.AUTOSCALE, {"on": False})),
            (action(Verb.AUTOSCALE, on=False), None),
            (action(Verb.AUTO_DEPLOY, on=False), (Verb.AUTO_DEPLOY, {"on": True})),
            (action(Verb.RESTART), None),
            (action(Verb.WAKE), None),
            (action(Verb.RESUME), None),
        ],
    )
    def test_each_action_is_taken_back_by_the_state_before_it(
        self, done: Action, undo: tuple[Verb, Mapping[str, object]] | None
    ) -> None:
        assert undo_of(done, THEN) == undo

    def test_what_was_suspended_is_suspended_again(self) -> None:
        assert undo_of(action(Verb.RESUME), replace(THEN, suspended=True)) == (Verb.SUSPEND, {})

    @pytest.mark.parametrize("verb", [Verb.DEPLOY, Verb.PLAN, Verb.SUSPEND])
    def test_without_a_known_state_before_nothing_can_be_taken_back(self, verb: Verb) -> None:
        unknown = Snapshot(suspended=True)
        assert undo_of(action(verb), unknown) is None
