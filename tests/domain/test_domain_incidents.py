"""One cause, one incident: joined, brought back, taken over, settled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.incidents import (
    NO_LONGER_WATCHED,
    REOPEN_S,
    TAKEOVER_S,
    Incident,
    acknowledged,
    family,
    headline,
    past_headline,
    place,
    settle,
)
from sentinel_tui.domain.notifying.policy import NotifyPolicy, Orders
from sentinel_tui.domain.records import AlertRecord

S = 1_000
NOW_MS = 1_800_000_000_000
WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
ORDERS = Orders(
    depends_on={"api": ("gateway",), "web": ("api",), "gateway": ("dns",)},
    names={"gateway": "The gateway", "api": "The API"},
)


def alert(
    service: str = "api", rule: Rule = Rule.DOWN, ago_s: float = 0, **fields: object
) -> AlertRecord:
    """An alert that opened so long ago; critical when it says that something is down."""
    known = AlertRecord(
        id=1,
        fingerprint=f"{rule}/{service}/http",
        rule=rule,
        severity=CRITICAL if rule is Rule.DOWN else WARNING,
        service=service,
        check="http",
        opened_ms=NOW_MS - round(ago_s * S),
        resolved_ms=None,
        acknowledged_ms=None,
        reason="refused",
    )
    return replace(known, **fields)  # type: ignore[arg-type] # the test's own words


def put(
    one: AlertRecord,
    known: Sequence[Incident] = (),
    down: Collection[str] = (),
    at_ms: int = NOW_MS,
) -> Incident:
    return place(one, known, ORDERS, lambda service: service in down, at_ms)


def stored(incident: Incident, number: int = 5) -> Incident:
    return replace(incident, id=number)


class TestFamilies:
    def test_every_rule_has_one(self) -> None:
        assert {family(rule) for rule in Rule} == {
            "availability",
            "expiry",
            "waking",
            "acting",
            "workspace",
            "videos",
            "sentinel",
        }

    @pytest.mark.parametrize("rule", [Rule.DOWN, Rule.DEGRADED, Rule.FLAPPING, Rule.BUDGET])
    def test_what_can_have_one_cause_is_one_incident(self, rule: Rule) -> None:
        first = stored(put(alert(rule=Rule.DEGRADED)))
        assert put(alert(rule=rule), [first]).id == first.id

    def test_an_ending_certificate_is_another_matter_than_an_outage(self) -> None:
        outage = stored(put(alert()))
        expiry = put(alert(rule=Rule.CERTIFICATE), [outage], {"gateway"})
        assert (expiry.id, expiry.cause) == (0, "expiry/api")

    def test_sentinels_own_troubles_are_apart_by_rule(self) -> None:
        channel = stored(put(alert("", Rule.CHANNEL)))
        assert channel.services == ()
        assert put(alert("", Rule.CHANNEL), [channel]).id == channel.id
        assert put(alert("", Rule.STORAGE), [channel]).id == 0
        assert put(alert("api", Rule.STOPPED)).cause == put(alert("web", Rule.STOPPED)).cause

    def test_hours_and_slow_wakes_are_no_part_of_an_outage(self) -> None:
        outage = stored(put(alert()))
        slow = put(alert(rule=Rule.COLD_START), [outage], {"gateway"})
        assert (slow.id, slow.cause) == (0, "waking/api")
        hours = put(alert("", Rule.HOURS), [outage])
        assert (hours.cause, hours.services) == ("workspace/hours", ())
        assert hours.title.startswith("The workspace runs out of hours: ")


class TestTitles:
    def test_they_name_what_happened_and_why(self) -> None:
        incident = put(alert())
        assert incident.title == "The API is DOWN: refused"
        assert headline(incident) == ("The API is DOWN", "refused")
        assert past_headline(incident) == "The API was down"

    @pytest.mark.parametrize("rule", Rule)
    def test_every_rule_has_words_for_now_and_for_later(self, rule: Rule) -> None:
        incident = put(alert(rule=rule))
        assert past_headline(incident) != headline(incident)[0]

    def test_sentinel_itself_is_the_subject_of_its_own_troubles(self) -> None:
        assert put(alert("api", Rule.STOPPED)).title.startswith("Sentinel does not look: ")

    def test_what_hangs_on_something_down_is_named_after_that(self) -> None:
        incident = put(alert("api", Rule.DEGRADED), down={"gateway"})
        assert (incident.cause, incident.title) == (
            "availability/gateway",
            "The gateway is DOWN",
        )

    def test_the_roots_own_alert_adds_why(self) -> None:
        known = stored(replace(put(alert("web"), down={"api", "gateway"}), severity=CRITICAL))
        assert known.title == "The gateway is DOWN"
        assert put(alert("gateway"), [known], {"gateway"}).title == "The gateway is DOWN: refused"

    def test_worse_news_replace_the_title_and_lesser_ones_do_not(self) -> None:
        slow = stored(put(alert(rule=Rule.DEGRADED)))
        assert put(alert(rule=Rule.DOWN), [slow]).title == "The API is DOWN: refused"
        down = stored(put(alert()))
        assert put(alert(rule=Rule.DEGRADED), [down]).title == down.title
        assert put(alert(reason="a second check too"), [down]).title == down.title

    def test_news_of_others_do_not_replace_it(self) -> None:
        down = stored(replace(put(alert("gateway")), severity=WARNING))
        assert put(alert("web"), [down], {"api", "gateway"}).title == down.title

    def test_a_relapse_says_why_it_came_back(self) -> None:
        ended = stored(replace(put(alert(), down=()), resolved_ms=NOW_MS - 60 * S))
        assert put(alert(reason="timeout"), [ended]).title == "The API is DOWN: timeout"


class TestPlaces:
    def test_the_first_alert_begins_an_incident(self) -> None:
        one = alert("shop", ago_s=90)
        assert put(one) == Incident(
            0, "availability/shop", "shop is DOWN: refused", CRITICAL, ("shop",), one.opened_ms
        )

    def test_the_cause_is_the_highest_that_fails(self) -> None:
        assert put(alert("web"), down={"api", "gateway"}).cause == "availability/gateway"
        assert put(alert("web"), down={"gateway"}).cause == "availability/web"

    def test_a_child_joins_its_parents_incident(self) -> None:
        known = stored(put(alert("gateway")))
        assert put(alert("web"), [known], {"api", "gateway"}).id == known.id

    def test_an_incident_that_ended_moments_ago_comes_back(self) -> None:
        ended = stored(
            replace(
                put(alert()),
                resolved_ms=NOW_MS - round(REOPEN_S * S) + 1,
                acknowledged_ms=NOW_MS,
                acknowledged_by="cli",
            )
        )
        back = put(alert(), [ended])
        assert (back.id, back.open, back.reopened) == (ended.id, True, 1)
        assert (back.acknowledged_ms, back.acknowledged_by) == (None, "")

    def test_one_that_ended_long_ago_does_not(self) -> None:
        ended = stored(replace(put(alert()), resolved_ms=NOW_MS - round(REOPEN_S * S)))
        assert put(alert(), [ended]).id == 0

    def test_an_open_incident_goes_before_one_that_ended(self) -> None:
        ended = stored(replace(put(alert()), resolved_ms=NOW_MS - S), 5)
        known = stored(put(alert()), 6)
        assert put(alert(), [ended, known]).id == 6

    def test_of_several_that_ended_the_last_comes_back(self) -> None:
        first = stored(replace(put(alert()), resolved_ms=NOW_MS - 9 * S), 5)
        second = stored(replace(put(alert()), resolved_ms=NOW_MS - 3 * S), 6)
        assert put(alert(), [second, first]).id == 6


class TestTakeovers:
    def test_a_parent_takes_over_what_began_at_its_children(self) -> None:
        child_first = stored(put(alert("web", ago_s=TAKEOVER_S)))
        taken = put(alert("gateway"), [child_first], {"gateway"})
        assert (taken.id, taken.cause) == (child_first.id, "availability/gateway")
        assert taken.title == "The gateway is DOWN: refused"
        alerts = [alert("web"), alert("gateway")]
        assert settle(taken, alerts, NOW_MS).services == ("gateway", "web")

    def test_an_outage_of_its_own_from_before_stays_one(self) -> None:
        older = stored(put(alert("web", ago_s=TAKEOVER_S + 1)))
        assert put(alert("gateway"), [older], {"gateway"}).id == 0

    def test_what_is_over_or_elsewhere_is_not_taken(self) -> None:
        over = stored(replace(put(alert("web")), resolved_ms=NOW_MS - S))
        other = stored(put(alert("shop")))
        assert put(alert("gateway"), [over, other], {"gateway"}).id == 0

    def test_a_slow_parent_takes_nothing_over(self) -> None:
        child = stored(put(alert("web")))
        assert put(alert("gateway", Rule.DEGRADED), [child]).id == 0

    def test_the_first_of_several_is_taken(self) -> None:
        first = stored(put(alert("web", ago_s=60)), 9)
        second = stored(put(alert("api", ago_s=30)), 8)
        assert put(alert("gateway"), [second, first], {"gateway"}).id == 9

    def test_an_incident_of_its_own_goes_before_its_childrens(self) -> None:
        child, own = stored(put(alert("web")), 1), stored(put(alert("gateway")), 2)
        assert put(alert("gateway"), [child, own], {"gateway"}).id == 2


class TestSettling:
    def test_it_is_open_while_any_alert_is(self) -> None:
        incident = stored(put(alert()))
        over, still = alert(resolved_ms=NOW_MS), alert("web")
        assert settle(incident, [over, still], NOW_MS).open

    def test_it_ends_with_its_last_alert(self) -> None:
        incident = stored(put(alert(ago_s=900)))
        ended = [alert(resolved_ms=NOW_MS - 60 * S), alert(resolved_ms=NOW_MS - 30 * S)]
        assert settle(incident, ended, NOW_MS).resolved_ms == NOW_MS - 30 * S

    def test_it_began_with_its_first(self) -> None:
        incident = stored(put(alert()))
        assert settle(incident, [alert(), alert(ago_s=50)], NOW_MS).opened_ms == NOW_MS - 50 * S

    def test_it_touches_what_its_alerts_touch_the_root_first(self) -> None:
        incident = stored(put(alert("web"), down={"api", "gateway"}))
        alerts = [alert("web"), alert("api"), alert("web", Rule.DEGRADED)]
        assert settle(incident, alerts, NOW_MS).services == ("gateway", "web", "api")

    def test_what_it_touched_it_goes_on_touching(self) -> None:
        incident = replace(stored(put(alert("api"))), services=("api", "web"))
        assert settle(incident, [alert("api")], NOW_MS).services == ("api", "web")

    def test_sentinels_own_touch_what_they_are_about(self) -> None:
        incident = stored(put(alert("api", Rule.STOPPED)))
        assert settle(incident, [alert("web", Rule.STOPPED)], NOW_MS).services == ("api", "web")
        own = stored(put(alert("", Rule.STORAGE)))
        assert settle(own, [alert("", Rule.STORAGE)], NOW_MS).services == ()

    def test_a_rise_undoes_an_acknowledgement(self) -> None:
        taken = replace(
            stored(put(alert(rule=Rule.DEGRADED))), acknowledged_ms=NOW_MS, acknowledged_by="tui"
        )
        same = settle(taken, [alert(rule=Rule.DEGRADED)], NOW_MS)
        assert (same.acknowledged_ms, same.acknowledged_by) == (NOW_MS, "tui")
        risen = settle(taken, [alert()], NOW_MS)
        assert (risen.severity, risen.acknowledged_ms, risen.acknowledged_by) == (
            CRITICAL,
            None,
            "",
        )

    def test_it_never_falls(self) -> None:
        incident = stored(put(alert()))
        assert settle(incident, [alert(rule=Rule.DEGRADED)], NOW_MS).severity is CRITICAL

    def test_without_alerts_it_is_over(self) -> None:
        incident = stored(put(alert(ago_s=60)))
        settled = settle(incident, [], NOW_MS)
        assert (settled.resolved_ms, settled.opened_ms) == (NOW_MS, incident.opened_ms)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["api", "web", "gateway"]),
            st.sampled_from([Rule.DOWN, Rule.DEGRADED, Rule.FLAPPING]),
            st.integers(0, 3_600),
            st.one_of(st.none(), st.integers(0, 3_600)),
        ),
        min_size=1,
    )
)
def test_settling_twice_changes_nothing(
    given_alerts: list[tuple[str, Rule, int, int | None]],
) -> None:
    alerts = [
        alert(
            service,
            rule,
            ago_s,
            resolved_ms=None if ended is None else NOW_MS - min(ended, ago_s) * S,
        )
        for service, rule, ago_s, ended in given_alerts
    ]
    settled = settle(stored(put(alerts[0])), alerts, NOW_MS)
    assert settle(settled, alerts, NOW_MS) == settled
    assert settled.open is any(one.open for one in alerts)
    if settled.resolved_ms is not None:
        assert settled.opened_ms <= settled.resolved_ms


class TestAcknowledgements:
    POLICY = NotifyPolicy()

    def test_they_count_for_a_while(self) -> None:
        taken = replace(put(alert()), acknowledged_ms=NOW_MS)
        lasts_ms = round(self.POLICY.acknowledged_s * S)
        assert acknowledged(taken, self.POLICY, NOW_MS)
        assert acknowledged(taken, self.POLICY, NOW_MS + lasts_ms - 1)
        assert not acknowledged(taken, self.POLICY, NOW_MS + lasts_ms)

    def test_nobody_took_it_on(self) -> None:
        assert not acknowledged(put(alert()), self.POLICY, NOW_MS)


def test_an_incident_whose_service_was_taken_out_does_not_say_that_it_recovered() -> None:
    begun = stored(put(alert("api")))
    gone = alert("api", resolved_ms=NOW_MS + S, resolution=NO_LONGER_WATCHED)
    over = settle(begun, [gone], NOW_MS + S)
    assert headline(over)[1] == NO_LONGER_WATCHED
    assert not over.open
