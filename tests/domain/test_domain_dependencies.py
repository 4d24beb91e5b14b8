"""Dependencies: a parent that is down answers for its children, and nobody else silences them."""

from __future__ import annotations

import pytest
from domain_looks import (
    START_MS,
    Done,
    Event,
    S,
    bad,
    folded,
    good,
    histories,
    slow,
    thresholds,
)
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.alerts import Finding
from sentinel_tui.domain.monitoring.dependencies import (
    HOLD_S,
    LOOK_S,
    RAISE,
    Parent,
    Ruling,
    RulingKind,
    descendants,
    root_of,
    ruling,
)
from sentinel_tui.domain.monitoring.judgement import SUPPRESSIBLE, judge
from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, fold

FAILING_MS = START_MS
LATER_MS = START_MS + 1
UP = Parent("gateway", State.UP, State.UP, LATER_MS)
DOWN = Parent("gateway", State.DOWN, State.DOWN, LATER_MS)
SUSPECT = Parent("gateway", State.SUSPECT, State.SUSPECT, LATER_MS)

parents = st.builds(
    Parent,
    id=st.sampled_from(["gateway", "database", "dns"]),
    state=st.sampled_from(State),
    verdict=st.sampled_from([State.UP, State.DOWN, State.SUSPECT, State.WAKING]),
    last_ms=st.none() | st.integers(FAILING_MS - 60_000, FAILING_MS + 60_000),
)


def ruled(*parents: Parent, after_s: float = 30.0, wanted_s: float | None = None) -> Ruling:
    wanted_ms = None if wanted_s is None else FAILING_MS + round(wanted_s * S)
    now_ms = FAILING_MS + round(after_s * S)
    return ruling(parents, FAILING_MS, now_ms, wanted_ms=wanted_ms)


class TestRuling:
    def test_without_parents_everything_is_raised(self) -> None:
        assert ruled() == RAISE

    def test_a_parent_that_is_down_suppresses(self) -> None:
        assert ruled(DOWN) == Ruling(RulingKind.SUPPRESS, "gateway")
        assert ruled(DOWN, after_s=1e6) == Ruling(RulingKind.SUPPRESS, "gateway")

    def test_a_parent_that_was_seen_well_since_does_not(self) -> None:
        assert ruled(UP) == RAISE

    @pytest.mark.parametrize("state", [State.PAUSED, State.ASLEEP], ids=str)
    @pytest.mark.parametrize("verdict", [State.DOWN, State.SUSPECT, State.UP], ids=str)
    def test_a_parent_that_nobody_looks_at_silences_nobody(
        self, state: State, verdict: State
    ) -> None:
        assert ruled(Parent("gateway", state, verdict, LATER_MS)) == RAISE

    def test_a_parent_that_is_out_of_sight_and_was_well_silences_nobody(self) -> None:
        assert ruled(Parent("gateway", State.UNKNOWN, State.UP, LATER_MS)) == RAISE

    @pytest.mark.parametrize("verdict", [State.DOWN, State.SUSPECT], ids=str)
    def test_a_parent_that_failed_before_it_was_out_of_sight_holds_for_a_while(
        self, verdict: State
    ) -> None:
        parent = Parent("gateway", State.UNKNOWN, verdict, LATER_MS)
        assert ruled(parent, after_s=HOLD_S - 1) == Ruling(RulingKind.HOLD, "gateway")
        assert ruled(parent, after_s=HOLD_S) == RAISE

    @pytest.mark.parametrize("verdict", [State.DOWN, State.UP], ids=str)
    def test_a_parent_under_maintenance_explains_what_hangs_on_it(self, verdict: State) -> None:
        parent = Parent("gateway", State.MAINT, verdict, LATER_MS)
        assert ruled(parent, after_s=1e6) == Ruling(RulingKind.SUPPRESS, "gateway")

    @pytest.mark.parametrize("state", list(State), ids=str)
    def test_a_parent_that_was_never_looked_at_silences_nobody(self, state: State) -> None:
        assert ruled(Parent("gateway", state, State.DOWN, None), after_s=0) == RAISE

    @pytest.mark.parametrize("state", [State.SUSPECT, State.WAKING], ids=str)
    def test_a_parent_that_may_be_failing_holds_for_a_while(self, state: State) -> None:
        parent = Parent("gateway", state, state, LATER_MS)
        assert ruled(parent, after_s=HOLD_S - 1) == Ruling(RulingKind.HOLD, "gateway")
        assert ruled(parent, after_s=HOLD_S) == RAISE

    def test_a_suspicion_below_flapping_holds_as_well(self) -> None:
        parent = Parent("gateway", State.FLAPPING, State.SUSPECT, LATER_MS)
        assert ruled(parent).kind is RulingKind.HOLD

    def test_a_parent_not_looked_at_since_holds_until_it_is(self) -> None:
        stale = Parent("gateway", State.UP, State.UP, FAILING_MS - 1)
        assert ruled(stale, after_s=LOOK_S - 1) == Ruling(RulingKind.HOLD, "gateway")
        assert ruled(stale, after_s=LOOK_S) == RAISE
        assert ruled(Parent("gateway", State.UP, State.UP, FAILING_MS), after_s=0) == RAISE

    def test_the_time_counts_from_when_the_alarm_was_wanted(self) -> None:
        """Confirming a failure may take longer than an alarm may be held."""
        assert ruled(SUSPECT, after_s=500, wanted_s=490).kind is RulingKind.HOLD
        assert ruled(SUSPECT, after_s=500, wanted_s=500 - HOLD_S) == RAISE

    @given(st.lists(parents, max_size=4), st.floats(0, 1_000), st.none() | st.floats(0, 1_000))
    def test_down_goes_before_doubt_and_doubt_before_nothing(
        self, several: list[Parent], after_s: float, wanted_s: float | None
    ) -> None:
        one_by_one = [ruled(one, after_s=after_s, wanted_s=wanted_s).kind for one in several]
        together = ruled(*several, after_s=after_s, wanted_s=wanted_s)
        for kind in (RulingKind.SUPPRESS, RulingKind.HOLD):
            if kind in one_by_one:
                assert together == Ruling(kind, several[one_by_one.index(kind)].id)
                return
        assert together == RAISE


CHAIN = {"page": ("api",), "api": ("database", "gateway"), "database": ("disk",)}


class TestRoot:
    def root(self, *down: str) -> str:
        return root_of("page", CHAIN, down.__contains__)

    def test_alone_it_is_its_own_cause(self) -> None:
        assert self.root("page") == "page"
        assert root_of("disk", CHAIN, lambda service: True) == "disk"

    def test_the_highest_that_fails_is_the_cause(self) -> None:
        assert self.root("page", "api", "database", "disk") == "disk"

    def test_of_several_the_one_named_first(self) -> None:
        assert self.root("page", "api", "gateway", "database") == "database"
        assert self.root("page", "api", "gateway") == "gateway"

    def test_a_parent_that_works_breaks_the_chain(self) -> None:
        assert self.root("page", "database", "disk") == "page"

    def test_a_circle_has_an_end(self) -> None:
        circle = {"a": ("b",), "b": ("c",), "c": ("a",)}
        assert root_of("a", circle, lambda service: True) == "c"

    def test_who_depends_on_itself_is_its_own_cause(self) -> None:
        assert root_of("a", {"a": ("a",)}, lambda service: True) == "a"


names = st.sampled_from("abcdefg")
graphs = st.dictionaries(names, st.lists(names, max_size=3).map(tuple))


def climbs(service: str, graph: dict[str, tuple[str, ...]], to: str) -> bool:
    """Whether `service` depends on `to`, looked up the slow way."""
    reached, waiting = set(), list(graph.get(service, ()))
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += graph.get(one, ())
    return to in reached


@given(graphs, names)
def test_descendants_are_all_that_cannot_work_without_it(
    graph: dict[str, tuple[str, ...]], service: str
) -> None:
    found = descendants(service, graph)
    for other in "abcdefg":
        assert (other in found) is (other != service and climbs(other, graph, service))


@given(graphs, names, st.frozensets(names))
def test_a_root_fails_itself_or_is_where_it_was_asked_for(
    graph: dict[str, tuple[str, ...]], service: str, down: frozenset[str]
) -> None:
    root = root_of(service, graph, down.__contains__)
    assert root == service or (root in down and climbs(service, graph, root))


class Pair:
    """A child and its parent with one check each, judged as an engine does it."""

    def __init__(self, rules: Thresholds) -> None:
        self.rules = rules
        self.parent = CheckState()
        self.child = CheckState()
        self.open: set[str] = set()
        self.waiting: dict[str, tuple[Finding, int]] = {}

    def take(self, who: str, event: Event) -> None:
        """One event of the parent or of the child, and what follows from it."""
        if isinstance(event, Done):
            state = event.what.apply(getattr(self, who), event.at_ms)
            setattr(self, who, state)
        elif who == "parent":
            self.parent = fold(self.parent, event, self.rules)
        else:
            self._look_at_child(event)
        self._decide(event.at_ms)

    def _look_at_child(self, seen: Observation) -> None:
        since_ms = self.child.first_failure_ms or seen.at_ms
        said = ruling([self.as_parent], since_ms, seen.at_ms, wanted_ms=seen.at_ms)
        checks = {"http": self.child}
        judged = judge("child", "http", checks, seen, self.rules, ruling=said)
        self.child = judged.state
        for finding in judged.findings:
            self.waiting.pop(finding.fingerprint, None)
            self._tell(finding)
        for finding in judged.withheld:
            if finding.fingerprint in self.open:
                continue  # a slowness that was told before goes on after a blip
            self.waiting[finding.fingerprint] = (finding, seen.at_ms)

    def _decide(self, now_ms: int) -> None:
        for name, (finding, wanted_ms) in list(self.waiting.items()):
            since_ms = self.child.first_failure_ms or finding.at_ms
            if ruling([self.as_parent], since_ms, now_ms, wanted_ms=wanted_ms) == RAISE:
                del self.waiting[name]
                self._tell(finding)

    def _tell(self, finding: Finding) -> None:
        if finding.holds:
            assert self.parent.state is not State.DOWN or finding.rule not in SUPPRESSIBLE
        (self.open.add if finding.holds else self.open.discard)(finding.fingerprint)

    @property
    def as_parent(self) -> Parent:
        return Parent("parent", self.parent.state, self.parent.verdict, self.parent.last_ms)


@given(histories(), histories(), thresholds)
def test_what_is_suppressed_is_never_raised_and_never_lost(
    parents_events: list[Event], childs_events: list[Event], rules: Thresholds
) -> None:
    pair = Pair(rules)
    events = [("parent", one) for one in parents_events] + [("child", one) for one in childs_events]
    for who, event in sorted(events, key=lambda named: named[1].at_ms):
        pair.take(who, event)
        known = pair.open | pair.waiting.keys()
        assert not pair.open & pair.waiting.keys()
        assert ("down/child/http" in known) is (pair.child.verdict is State.DOWN)
        if pair.child.flapping:
            assert "flapping/child/http" in known
        if pair.parent.state is State.UP:
            for finding, wanted_ms in pair.waiting.values():
                assert finding.at_ms <= event.at_ms < wanted_ms + HOLD_S * S


class TestRace:
    RULES = Thresholds(burst_s=(), confirm_cycles=2, recover_cycles=1, recover_after_s=0)

    def test_a_child_that_is_down_first_waits_for_its_parent(self) -> None:
        pair = Pair(self.RULES)
        for who in ("parent", "child"):
            pair.take(who, good(0))
        pair.take("child", bad(30))
        pair.take("parent", bad(31))
        pair.take("child", bad(60))
        assert (pair.child.state, pair.open) == (State.DOWN, set())
        pair.take("parent", bad(61))
        assert (pair.parent.state, pair.open) == (State.DOWN, set())
        pair.take("child", bad(90))
        assert pair.open == set()

    def test_a_child_that_stays_down_is_told_once_its_parent_is_well_again(self) -> None:
        pair = Pair(self.RULES)
        for who in ("parent", "child"):
            for at_s in (0, 30):
                pair.take(who, bad(at_s))
        assert pair.open == set()
        pair.take("child", bad(600))
        pair.take("parent", good(601))
        pair.take("child", bad(630))
        pair.take("parent", good(631))
        assert pair.open == {"down/child/http"}

    def test_a_child_that_recovers_with_its_parent_is_never_told(self) -> None:
        pair = Pair(self.RULES)
        for who in ("parent", "child"):
            for at_s in (0, 30):
                pair.take(who, bad(at_s))
        pair.take("child", good(600))
        pair.take("parent", good(601))
        assert (pair.open, pair.waiting) == (set(), {})


def test_slowness_is_suppressed_and_ends_like_any_alarm() -> None:
    rules = Thresholds(slow_cycles=1, fast_cycles=1)
    down = Ruling(RulingKind.SUPPRESS, "gateway")
    calm = folded([good(0)], rules)
    judged = judge("shop", "http", {"http": calm}, slow(30), rules, ruling=down)
    assert [one.holds for one in judged.withheld] == [True]
    assert not any(one.holds for one in judged.findings)
    over = judge("shop", "http", {"http": judged.state}, good(60), rules, ruling=down)
    assert (over.withheld, [one.holds for one in over.findings]) == ((), [False, False])
