"""A month's report: honest numbers, the method with them, in three forms that say the same."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sentinel_tui.domain.monitoring import slo, uptime
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.report import Report, assemble, month_bounds
from sentinel_tui.domain.monitoring.report_text import to_csv, to_dict, to_markdown
from sentinel_tui.domain.monitoring.slo import Objective
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import StateTimes
from sentinel_tui.domain.records import CheckRecord, LatencySummary, ServiceRecord

PARIS, NEW_YORK = "Europe/Paris", "America/New_York"
HOUR_MS = 3_600_000


def ms(text: str, zone: str = PARIS) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


LATER_MS = ms("2026-11-22T12:00")


def service(name: str, key: int | None = None, *, sleeps: bool = False) -> ServiceRecord:
    check = CheckRecord(key or 0, name, "http", "http", "http://x", 30.0, State.UP, 0, "")
    return ServiceRecord(
        id=name,
        name=name.title(),
        role="other",
        state=State.UP,
        since_ms=0,
        reason="",
        checks=(check,) if key else (),
        sleeps=sleeps,
    )


OUTAGE = Incident(
    id=4,
    cause="availability/public",
    title="Public is DOWN: <b>|404|</b>",
    severity=Severity.CRITICAL,
    services=("public", "curator"),
    opened_ms=ms("2026-10-07T14:02"),
    resolved_ms=ms("2026-10-07T14:09"),
)
ONGOING = replace(OUTAGE, id=5, opened_ms=ms("2026-10-31T23:00"), resolved_ms=None)
TIMES = {
    "public": StateTimes({State.UP: 699 * HOUR_MS, State.DOWN: HOUR_MS, State.MAINT: 45 * HOUR_MS}),
    "curator": StateTimes(
        {State.UP: 90 * HOUR_MS, State.WAKING: 5 * HOUR_MS, State.DOWN: 10 * HOUR_MS}
    )
    + StateTimes({State.ASLEEP: 315 * HOUR_MS}),
}
LATENCIES = {1: LatencySummary(1_000, 3, 10.0, 42.0, 120.5, 1_900.0, 2_500.0)}


def report(*services: ServiceRecord, now_ms: int = LATER_MS, **fields: object) -> Report:
    chosen = services or (service("public", 1), service("curator", 2, sleeps=True))
    given = {"incidents": [ONGOING, OUTAGE], "objectives": {"public": Objective(0.99)}, **fields}
    return assemble("2026-10", PARIS, now_ms, chosen, TIMES, LATENCIES, **given)  # type: ignore[arg-type] # the test's own words


class TestMonths:
    @pytest.mark.parametrize(
        ("zone", "month", "hours"),
        [
            (PARIS, "2026-10", 745),
            (PARIS, "2026-03", 743),
            (NEW_YORK, "2026-11", 721),
            (NEW_YORK, "2026-03", 743),
            (PARIS, "2026-12", 744),
            ("UTC", "2028-02", 696),
        ],
    )
    def test_they_are_as_long_as_the_clocks_make_them(
        self, zone: str, month: str, hours: int
    ) -> None:
        start_ms, end_ms = month_bounds(month, zone)
        assert start_ms == ms(f"{month}-01T00:00", zone)
        assert end_ms - start_ms == hours * HOUR_MS

    @pytest.mark.parametrize(
        "month", ["", "2026", "2026-13", "2026-00", "2026-1", "10-2026", "2026-10-01", "٢٠٢٦-١٠"]
    )
    def test_anything_else_is_refused_with_an_example(self, month: str) -> None:
        with pytest.raises(ValueError, match="write it like 2026-10"):
            month_bounds(month, "UTC")

    @pytest.mark.parametrize("month", ["0000-05", "9999-12"])
    def test_the_calendar_has_ends(self, month: str) -> None:
        with pytest.raises(ValueError, match="outside of the calendar"):
            month_bounds(month, "UTC")


class TestAssembly:
    def test_each_service_has_its_numbers(self) -> None:
        public, curator = report().services
        assert public.times.warm_availability == pytest.approx(699 / 700)
        assert public.latency.p95_ms == 120.5
        assert public.incidents == 2
        assert curator.times.reachable_availability == pytest.approx(95 / 105)
        assert curator.times.planned_sleep == pytest.approx(315 / 420)
        assert curator.latency == LatencySummary()

    def test_the_budget_is_that_of_the_month(self) -> None:
        public, curator = report().services
        assert public.budget is not None
        assert public.budget.total_s == pytest.approx((745 - 45) * 3_600 * 0.01)
        assert public.budget.left_ratio == pytest.approx(1 - 1 / 7)
        assert (curator.budget, curator.objective) == (None, None)

    def test_incidents_come_in_the_order_in_which_they_began(self) -> None:
        assert [one.id for one in report().incidents] == [4, 5]

    def test_a_month_that_goes_on_is_reported_so_far(self) -> None:
        now_ms = ms("2026-10-15T12:00")
        so_far = report(now_ms=now_ms)
        assert (so_far.end_ms, so_far.complete) == (now_ms, False)
        assert "until 2026-10-15 12:00" in to_markdown(so_far)
        assert report().complete

    def test_a_month_to_come_is_refused(self) -> None:
        with pytest.raises(ValueError, match="has not begun"):
            report(now_ms=ms("2026-10-01T00:00"))

    def test_a_service_that_was_never_looked_at_has_no_numbers(self) -> None:
        (one,) = report(service("new")).services
        assert (one.times.warm_availability, one.latency.p50_ms) == (None, None)

    def test_the_method_tells_how_everything_is_counted(self) -> None:
        method = report(objectives=None).method
        assert uptime.METHOD in method
        assert slo.METHOD in method
        for word in ("Warm", "reachable", "planned sleep", "percentiles"):
            assert word in method


class TestMarkdown:
    def test_a_service_that_sleeps_shows_three_numbers(self) -> None:
        rows = [line for line in to_markdown(report()).splitlines() if line.startswith("| ")]
        heading, _, public, curator, *_ = [
            [cell.strip() for cell in row.strip("|").split(" | ")] for row in rows
        ]
        assert heading[1:4] == ["Warm availability", "Reachable availability", "Planned sleep"]
        assert curator[1:4] == ["90.00 %", "90.48 %", "75.00 %"]
        assert public[1:4] == ["99.86 %", "–", "–"]

    def test_where_nothing_sleeps_one_number_is_enough(self) -> None:
        text = to_markdown(report(service("public", 1)))
        assert "| Service | Availability | Down |" in text

    def test_every_row_has_as_many_cells_as_its_heading_and_nothing_in_it_is_markup(self) -> None:
        text = to_markdown(report())
        assert r"\<b\>\|404\|\</b\>" in text
        tables = [block for block in text.split("\n\n") if block.startswith("| ")]
        for table in tables:
            bars = {line.replace(r"\|", "").count("|") for line in table.splitlines()}
            assert len(bars) == 1

    def test_incidents_tell_when_and_how_long(self) -> None:
        text = to_markdown(report())
        assert "2026-10-07 14:02 | 2026-10-07 14:09 | 7m" in text
        assert "2026-10-31 23:00 | still open | 1h" in text

    def test_a_month_without_incidents_says_so_and_the_method_comes_last(self) -> None:
        lines = to_markdown(report(incidents=[])).splitlines()
        assert "None." in lines
        assert lines[-1].startswith("*Availability: time-based")


class TestData:
    def test_csv_has_a_line_for_each_service_with_the_method(self) -> None:
        rows = list(csv.DictReader(io.StringIO(to_csv(report()))))
        assert [row["service"] for row in rows] == ["public", "curator"]
        assert float(rows[1]["planned_sleep"]) == pytest.approx(0.75)
        assert rows[1]["p50_ms"] == ""
        assert {row["month"] for row in rows} == {"2026-10"}
        assert {row["method"] for row in rows} == {report().method}

    def test_no_cell_of_the_csv_is_a_formula_to_a_spreadsheet(self) -> None:
        told = report()
        hostile = replace(told.services[0], name="=HYPERLINK(1)")
        text = to_csv(replace(told, services=(hostile,)))
        assert next(csv.DictReader(io.StringIO(text)))["name"] == "'=HYPERLINK(1)"

    def test_json_holds_the_same(self) -> None:
        found = json.loads(json.dumps(to_dict(report())))
        assert found["services"][0]["warm_availability"] == pytest.approx(699 / 700)
        assert found["services"][0]["budget_left"] == pytest.approx(6 / 7)
        assert [one["incident"] for one in found["incidents"]] == [4, 5]
        assert found["incidents"][1]["resolved_ms"] is None
        assert found["complete"] is True
        assert found["method"] == report().method

    def test_all_forms_tell_the_same_services_in_the_same_order(self) -> None:
        columns = next(csv.reader(io.StringIO(to_csv(report()))))
        services = to_dict(report())["services"]
        assert isinstance(services, list)
        assert ["month", *services[0], "method"] == columns
