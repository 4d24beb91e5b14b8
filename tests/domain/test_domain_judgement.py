"""One look judged: state, service, alerts and cold starts come out together and agree."""

from __future__ import annotations

from dataclasses import replace

from domain_looks import (
    DAY,
    START_MS,
    S,
    Thresholds,
    bad,
    blind,
    folded,
    good,
    histories,
    look,
    slow,
    thresholds,
)
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.dependencies import Ruling, RulingKind
from sentinel_tui.domain.monitoring.judgement import (
    judge,
    service_state,
    service_transition,
)
from sentinel_tui.domain.monitoring.observations import (
    Certificate,
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.domain.monitoring.states import (
    CheckState,
    State,
    Transition,
    fold,
    maintain,
    pause,
    rest,
    resume,
    rouse,
    transition,
    worst,
)
from sentinel_tui.domain.monitoring.uptime import spans, uptime

RULES = Thresholds(burst_s=(), confirm_cycles=2, recover_cycles=1, recover_after_s=0)
SLEEPY = Thresholds(sleeps_after_s=900.0)
ENDING = Certificate("ab" * 32, "shop.example", "Test CA", START_MS - 90 * DAY, START_MS + DAY)


class TestJudge:
    def test_it_folds_the_look_and_tells_the_change(self) -> None:
        checks = {"http": folded([good(0)], RULES)}
        judged = judge("shop", "http", checks, bad(30), RULES)
        assert judged.state == fold(checks["http"], bad(30), RULES)
        assert judged.change == transition(checks["http"], judged.state)
        assert judged.service_change == judged.change
        assert judged.service_state is State.SUSPECT

    def test_it_leaves_what_it_was_given_alone(self) -> None:
        checks = {"http": folded([good(0)], RULES)}
        before = dict(checks)
        judge("shop", "http", checks, bad(30), RULES)
        assert checks == before

    def test_the_worst_check_speaks_for_the_service(self) -> None:
        checks = {"http": folded([good(0)], RULES), "tcp": folded([bad(0), bad(30)], RULES)}
        judged = judge("shop", "http", checks, bad(60), RULES)
        assert judged.change is not None
        assert (judged.service_state, judged.service_change) == (State.DOWN, None)

    def test_a_certificate_about_to_end_is_found_with_the_look(self) -> None:
        seen = Observation(at_ms=START_MS, outcome=Outcome.OK, certificate=ENDING)
        checks = {"tls": CheckState()}
        with_warning = judge("shop", "tls", checks, seen, RULES)
        assert Rule.CERTIFICATE in [one.rule for one in with_warning.findings if one.holds]
        without = judge("shop", "tls", checks, seen, RULES, warn_of_certificates=False)
        assert Rule.CERTIFICATE not in [one.rule for one in without.findings]

    def test_a_cold_start_is_told_and_is_no_latency(self) -> None:
        checks = {"http": folded([bad(0, WakeHint.HIBERNATING)], SLEEPY)}
        judged = judge("shop", "http", checks, good(20, took_ms=4_000.0), SLEEPY)
        assert judged.cold_start_ms == 24_000.0
        assert judged.seen.latency_ms is None
        assert judged.seen.timings.total_ms == 4_000.0

    def test_an_ordinary_look_keeps_its_latency(self) -> None:
        judged = judge("shop", "http", {"http": folded([good(0)], SLEEPY)}, good(30), SLEEPY)
        assert judged.cold_start_ms is None
        assert judged.seen.latency_ms == good(30).latency_ms


class TestCertificates:
    def judged(self, check: CheckState, seen: Observation) -> list[tuple[Rule, bool]]:
        found = judge("shop", "tls", {"tls": check}, seen, RULES).findings
        return [
            (one.rule, one.holds)
            for one in found
            if one.rule in (Rule.CERTIFICATE, Rule.DOMAIN) and one.fingerprint.count("/") == 3
        ]

    def test_a_renewal_is_seen_against_what_is_remembered(self) -> None:
        check = folded([look(0, certificate=ENDING)], RULES)
        renewed = replace(ENDING, fingerprint="cd" * 32, not_after_ms=START_MS + 90 * DAY)
        assert self.judged(check, look(30, certificate=ENDING)) == [(Rule.CERTIFICATE, True)]
        assert self.judged(check, look(30, certificate=renewed)) == [(Rule.CERTIFICATE, False)]

    def test_in_maintenance_nothing_is_said_of_it(self) -> None:
        check = maintain(CheckState(), START_MS, "new disks")
        assert self.judged(check, look(30, certificate=ENDING)) == []

    def test_a_failing_parent_explains_no_ending_certificate(self) -> None:
        seen = look(30, certificate=ENDING)
        down = Ruling(RulingKind.SUPPRESS, "gateway")
        judged = judge("shop", "tls", {"tls": CheckState()}, seen, RULES, ruling=down)
        assert judged.withheld == ()
        assert Rule.CERTIFICATE in [one.rule for one in judged.findings if one.holds]


class TestPlannedSleep:
    ASLEEP = rest(folded([good(0)], SLEEPY), START_MS + 1_000 * S, "night")

    def test_the_first_answer_after_it_is_a_cold_start(self) -> None:
        roused = rouse(self.ASLEEP, START_MS + 5_000 * S)
        for check in (self.ASLEEP, roused):
            judged = judge("shop", "http", {"http": check}, good(5_000, took_ms=9_000.0), SLEEPY)
            assert judged.cold_start_ms == 9_000.0
            assert judged.state.recent_ms == folded([good(0)], SLEEPY).recent_ms

    def test_an_answer_that_comes_at_once_shows_that_it_was_awake(self) -> None:
        judged = judge("shop", "http", {"http": self.ASLEEP}, good(5_000), SLEEPY)
        assert (judged.cold_start_ms, judged.service_state) == (None, State.UP)


class TestService:
    def test_without_checks_nothing_is_known(self) -> None:
        assert service_state({}) is State.UNKNOWN

    @given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(State), min_size=1))
    def test_it_shows_its_worst_check(self, verdicts: dict[str, State]) -> None:
        checks = {name: CheckState(verdict=verdict) for name, verdict in verdicts.items()}
        assert service_state(checks) is worst(verdicts.values())

    def test_a_change_is_dated_to_the_check_that_brought_it_about(self) -> None:
        calm = folded([good(0)], RULES)
        before = {"http": calm, "tcp": folded([good(0), bad(30)], RULES)}
        after = {**before, "tcp": fold(before["tcp"], bad(60), RULES)}
        assert service_transition(before, after) == Transition(
            START_MS + 30 * S, State.SUSPECT, State.DOWN, "refused"
        )

    def test_of_several_checks_that_moved_at_once_the_last_one_dates_the_change(self) -> None:
        before = {name: folded([good(0)], RULES) for name in ("http", "tcp")}
        after = {
            "http": fold(before["http"], bad(30), RULES),
            "tcp": fold(before["tcp"], blind(45), RULES),
        }
        change = service_transition(before, after)
        assert change is not None
        assert (change.at_ms, change.after) == (START_MS + 45 * S, State.SUSPECT)

    def test_the_same_word_is_no_change(self) -> None:
        checks = {"http": folded([good(0)], RULES)}
        assert service_transition(checks, checks) is None

    def test_a_check_added_by_a_reload_can_bring_the_change(self) -> None:
        before = {"http": folded([good(0)], RULES)}
        added = {**before, "tcp": CheckState(verdict=State.DOWN, since_ms=START_MS + 9)}
        change = service_transition(before, added)
        assert change is not None
        assert (change.at_ms, change.after) == (START_MS + 9, State.DOWN)

    def test_a_check_removed_by_a_reload_can_bring_the_change(self) -> None:
        before = {"http": folded([good(0)], RULES), "tcp": folded([bad(0), bad(30)], RULES)}
        change = service_transition(before, {"http": before["http"]})
        assert change is not None
        assert (change.before, change.after) == (State.DOWN, State.UP)

    def test_the_dates_of_a_services_changes_never_go_back(self) -> None:
        log = _service_log(
            [
                ("b", bad(0)),
                ("b", bad(30)),  # b down since 0
                ("a", bad(40)),  # a suspect since 40
                ("b", good(50)),  # the service: down -> suspect at 50
                ("a", bad(70)),  # a down since 40: suspect -> down at 40
            ]
        )
        dates = [change.at_ms for change in log]
        assert dates == sorted(dates)


def _service_log(looks: list[tuple[str, Observation]]) -> list[Transition]:
    checks = {name: CheckState() for name, _ in looks}
    log = []
    for name, seen in looks:
        judged = judge("shop", name, checks, seen, RULES)
        checks[name] = judged.state
        log += [judged.service_change] if judged.service_change else []
    return log


@given(histories(), thresholds)
def test_the_log_of_a_service_with_one_check_keeps_time_and_gives_the_whole_uptime(
    events: list, rules: Thresholds
) -> None:
    checks, log, now_ms = {"http": CheckState()}, [], START_MS
    for event in events:
        now_ms = event.at_ms
        if isinstance(event, Observation):
            judged = judge("shop", "http", checks, event, rules)
            checks["http"] = judged.state
            log += [judged.service_change] if judged.service_change else []
    dates = [change.at_ms for change in log]
    assert dates == sorted(dates)
    changes = [(change.at_ms, change.after) for change in log]
    held = uptime(spans(changes, [], START_MS, now_ms + 1))
    covered_ms = now_ms + 1 - dates[0] if dates else 0
    assert held.up_ms + held.down_ms + held.excluded_ms == covered_ms


class ServiceLife(RuleBasedStateMachine):
    """A service with three checks, and a store that keeps what the judgements say."""

    NAMES = ("http", "tcp", "tls")

    @initialize(rules=thresholds)
    def begin(self, rules: Thresholds) -> None:
        self.rules = rules
        self.now_s = 0.0
        self.checks = {name: CheckState() for name in self.NAMES}
        self.shown, self.shown_ms = service_state(self.checks), 0
        self.shown_by_check = dict.fromkeys(self.NAMES, State.UNKNOWN)
        self.open: set[str] = set()

    @rule(
        name=st.sampled_from(NAMES),
        kind=st.sampled_from([good, slow, bad, bad, bad, blind]),
        gap_s=st.sampled_from([0.0, 1.0, 30.0, 61.0, 1_000.0]),
    )
    def looked(self, name: str, kind, gap_s: float) -> None:
        self.now_s += gap_s
        self._judge(name, kind(self.now_s))

    @rule(name=st.sampled_from(NAMES), hint=st.sampled_from(WakeHint))
    def hinted(self, name: str, hint: WakeHint) -> None:
        self.now_s += 5
        self._judge(name, bad(self.now_s, hint))

    @rule(paused=st.booleans())
    def paused_or_resumed(self, paused: bool) -> None:
        self.now_s += 1
        at_ms = START_MS + round(self.now_s * S)
        for name, check in list(self.checks.items()):
            moved = pause(check, at_ms, "paused") if paused else resume(check, at_ms)
            after = {**self.checks, name: moved}
            self._note(name, transition(check, moved), service_transition(self.checks, after))
            self.checks = after

    def _judge(self, name: str, seen: Observation) -> None:
        judged = judge("shop", name, self.checks, seen, self.rules)
        self.checks[name] = judged.state
        self._note(name, judged.change, judged.service_change)
        assert judged.service_state is service_state(self.checks)
        for finding in judged.findings:
            (self.open.add if finding.holds else self.open.discard)(finding.fingerprint)

    def _note(self, name: str, change: Transition | None, service: Transition | None) -> None:
        if change is not None:
            assert change.before is self.shown_by_check[name]
            self.shown_by_check[name] = change.after
        if service is not None:
            assert service.before is self.shown
            assert service.after is not self.shown
            assert service.at_ms >= self.shown_ms
            assert service.at_ms <= START_MS + round(self.now_s * S)
            self.shown, self.shown_ms = service.after, service.at_ms

    @invariant()
    def the_log_says_what_is_shown(self) -> None:
        if not hasattr(self, "checks"):
            return
        assert self.shown is service_state(self.checks)
        for name, check in self.checks.items():
            assert self.shown_by_check[name] is check.state

    @invariant()
    def a_down_alert_is_open_for_each_check_that_is_down(self) -> None:
        if not hasattr(self, "checks"):
            return
        down = {name for name, check in self.checks.items() if check.verdict is State.DOWN}
        assert {part.split("/")[2] for part in self.open if part.startswith("down/")} == down


TestServiceLife = ServiceLife.TestCase


def test_a_held_request_counts_from_its_own_start() -> None:
    held = Observation(
        at_ms=START_MS, outcome=Outcome.OK, timings=PhaseTimings(total_ms=4_000.0), latency_ms=4e3
    )
    judged = judge("shop", "http", {"http": CheckState()}, held, SLEEPY)
    assert judged.cold_start_ms == 4_000.0
    assert judged.seen.latency_ms is None


def test_a_paused_check_opens_no_alert_of_its_state() -> None:
    paused = pause(folded([good(0)], RULES), START_MS + S, "paused")
    judged = judge("shop", "http", {"http": paused}, look(30, Outcome.FAIL), RULES)
    assert (judged.state, judged.change, judged.findings) == (paused, None, ())
