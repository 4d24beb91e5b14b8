"""More where load lasts or a peak is near, back once it is calm, and never by a gust."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.scaling import Load, Peak, Proposal, Raised, propose
from sentinel_tui.domain.hosting import HostedService

NOW = 1_800_000_000_000
MINUTE_MS = 60_000
PAID = HostedService(
    "shop", "srv-1", "tea-1", "standard", 1, (), auto_deploy=True, running=True, seen_ms=NOW
)
FREE = replace(PAID, plan="free")


def loads(share: float, minutes: int = 40, **more: float) -> list[Load]:
    return [Load(NOW - ago * MINUTE_MS, share, **more) for ago in range(minutes, -1, -1)]


def wanted(proposal: Proposal | None) -> tuple[Verb, dict[str, object]]:
    assert proposal is not None
    assert proposal.reason
    assert proposal.effect
    return proposal.verb, dict(proposal.arguments)


class TestLoad:
    def test_lasting_load_asks_for_as_many_as_bring_it_down(self) -> None:
        proposal = propose(loads(0.9), PAID, now_ms=NOW)
        verb, arguments = wanted(proposal)
        assert (verb, arguments) == (Verb.SCALE, {"instances": 2})
        assert proposal is not None
        assert (proposal.euros_per_month or 0) > 0

    def test_a_price_that_nobody_knows_is_not_made_up(self) -> None:
        proposal = propose(loads(0.9), replace(PAID, plan="custom"), now_ms=NOW)
        assert proposal is not None
        assert proposal.euros_per_month is None

    @pytest.mark.parametrize(
        "seen",
        [
            loads(0.5),
            loads(0.9, minutes=3),
            [*loads(0.9)[:-2], Load(NOW, 0.3)],
            loads(0.9)[-3:],
            [],
        ],
    )
    def test_what_does_not_last_changes_nothing(self, seen: list[Load]) -> None:
        assert propose(seen, PAID, now_ms=NOW) is None

    def test_slow_answers_count_where_the_processors_are_busy_too(self) -> None:
        slow = loads(0.7, latency_p95_ms=900)
        assert propose(slow, PAID, now_ms=NOW, usual_p95_ms=300) is not None
        assert propose(slow, PAID, now_ms=NOW, usual_p95_ms=800) is None
        assert propose(slow, PAID, now_ms=NOW) is None
        idle = loads(0.2, latency_p95_ms=900)
        assert propose(idle, PAID, now_ms=NOW, usual_p95_ms=300) is None

    def test_what_is_busy_gets_one_more_at_least(self) -> None:
        slow = loads(0.6, latency_p95_ms=900)
        proposal = propose(slow, replace(PAID, instances=4), now_ms=NOW, usual_p95_ms=300)
        assert wanted(proposal) == (Verb.SCALE, {"instances": 5})

    def test_a_free_service_gets_a_plan_first_and_the_largest_gets_nothing(self) -> None:
        assert wanted(propose(loads(0.9), FREE, now_ms=NOW)) == (Verb.PLAN, {"plan": "starter"})
        many = replace(PAID, instances=10)
        assert wanted(propose(loads(0.9), many, now_ms=NOW)) == (Verb.PLAN, {"plan": "pro"})
        top = replace(many, plan="pro_plus")
        assert propose(loads(0.9), top, now_ms=NOW) is None

    def test_what_is_needed_again_and_again_is_left_to_the_platform(self) -> None:
        verb, arguments = wanted(propose(loads(0.9), PAID, now_ms=NOW, times_raised=5))
        assert verb is Verb.AUTOSCALE
        assert arguments["least"] == 1
        assert arguments["most"] == 2


class TestPeak:
    PEAK = Peak(NOW + 5 * MINUTE_MS, NOW + 65 * MINUTE_MS, requests_per_s=30)
    SEEN = loads(0.4, requests_per_s=10.0)

    def test_a_peak_beyond_what_it_can_is_prepared_for_and_ends(self) -> None:
        proposal = propose(self.SEEN, PAID, now_ms=NOW, peak=self.PEAK)
        assert wanted(proposal) == (Verb.SCALE, {"instances": 2})
        assert proposal is not None
        assert proposal.until_ms == self.PEAK.end_ms

    @pytest.mark.parametrize(
        ("seen", "peak"),
        [
            (SEEN, replace(PEAK, requests_per_s=12)),
            (SEEN, replace(PEAK, start_ms=NOW + 60 * MINUTE_MS)),
            (SEEN, replace(PEAK, start_ms=NOW - 2, end_ms=NOW)),
            (loads(0.4), PEAK),
            (loads(0.4, requests_per_s=0.0), PEAK),
        ],
    )
    def test_no_peak_that_it_can_bear_or_that_is_far_or_cannot_be_reckoned(
        self, seen: list[Load], peak: Peak
    ) -> None:
        assert propose(seen, PAID, now_ms=NOW, peak=peak) is None

    def test_what_is_large_enough_for_it_stays(self) -> None:
        large = replace(PAID, instances=9)
        mild = replace(self.PEAK, requests_per_s=20.1)
        proposal = propose(self.SEEN, large, now_ms=NOW, peak=mild)
        assert wanted(proposal)[0] is Verb.PLAN


class TestGoingBack:
    BIG = replace(PAID, instances=3)
    RAISED = Raised(Verb.SCALE, instances=1, plan="standard")

    def test_after_half_an_hour_of_calm(self) -> None:
        proposal = propose(loads(0.1), self.BIG, now_ms=NOW, raised=self.RAISED)
        assert wanted(proposal) == (Verb.SCALE, {"instances": 1})
        assert proposal is not None
        assert (proposal.euros_per_month or 0) < 0

    def test_a_plan_goes_back_to_the_one_before(self) -> None:
        raised = Raised(Verb.PLAN, instances=1, plan="starter")
        calm = propose(loads(0.1), PAID, now_ms=NOW, raised=raised)
        assert wanted(calm) == (Verb.PLAN, {"plan": "starter"})
        assert propose(loads(0.4), PAID, now_ms=NOW, raised=raised) is None

    @pytest.mark.parametrize(
        ("seen", "until_ms"),
        [(loads(0.25), None), (loads(0.1, minutes=15), None), (loads(0.1), NOW + 1)],
    )
    def test_not_while_less_would_be_too_little_or_its_time_is_not_over(
        self, seen: list[Load], until_ms: int | None
    ) -> None:
        raised = replace(self.RAISED, until_ms=until_ms)
        assert propose(seen, self.BIG, now_ms=NOW, raised=raised) is None


@given(st.floats(0.0, 1.0), st.integers(1, 10))
def test_going_back_is_never_followed_by_asking_again(share: float, instances: int) -> None:
    """What it went back from at this load would not be busy at what it went back to."""
    before = replace(PAID, instances=instances)
    raised = Raised(Verb.SCALE, instances=1, plan="standard")
    back = propose(loads(share), before, now_ms=NOW, raised=raised)
    if back is not None and back.arguments == {"instances": 1} and instances > 1:
        then = loads(min(1.0, share * instances))
        assert propose(then, PAID, now_ms=NOW) is None
