"""The ladder's rungs in their order, and what counts as healed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from sentinel_tui.domain.autonomy.ladder import Deploy, Rung, Trouble, next_rung
from sentinel_tui.domain.autonomy.learning import resting
from sentinel_tui.domain.autonomy.policy import Past, Verb
from sentinel_tui.domain.autonomy.verification import Effect, Looks, effect

MINUTE_MS = 60_000
NOW = 1_800_000_000_000
BAD, GOOD, BRIEF = (
    Deploy("dep-3", NOW - 5 * MINUTE_MS, 4),
    Deploy("dep-1", NOW - 500 * MINUTE_MS, 300),
    Deploy("dep-2", NOW - 100 * MINUTE_MS, 2),
)
DOWN = Trouble(NOW, may_sleep=False, probed=True, platform_knows=True, deploys=(BAD, BRIEF, GOOD))


def tried(*verbs: Verb) -> list[Past]:
    return [Past("public", verb, NOW) for verb in verbs]


class TestLadder:
    @pytest.mark.parametrize(
        ("trouble", "past", "rung"),
        [
            (replace(DOWN, may_sleep=True), [], Rung.WAKE),
            (replace(DOWN, may_sleep=True), tried(Verb.WAKE), Rung.RESTART),
            (replace(DOWN, probed=False), [], Rung.PROBE),
            (replace(DOWN, platform_knows=False), [], Rung.OWNER),
            (DOWN, [], Rung.RESTART),
            (DOWN, tried(Verb.RESTART), Rung.ROLLBACK),
            (DOWN, tried(Verb.RESTART, Verb.ROLLBACK), Rung.OWNER),
            (replace(DOWN, deploys=()), tried(Verb.RESTART), Rung.OWNER),
        ],
    )
    def test_the_gentlest_that_was_not_tried(
        self, trouble: Trouble, past: list[Past], rung: Rung
    ) -> None:
        climb = next_rung(trouble, past)
        assert climb.rung is rung
        assert climb.reason

    def test_a_remedy_that_never_helps_is_left_out_for_the_next_one(self) -> None:
        past = [
            Past("public", Verb.RESTART, NOW - n * MINUTE_MS, NOW, helped=False) for n in (90, 60)
        ]
        left_out = resting(past, "public", NOW)
        assert left_out == {Verb.RESTART}
        assert next_rung(DOWN, [], resting=left_out).rung is Rung.ROLLBACK
        assert resting(past, "curator", NOW) == frozenset()

    def test_it_goes_back_to_the_last_deploy_that_was_healthy_for_long(self) -> None:
        assert next_rung(DOWN, tried(Verb.RESTART)).deploy == GOOD.id

    @pytest.mark.parametrize("after_min", [-1, 16, 600])
    def test_a_deploy_is_not_blamed_for_what_began_before_or_long_after_it(
        self, after_min: int
    ) -> None:
        live = replace(BAD, live_ms=NOW - after_min * MINUTE_MS)
        other = replace(DOWN, deploys=(live, GOOD))
        assert next_rung(other, tried(Verb.RESTART)).rung is Rung.OWNER


def latencies(seed: int, count: int, factor: float = 1.0) -> tuple[float, ...]:
    luck = random.Random(seed)  # noqa: S311 (play, not secrecy)
    return tuple(factor * luck.lognormvariate(6, 0.2) for _ in range(count))


BEFORE = Looks(latencies(1, 60), errors=0, count=60)


class TestEffect:
    def test_healthy_and_as_fast_as_before_is_well(self) -> None:
        after = Looks(latencies(2, 20), 0, 20)
        assert effect(BEFORE, after, healthy=True, in_time=True) is Effect.WELL

    def test_twice_as_slow_is_slower(self) -> None:
        after = Looks(latencies(3, 20, 2.0), 0, 20)
        assert effect(BEFORE, after, healthy=True, in_time=True) is Effect.SLOWER

    def test_a_difference_nobody_feels_is_not_told(self) -> None:
        quick = Looks(tuple(value / 100 for value in BEFORE.latencies_ms), 0, 60)
        after = Looks(tuple(value / 100 for value in latencies(3, 20, 2.0)), 0, 20)
        assert effect(quick, after, healthy=True, in_time=True) is Effect.WELL

    def test_many_errors_are_told_though_the_rest_is_fast(self) -> None:
        after = Looks(latencies(4, 14), errors=6, count=20)
        assert effect(BEFORE, after, healthy=True, in_time=True) is Effect.MORE_ERRORS

    def test_a_single_error_is_none(self) -> None:
        after = Looks(latencies(5, 19), errors=1, count=20)
        assert effect(BEFORE, after, healthy=True, in_time=True) is Effect.WELL

    def test_errors_without_a_past_to_compare_with_are_not_judged(self) -> None:
        after = Looks(latencies(6, 14), errors=6, count=20)
        assert effect(Looks(), after, healthy=True, in_time=True) is Effect.WELL

    def test_a_few_looks_are_too_early(self) -> None:
        after = Looks(latencies(7, 5), 0, 5)
        assert effect(BEFORE, after, healthy=True, in_time=True) is Effect.TOO_EARLY

    @pytest.mark.parametrize(
        ("in_time", "told"), [(True, Effect.TOO_EARLY), (False, Effect.NOT_HEALED)]
    )
    def test_what_is_not_healthy_has_time_until_it_is_over(
        self, in_time: bool, told: Effect
    ) -> None:
        assert effect(BEFORE, Looks(), healthy=False, in_time=in_time) is told

    def test_noise_is_hardly_ever_taken_for_slowness(self) -> None:
        wrong = sum(
            effect(
                Looks(latencies(n, 60), 0, 60),
                Looks(latencies(n + 5_000, 20), 0, 20),
                healthy=True,
                in_time=True,
            )
            is Effect.SLOWER
            for n in range(500)
        )
        assert wrong <= 5
