"""What is refused beforehand, what a change costs, and what helped before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sentinel_tui.domain.autonomy.learning import Success, success
from sentinel_tui.domain.autonomy.policy import Past, Verb
from sentinel_tui.domain.autonomy.prices import DOLLARS_PER_MONTH, added_euros
from sentinel_tui.domain.autonomy.refusals import refusals
from sentinel_tui.domain.hosting import HostedService

PAID = HostedService(
    "shop", "srv-1", "tea-1", "starter", 2, (), auto_deploy=True, running=True, seen_ms=0
)
FREE = replace(PAID, plan="free", instances=1)
OURS = replace(PAID, suspenders=("user",))
BILLED = replace(FREE, suspenders=("billing",))


@pytest.mark.parametrize(
    ("verb", "arguments", "hosted", "word"),
    [
        (Verb.RESTART, {}, None, "render_service_id"),
        (Verb.RESTART, {}, OURS, "resume it first"),
        (Verb.DEPLOY, {}, BILLED, "billing"),
        (Verb.WAKE, {}, BILLED, "no request wakes it"),
        (Verb.RESUME, {}, PAID, "not suspended"),
        (Verb.RESUME, {}, BILLED, "free hours"),
        (Verb.RESUME, {}, replace(PAID, suspenders=("admin",)), "admin"),
        (Verb.SUSPEND, {}, OURS, "already"),
        (Verb.SCALE, {"instances": 2}, FREE, "starter or above"),
        (Verb.SCALE, {"instances": 2}, PAID, "already"),
        (Verb.SCALE, {"instances": 0}, PAID, "1 to 100"),
        (Verb.SCALE, {}, PAID, "1 to 100"),
        (Verb.AUTOSCALE, {"least": 1, "most": 3}, FREE, "Pro workspace"),
        (Verb.AUTOSCALE, {"least": 3, "most": 3}, PAID, "larger one"),
        (Verb.AUTOSCALE, {"least": 1, "most": 3, "cpu_percent": 95}, PAID, "90 percent"),
        (Verb.PLAN, {"plan": "starter"}, PAID, "on starter already"),
        (Verb.PLAN, {"plan": "golden"}, PAID, "no plan 'golden'"),
        (Verb.AUTO_DEPLOY, {"on": True}, PAID, "on already"),
        (Verb.AUTO_DEPLOY, {"on": False}, replace(PAID, auto_deploy=False), "off already"),
    ],
)
def test_what_the_platform_would_refuse_is_said_beforehand(
    verb: Verb, arguments: dict[str, str | int | bool], hosted: HostedService | None, word: str
) -> None:
    assert word in refusals(verb, arguments, hosted)


@pytest.mark.parametrize(
    ("verb", "arguments", "hosted"),
    [
        (Verb.WAKE, {}, None),
        (Verb.WAKE, {}, FREE),
        (Verb.RESTART, {}, FREE),
        (Verb.RESUME, {}, OURS),
        (Verb.SUSPEND, {}, FREE),
        (Verb.SCALE, {"instances": 3}, PAID),
        (Verb.AUTOSCALE, {"least": 1, "most": 3}, PAID),
        (Verb.AUTOSCALE, {"on": False}, FREE),
        (Verb.PLAN, {"plan": "starter"}, FREE),
        (Verb.PLAN, {"plan": "starter_plus"}, PAID),
        (Verb.AUTO_DEPLOY, {"on": False}, PAID),
    ],
)
def test_what_it_may_agree_to_is_left_to_it(
    verb: Verb, arguments: dict[str, str | int | bool], hosted: HostedService | None
) -> None:
    assert refusals(verb, arguments, hosted) == ""


class TestPrices:
    def test_more_costs_more_and_less_saves_the_same(self) -> None:
        up = added_euros(Verb.SCALE, {"instances": 4}, PAID)
        down = added_euros(Verb.SCALE, {"instances": 2}, replace(PAID, instances=4))
        assert up == 2 * DOLLARS_PER_MONTH["starter"]
        assert down == -up

    def test_a_plan_is_paid_for_each_instance(self) -> None:
        step = DOLLARS_PER_MONTH["standard"] - DOLLARS_PER_MONTH["starter"]
        assert added_euros(Verb.PLAN, {"plan": "standard"}, PAID) == 2 * step
        half = added_euros(Verb.PLAN, {"plan": "standard"}, PAID, euros_per_dollar=0.5)
        assert half == step

    def test_autoscaling_is_reckoned_at_its_most(self) -> None:
        most = added_euros(Verb.AUTOSCALE, {"least": 1, "most": 5}, PAID)
        assert most == added_euros(Verb.SCALE, {"instances": 5}, PAID)
        assert added_euros(Verb.AUTOSCALE, {"on": False}, PAID) == 0

    def test_most_things_cost_nothing_and_unknown_plans_are_not_guessed(self) -> None:
        assert added_euros(Verb.RESTART, {}, PAID) == 0
        assert added_euros(Verb.PLAN, {"plan": "custom"}, PAID) is None
        assert added_euros(Verb.SCALE, {"instances": 3}, replace(PAID, plan="custom")) is None


class TestLearning:
    def test_each_remedy_is_counted_by_service_and_only_once_it_is_judged(self) -> None:
        past = [
            Past("shop", Verb.RESTART, 1, 2, helped=True),
            Past("shop", Verb.RESTART, 3, 4, helped=False),
            Past("shop", Verb.RESTART, 5, None, helped=None),
            Past("curator", Verb.RESTART, 6, 7, helped=True),
            Past("shop", Verb.ROLLBACK, 8, 9, helped=True),
        ]
        known = success(past)
        assert known["shop", Verb.RESTART] == Success(tried=2, helped=1)
        assert known["curator", Verb.RESTART] == Success(1, 1)
        assert set(known) == {(one.service, one.verb) for one in past}

    def test_one_success_is_no_certainty_and_words_say_how_often(self) -> None:
        assert Success().expected == 0.5
        assert 0.5 < Success(1, 1).expected < Success(9, 9).expected < 1
        assert Success().words == "never tried"
        assert "did not help" in Success(1, 0).words
        assert "it helped" in Success(1, 1).words
        assert Success(4, 3).words == "helped 3 of 4 times"
