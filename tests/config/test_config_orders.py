"""The configuration becomes what the domain goes by, complete and in its own terms."""

from __future__ import annotations

from sentinel_tui.config.model import Config
from sentinel_tui.config.orders import objectives_for, orders_for, windows_for
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.silences import Window
from sentinel_tui.domain.notifying.policy import ChannelPolicy, Hours, NotifyPolicy, Orders, Step

URL = {"url": "https://example.com"}


def test_an_empty_configuration_has_the_domains_own_defaults() -> None:
    assert orders_for(Config()) == Orders()
    assert windows_for(Config()) == ()
    assert objectives_for(Config()) == {}


def test_services_by_their_ids() -> None:
    services = [
        {"id": "gw", **URL},
        {"id": "api", "name": "The API", "depends_on": ["gw"], "tags": ["shop", "eu"], **URL},
    ]
    orders = orders_for(Config.model_validate({"services": services}))
    assert orders.depends_on == {"gw": (), "api": ("gw",)}
    assert orders.tags == {"gw": (), "api": ("shop", "eu")}
    assert orders.names == {"gw": "gw", "api": "The API"}


def test_every_option_of_notifications_arrives() -> None:
    config = Config.model_validate(
        {
            "display": {"time_zone": "Europe/Paris"},
            "channels": [
                {
                    "name": "mail",
                    "kind": "terminal",
                    "least": "critical",
                    "match": "tag:shop",
                    "hours": {"from": "08:30", "to": "18:00", "days": ["mon", "sun"]},
                },
                {"name": "sms", "kind": "terminal", "escalation_only": True},
            ],
            "notifications": {
                "wait_critical": "1s",
                "wait_warning": "2s",
                "update_every": "3s",
                "remind_critical": "4m",
                "remind_warning": "5m",
                "acknowledged_for": "6m",
                "quiet_hours": {
                    "from": "22:00",
                    "to": "07:05",
                    "zone": "America/New_York",
                    "hide_critical": True,
                },
                "escalation": [
                    {"after": "30m", "channels": ["sms"]},
                    {"after": "10m", "channels": ["mail", "sms"], "least": "warning"},
                ],
            },
        }
    )
    assert orders_for(config).policy == NotifyPolicy(
        channels=(
            ChannelPolicy(
                name="mail",
                least=Severity.CRITICAL,
                match="tag:shop",
                hours=Hours(510, 1_080, "Europe/Paris", frozenset({0, 6})),
            ),
            ChannelPolicy(name="sms", escalation_only=True),
        ),
        wait_critical_s=1,
        wait_warning_s=2,
        update_s=3,
        remind_critical_s=240,
        remind_warning_s=300,
        acknowledged_s=360,
        quiet=Hours(1_320, 425, "America/New_York"),
        quiet_hides_critical=True,
        steps=(
            Step(600, ("mail", "sms"), Severity.WARNING),
            Step(1_800, ("sms",), Severity.CRITICAL),
        ),
    )


def test_windows_are_meant_in_the_zone_of_the_display_unless_they_say() -> None:
    window = {"name": "n", "match": "tag:shop", "cron": "0 3 * * sun", "duration": "2h"}
    config = Config.model_validate(
        {
            "display": {"time_zone": "Europe/Paris"},
            "maintenance": [window, window | {"name": "m", "zone": "UTC", "until_healthy": True}],
        }
    )
    assert windows_for(config) == (
        Window("n", "tag:shop", "0 3 * * sun", "Europe/Paris", 7_200),
        Window("m", "tag:shop", "0 3 * * sun", "UTC", 7_200, until_healthy=True),
    )


def test_objectives_are_ratios_of_those_who_have_one() -> None:
    services = [{"id": "a", "objective": 99.9, **URL}, {"id": "b", **URL}]
    (found,) = objectives_for(Config.model_validate({"services": services})).items()
    assert found[0] == "a"
    assert round(found[1].ratio, 6) == 0.999
