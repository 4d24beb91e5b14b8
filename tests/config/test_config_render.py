"""The options of the platform that hosts services, and of what is checked before a deploy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sentinel_tui.config.hosting import is_on_this_machine
from sentinel_tui.config.loader import ConfigInvalid, load
from sentinel_tui.config.model import Config, Service

WriteConfig = Callable[..., Path]

SERVICE = '[[services]]\nid = "shop"\nurl = "https://shop.example"\n'


def problems(path: Path) -> list[tuple[int, str, str]]:
    """Line, key and the whole text of each mistake."""
    with pytest.raises(ConfigInvalid) as invalid:
        load(path)
    return [(one.line, one.key, str(one)) for one in invalid.value.problems]


class TestRender:
    def test_without_a_table_the_budget_counts_and_nobody_is_asked(
        self, write_config: WriteConfig
    ) -> None:
        render = load(write_config(SERVICE)).config.render
        assert render.key is None
        assert render.budget_hours == 750
        assert render.reserve_share == 0.1

    def test_all_of_it_can_be_written(
        self, write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RENDER_API_KEY", "rnd_canary")
        text = """
            [render]
            key = "env:RENDER_API_KEY"
            workspace = "tea-cjnxpkdhshc73d12t9i0"
            poll = "2m"
            budget_hours = 312.5
            reserve = 0
            status_url = ""
        """
        render = load(write_config(text)).config.render
        assert render.key is not None
        assert render.key.reveal() == "rnd_canary"
        assert (render.poll_s, render.budget_hours, render.reserve_share) == (120, 312.5, 0)
        assert render.status_url == ""
        assert not render.api_is_local

    @pytest.mark.parametrize(
        "host", ["127.0.0.1:8010", "[::1]:8010", "localhost:8010", "127.9.9.9"]
    )
    def test_plain_http_is_taken_on_this_machine(
        self, write_config: WriteConfig, host: str
    ) -> None:
        render = load(write_config(f'[render]\napi = "http://{host}/v1"\n')).config.render
        assert render.api_is_local

    @pytest.mark.parametrize("key", ["api", "status_url"])
    @pytest.mark.parametrize(
        "host", ["api.render.com", "10.0.0.5", "127.0.0.1.example.com", "localhost.example.com"]
    )
    def test_plain_http_is_refused_anywhere_else(
        self, write_config: WriteConfig, key: str, host: str
    ) -> None:
        ((line, where, text),) = problems(write_config(f'[render]\n{key} = "http://{host}/"\n'))
        assert (line, where) == (2, f"render.{key}")
        assert "https://" in text
        assert not is_on_this_machine(f"https://{host}/")

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ('poll = "5s"', "of at least 10s"),
            ("budget_hours = 0", "above 0"),
            ("reserve = 95", "from 0 to 90"),
            ('workspace = "my workspace"', "tea-cabc123"),
            ('status_url = "status.render.com"', "https:// and a host"),
            ('key = "env:"', "env:NAME"),
            ("hours = 750", "budget_hours"),
        ],
    )
    def test_a_mistake_is_named_with_its_line_and_what_is_expected(
        self, write_config: WriteConfig, written: str, expected: str
    ) -> None:
        ((line, _, text),) = problems(write_config(f"[render]\n{written}\n"))
        assert line == 2
        assert expected in text

    def test_a_key_that_is_nowhere_is_said_with_how_to_mend_it(
        self, write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SENTINEL_TEST_KEY", raising=False)
        path = write_config('[render]\nkey = "env:SENTINEL_TEST_KEY"\n')
        ((_, _, text),) = problems(path)
        assert "export SENTINEL_TEST_KEY" in text
        assert load(path, resolve=False).config.render.key is not None

    def test_a_key_in_clear_is_taken_with_a_warning_and_never_shown(
        self, write_config: WriteConfig
    ) -> None:
        loaded = load(write_config('[render]\nkey = "rnd_in_clear"\n'))
        assert any("in clear" in one.message for one in loaded.warnings)
        assert "rnd_in_clear" not in f"{loaded!r} {loaded.warnings!r}"


class TestCostsHours:
    """Which services draw from the workspace's hours."""

    @pytest.mark.parametrize(
        ("service", "costs"),
        [
            ({"url": "https://shop.onrender.com"}, False),
            ({"url": "https://shop.onrender.com", "sleeps": {}}, True),
            ({"url": "https://SHOP.onrender.com:443/health", "sleeps": {}}, True),
            ({"url": "https://shop.example", "sleeps": {}}, False),
            ({"url": "https://onrender.com.example", "sleeps": {}}, False),
            ({"url": "https://shop.example", "sleeps": {}, "render_service_id": "srv-a"}, True),
            ({"url": "https://shop.example", "render_service_id": "srv-a"}, False),
            ({"url": "https://shop.example", "sleeps": {"costs_hours": True}}, True),
            ({"url": "https://shop.onrender.com", "sleeps": {"costs_hours": False}}, False),
            (
                {"checks": [{"kind": "http", "url": "https://a.onrender.com"}], "sleeps": {}},
                True,
            ),
            ({"checks": [{"kind": "tcp", "host": "a", "port": 1}], "sleeps": {}}, False),
        ],
    )
    def test_what_sleeps_and_lies_at_render_costs_hours_unless_it_says_otherwise(
        self, service: dict[str, object], costs: bool
    ) -> None:
        assert Service.model_validate({"id": "shop", **service}).costs_hours is costs


class TestDeploy:
    def test_all_of_it_can_be_written(
        self, write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RENDER_API_KEY", "rnd_canary")
        text = (
            SERVICE
            + """
            render_service_id = "srv-a"
            [services.deploy]
            repo = "acme/shop.js"
            branch = "release/2"
            command = ["make", "test"]
            timeout = "5m"
            automatic = true
            [render]
            key = "env:RENDER_API_KEY"
            [[autonomy.rules]]
            verb = "deploy"
            level = "auto"
            """
        )
        loaded = load(write_config(text))
        deploy = loaded.config.services[0].deploy
        assert deploy is not None
        assert (deploy.repo, deploy.branch, deploy.command) == (
            "acme/shop.js",
            "release/2",
            ["make", "test"],
        )
        assert (deploy.timeout_s, deploy.automatic) == (300, True)
        assert loaded.warnings == ()

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ('repo = "https://github.com/acme/shop"', '"acme/shop"'),
            ('repo = "../../user"', '"acme/shop"'),
            ('branch = "../main"', "such as main"),
            ('branch = ""', "such as main"),
            ('github_token = "env:HOME"', 'set repo = "owner/name" too'),
            ("automatic = true", 'set repo = "owner/name" too'),
            ('timeout = "2h"', "1h"),
            ('command = "make test"', "a list of text"),
        ],
    )
    def test_a_mistake_is_named_with_its_line_and_what_is_expected(
        self, write_config: WriteConfig, written: str, expected: str
    ) -> None:
        ((line, key, text),) = problems(write_config(f"{SERVICE}[services.deploy]\n{written}\n"))
        assert line == 5
        assert key.startswith("services[0].deploy.")
        assert expected in text

    def test_an_automatic_deploy_that_no_rule_allows_is_warned_about(
        self, write_config: WriteConfig
    ) -> None:
        text = (
            SERVICE
            + """
            render_service_id = "srv-a"
            [services.deploy]
            repo = "acme/shop"
            automatic = true
            """
        )
        (warning,) = load(write_config(text)).warnings
        assert warning.key == "services[0].deploy.automatic"
        assert "[[autonomy.rules]]" in warning.mend

    def test_what_no_platform_could_deploy_is_warned_about(self, write_config: WriteConfig) -> None:
        (warning,) = load(write_config(f"{SERVICE}[services.deploy]\n")).warnings
        assert warning.key == "services[0].deploy"
        assert "render_service_id" in warning.mend


def test_a_configuration_without_any_of_it_is_as_it_was() -> None:
    config = Config()
    assert (config.modes, config.autonomy.rules) == ([], [])
