"""What Render says, as the rest of Sentinel knows it: services, deploys, events, metrics."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.hosting import DeployStatus
from sentinel_tui.platforms.render import Deploy, RenderEvent, RenderService, Series
from sentinel_tui.platforms.render_events import told
from sentinel_tui.platforms.render_hosting import host_event, hosted_deploy, hosted_service
from sentinel_tui.platforms.render_metrics import (
    Reading,
    cpu_shares,
    http_requests,
    instance_counts,
)

_SPEC = Path(__file__).parents[3] / "shared" / "specs" / "render-openapi.prism.json"
_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_NOON_MS = round(_NOON.timestamp() * 1_000)
_MINUTE_MS = 60_000


def at(minutes: float) -> str:
    """So many minutes after noon, as Render writes it."""
    return (_NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def service(**different: Any) -> RenderService:
    usual = {
        "id": "srv-a",
        "name": "shop",
        "type": "web_service",
        "ownerId": "tea-a",
        "suspended": "not_suspended",
        "autoDeploy": "yes",
        "serviceDetails": {"plan": "free", "numInstances": 1},
    }
    return RenderService.model_validate(usual | different)


def deploy(status: str, **different: Any) -> Deploy:
    usual = {"id": "dep-a", "status": status, "createdAt": at(0), "updatedAt": at(9)}
    return Deploy.model_validate(usual | different)


def described_kinds() -> list[str]:
    """Every kind of event that Render's description names."""
    spec = json.loads(_SPEC.read_text(encoding="utf-8"))
    value = spec["components"]["schemas"]["serviceEventWithCursor"]["properties"]["event"]
    value = value["properties"]["type"]
    while "$ref" in value:
        place = unquote(value["$ref"]).removeprefix("#/").split("/")
        value = spec
        for part in place:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
    kinds: list[str] = value["enum"]
    return kinds


class TestServices:
    def test_everything_that_is_known_is_taken_over(self) -> None:
        seen = service(serviceDetails={"plan": "standard", "numInstances": 3}, autoDeploy="no")
        known = hosted_service(seen, "shop", _NOON_MS, running=True)
        assert (known.service, known.host_id, known.workspace) == ("shop", "srv-a", "tea-a")
        assert (known.plan, known.instances, known.free) == ("standard", 3, False)
        assert (known.auto_deploy, known.running, known.seen_ms) == (False, True, _NOON_MS)

    def test_whether_it_runs_is_not_known_from_the_description(self) -> None:
        assert hosted_service(service(), "shop", _NOON_MS).running is None

    @pytest.mark.parametrize(
        ("suspended", "suspenders", "known"),
        [
            ("not_suspended", [], ()),
            ("suspended", ["billing"], ("billing",)),
            ("suspended", ["user", "billing"], ("user", "billing")),
            ("suspended", [], ("unknown",)),
        ],
    )
    def test_who_suspended_it(
        self, suspended: str, suspenders: list[str], known: tuple[str, ...]
    ) -> None:
        seen = hosted_service(service(suspended=suspended, suspenders=suspenders), "shop", _NOON_MS)
        assert seen.suspenders == known
        assert seen.suspended is bool(known)


class TestDeploys:
    @pytest.mark.parametrize(
        ("written", "status"),
        [
            ("created", DeployStatus.UNDER_WAY),
            ("queued", DeployStatus.UNDER_WAY),
            ("build_in_progress", DeployStatus.UNDER_WAY),
            ("pre_deploy_in_progress", DeployStatus.UNDER_WAY),
            ("update_in_progress", DeployStatus.UNDER_WAY),
            ("live", DeployStatus.LIVE),
            ("deactivated", DeployStatus.REPLACED),
            ("build_failed", DeployStatus.FAILED),
            ("pre_deploy_failed", DeployStatus.FAILED),
            ("update_failed", DeployStatus.FAILED),
            ("canceled", DeployStatus.CANCELED),
            ("a_word_of_tomorrow", DeployStatus.UNDER_WAY),
        ],
    )
    def test_every_status_has_a_meaning(self, written: str, status: DeployStatus) -> None:
        assert hosted_deploy(deploy(written), "shop", _NOON_MS).status is status

    def test_a_deploy_that_was_replaced_knows_from_when_to_when_it_was_live(self) -> None:
        known = hosted_deploy(deploy("deactivated", finishedAt=at(3)), "shop", _NOON_MS)
        assert known.live_ms == _NOON_MS + 3 * _MINUTE_MS
        assert known.ended_ms == _NOON_MS + 9 * _MINUTE_MS

    def test_when_it_was_replaced_is_not_made_up(self) -> None:
        seen = deploy("deactivated", finishedAt=at(3), updatedAt=at(3))
        assert hosted_deploy(seen, "shop", _NOON_MS).ended_ms is None

    def test_the_live_one_has_no_end_and_a_failed_one_was_never_live(self) -> None:
        live = hosted_deploy(deploy("live", finishedAt=at(3)), "shop", _NOON_MS)
        failed = hosted_deploy(deploy("build_failed", finishedAt=at(3)), "shop", _NOON_MS)
        begun = hosted_deploy(deploy("build_in_progress"), "shop", _NOON_MS)
        three_ms = _NOON_MS + 3 * _MINUTE_MS
        assert (live.live_ms, live.ended_ms) == (three_ms, None)
        assert (failed.live_ms, failed.ended_ms) == (None, three_ms)
        assert (begun.live_ms, begun.ended_ms) == (None, None)

    def test_of_what_a_commit_says_the_first_line_is_kept_and_harmless(self) -> None:
        commit = {"id": "c0ffee", "message": "\nMend \x1b[31mthe cart\n\nlong story"}
        known = hosted_deploy(deploy("live", commit=commit), "shop", _NOON_MS)
        assert known.message.startswith("Mend ")
        assert known.message.endswith("the cart")
        assert "\x1b" not in known.message

    def test_a_deploy_that_is_not_dated_was_ordered_when_it_was_seen(self) -> None:
        seen = Deploy.model_validate({"id": "dep-a", "status": "created"})
        assert hosted_deploy(seen, "shop", _NOON_MS).created_ms == _NOON_MS


class TestEvents:
    @pytest.mark.parametrize(
        ("kind", "details", "text"),
        [
            (
                "server_failed",
                {"reason": {"evicted": False, "oomKilled": {"memoryLimit": "512Mi"}}},
                "an instance failed: it used more memory than its 512Mi",
            ),
            (
                "server_failed",
                {"reason": {"evicted": False, "nonZeroExit": 3}},
                "an instance failed: it exited with 3",
            ),
            ("server_failed", {}, "an instance failed"),
            ("deploy_ended", {"deployStatus": "succeeded", "reason": {}}, "a deploy succeeded"),
            (
                "deploy_ended",
                {"deployStatus": "failed", "reason": {"failure": {"unhealthy": "503"}}},
                "a deploy failed: its health check failed: 503",
            ),
            (
                "deploy_ended",
                {"deployStatus": "failed", "reason": {"buildFailed": {"id": "bld-1"}}},
                "a deploy failed: its build failed",
            ),
            (
                "deploy_ended",
                {"deployStatus": "canceled", "reason": {"newDeploy": {"id": "dep-2"}}},
                "a deploy was cancelled",
            ),
            (
                "deploy_started",
                {"trigger": {"newCommit": "0123456789abcdef", "manual": False}},
                "a deploy began: commit 0123456",
            ),
            ("deploy_started", {"trigger": {"rollback": True}}, "a deploy began: a rollback"),
            (
                "instance_count_changed",
                {"fromInstances": 1, "toInstances": 3},
                "instances: 1 → 3",
            ),
            ("plan_changed", {"from": "free", "to": "starter"}, "plan: free → starter"),
            (
                "suspender_added",
                {"actor": "billing"},
                "suspended by Render, because of the bill or the free hours",
            ),
            ("a_kind_of_tomorrow", {"x": 1}, "a kind of tomorrow"),
        ],
    )
    def test_an_event_says_what_happened(
        self, kind: str, details: dict[str, Any], text: str
    ) -> None:
        assert told(kind, details) == text

    def test_every_kind_that_render_describes_has_words_of_its_own(self) -> None:
        if not _SPEC.exists():
            pytest.skip("the platform's OpenAPI file is not at hand")
        for kind in described_kinds():
            line = told(kind, {})
            assert "_" not in line
            assert line[-1].isalnum() or line.endswith("?")

    @given(
        st.sampled_from(["server_failed", "deploy_ended", "deploy_started", "suspender_added"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=9),
            lambda inner: (
                st.dictionaries(
                    st.sampled_from(
                        ["reason", "failure", "trigger", "oomKilled", "newCommit", "actor", "x"]
                    ),
                    inner,
                )
                | st.lists(inner, max_size=2)
            ),
            max_leaves=8,
        ),
    )
    def test_details_of_any_shape_make_one_line(self, kind: str, details: object) -> None:
        line = told(kind, details if isinstance(details, dict) else {"reason": details})
        assert line
        assert line.isprintable()

    def test_nobodys_address_is_told(self) -> None:
        person = {"id": "usr-1", "email": "jane@example.com"}
        for kind, key in (
            ("suspender_added", "suspendedByUser"),
            ("maintenance_started", "trigger"),
            ("deploy_started", "user"),
        ):
            assert "jane" not in told(kind, {key: person, "actor": "user"})

    def test_it_is_taken_over_with_its_time(self) -> None:
        seen = RenderEvent.model_validate(
            {"id": "evt-1", "timestamp": at(2), "type": "server_available", "details": {}}
        )
        known = host_event(seen, "shop")
        assert (known.service, known.at_ms) == ("shop", _NOON_MS + 2 * _MINUTE_MS)
        assert (known.kind, known.text) == ("server_available", "an instance is up")


def series(host_id: str, *values: tuple[float, float], **labels: str) -> Series:
    """A series of values at minutes after noon."""
    named = [{"field": field, "value": value} for field, value in labels.items()]
    return Series.model_validate(
        {
            "labels": [*named, {"field": "service", "value": host_id}],
            "values": [{"timestamp": at(minute), "value": value} for minute, value in values],
            "unit": "",
        }
    )


class TestMetrics:
    names = {"srv-a": "shop", "srv-b": "blog"}  # noqa: RUF012 (nothing changes it)

    def test_requests_of_all_statuses_are_added_minute_by_minute(self) -> None:
        seen = [
            series("srv-a", (0.2, 3), (0.7, 2), (1, 5), statusCode="200"),
            series("srv-a", (1, 1), statusCode="500"),
            series("srv-b", (1, 0), statusCode="200"),
        ]
        assert http_requests(seen, self.names) == {
            "shop": (Reading(_NOON_MS, 5), Reading(_NOON_MS + _MINUTE_MS, 6)),
            "blog": (Reading(_NOON_MS + _MINUTE_MS, 0),),
        }

    def test_instances_are_counted_as_the_most_of_a_minute(self) -> None:
        seen = [series("srv-a", (0, 1), (0.5, 2), (1, 0))]
        assert instance_counts(seen, self.names)["shop"] == (
            Reading(_NOON_MS, 2),
            Reading(_NOON_MS + _MINUTE_MS, 0),
        )

    def test_a_service_that_was_not_asked_for_is_passed_over(self) -> None:
        assert instance_counts([series("srv-z", (0, 1))], self.names) == {}

    def test_where_only_one_was_asked_for_a_series_without_a_name_is_its(self) -> None:
        nameless = Series.model_validate({"values": [{"timestamp": at(0), "value": 1}]})
        assert instance_counts([nameless], {"srv-a": "shop"})["shop"] == (Reading(_NOON_MS, 1),)

    def test_the_share_of_the_cpu_is_that_of_what_it_may_use_then(self) -> None:
        used = [
            series("srv-a", (0, 0.1), (5, 0.5), instance="one"),
            series("srv-a", (5, 0.7), instance="two"),
        ]
        limits = [series("srv-a", (0, 0.5), (4, 1.0))]
        shares = cpu_shares(used, limits, self.names)["shop"]
        assert [round(one.value, 6) for one in shares] == [0.2, 0.6]

    def test_without_a_limit_there_is_no_share(self) -> None:
        assert cpu_shares([series("srv-a", (0, 0.1))], [], self.names) == {"shop": ()}
