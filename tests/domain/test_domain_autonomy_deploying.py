"""What a new deploy is worth: kept, watched on, or rolled back, and how clearly."""

from __future__ import annotations

import random

from sentinel_tui.domain.autonomy.deploying import Judgement, Verdict, judge_deploy
from sentinel_tui.domain.autonomy.verification import Effect, Looks


def looks(seed: int, count: int, factor: float = 1.0, errors: int = 0) -> Looks:
    luck = random.Random(seed)  # noqa: S311 (play, not secrecy)
    good = tuple(factor * luck.lognormvariate(6, 0.1) for _ in range(count - errors))
    return Looks(good, errors, count)


BEFORE = looks(1, 60)


def judge(after: Looks, *, healthy: bool = True, in_time: bool = True) -> Judgement:
    judgement = judge_deploy(BEFORE, after, healthy=healthy, in_time=in_time)
    assert judgement.reason
    return judgement


def test_a_good_deploy_is_watched_for_a_while_and_kept() -> None:
    assert judge(looks(2, 4)).verdict is Verdict.WAIT
    assert judge(looks(2, 20)).verdict is Verdict.WAIT
    assert judge(looks(2, 60)).verdict is Verdict.KEEP
    assert judge(looks(2, 20), in_time=False).verdict is Verdict.KEEP


def test_a_healthy_deploy_with_too_few_looks_is_kept_when_its_time_is_over() -> None:
    assert judge(looks(2, 4), in_time=False).verdict is Verdict.KEEP


def test_one_that_does_not_become_healthy_is_rolled_back_once_its_time_is_over() -> None:
    assert judge(Looks(), healthy=False).verdict is Verdict.WAIT
    over = judge(Looks(), healthy=False, in_time=False)
    assert (over.verdict, over.clear) == (Verdict.ROLL_BACK, True)


def test_one_that_brings_errors_is_rolled_back_clearly() -> None:
    judgement = judge(looks(3, 20, errors=6))
    assert (judgement.verdict, judgement.clear) == (Verdict.ROLL_BACK, True)
    assert "6 of 20" in judgement.reason


def test_a_slower_one_is_rolled_back_and_only_clearly_when_it_is_much_slower() -> None:
    much, some = judge(looks(4, 30, 2.0)), judge(looks(4, 30, 1.3))
    assert much.effect is some.effect is Effect.SLOWER
    assert much.verdict is some.verdict is Verdict.ROLL_BACK
    assert (much.clear, some.clear) == (True, False)
    assert "2.0 times" in much.reason
