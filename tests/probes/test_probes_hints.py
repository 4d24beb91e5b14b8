"""Answers that a platform gives for a sleeping service."""

from __future__ import annotations

import pytest

from sentinel_tui.domain.monitoring.observations import WakeHint
from sentinel_tui.probes.hints import is_start_page, platform_word

HTML = {"content-type": "text/html; charset=utf-8"}


def routed(value: str) -> dict[str, str]:
    return {"x-render-routing": value}


@pytest.mark.parametrize(
    ("status", "headers", "body", "hint"),
    [
        (429, routed("hibernate-rate-limited"), b"", WakeHint.HIBERNATING),
        (503, routed("hibernate-wake-error"), b"", WakeHint.HIBERNATING),
        (503, routed("dynamic-hibernate-error-503"), b"", WakeHint.HIBERNATING),
        (200, routed("Hibernate-Loading"), b"", WakeHint.HIBERNATING),
        (429, {}, b'{"error": "hibernate-rate-limited"}', WakeHint.HIBERNATING),
        (429, {}, b"slow down", None),
        (503, routed("suspend"), b"", None),
        (503, routed("suspend-by-user"), b"", None),
        (404, routed("no-server"), b"", None),
        (502, {}, b"", WakeHint.GATEWAY),
        (503, {}, b"", WakeHint.GATEWAY),
        (504, {}, b"", WakeHint.GATEWAY),
        (500, {}, b"", None),
        (200, {}, b"", None),
        (200, HTML, b"<html>SERVICE WAKING UP ...</html>", WakeHint.LOADING_PAGE),
        (503, HTML, b"<html>your app is almost live</html>", WakeHint.LOADING_PAGE),
        (200, {"content-type": "application/json"}, b"service waking up", None),
        (200, {}, b"service waking up", None),
    ],
)
def test_hints(status: int, headers: dict[str, str], body: bytes, hint: WakeHint | None) -> None:
    assert platform_word(status, headers, body).hint is hint


@pytest.mark.parametrize("reason", ["suspend", "suspend-by-user", "no-server"])
def test_a_platform_that_does_not_run_it_says_so(reason: str) -> None:
    assert reason in platform_word(503, routed(reason), b"").remark


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<title>Render</title><h1>Application\n\t loading</h1>", True),
        (b"<h1>Application loading</h1>", False),
        (b"<p>Loading...</p>", False),
        (b"<p>Early birds are waking up with our service</p>", False),
        (b"", False),
        (b"\xff\xfe\x00" * 50, False),
        (b" " * 20_000 + b"service waking up", False),
    ],
)
def test_only_what_reads_like_a_start_page_is_one(page: bytes, expected: bool) -> None:
    assert is_start_page(HTML, page) is expected


def test_a_hostile_routing_header_is_harmless() -> None:
    remark = platform_word(429, routed("hibernate\x1b]0;x\x07" + "y" * 999), b"").remark

    assert "\x1b" not in remark
    assert len(remark) < 120
