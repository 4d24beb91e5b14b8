"""Unique viewers, estimated from CDN logs."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bunny_bench import HastyClock
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Receiver, answer

from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.errors import PlatformError, PlatformRefused
from sentinel_tui.platforms.cdn_logs import (
    CdnLogs,
    Fetch,
    fetches_in_entries,
    fetches_in_lines,
    unique_viewers,
)

DAY = 20_000 * DAY_MS
ONE, OTHER = "657bb740-a71b-4529-a012-528021c31a92", "0a1b2c3d-0000-4000-8000-000000000007"


def entry(**members: Any) -> dict[str, Any]:
    return {
        "timestamp": DAY + 5_000,
        "statusCode": 206,
        "remoteIp": "192.0.2.0",
        "userAgent": "Player/1",
        "path": f"/{ONE}/720p/video3.ts",
        "ja4Fingerprint": "t13d",
    } | members


def line(**members: Any) -> str:
    fields = {
        "cache": "HIT",
        "status": "200",
        "at": str(DAY + 5_000),
        "bytes": "1234",
        "zone": "77",
        "address": "192.0.2.0",
        "referrer": "https://shop.example/",
        "url": f"https://vz-1.b-cdn.net/{ONE}/720p/video3.ts?x=1",
        "edge": "FR",
        "agent": "Player/1",
        "id": "abc",
        "country": "FR",
    }
    return "|".join((fields | members).values()) + "\n"


def test_a_viewer_is_an_address_with_a_program_and_counts_once_a_day() -> None:
    entries = [
        entry(),
        entry(path=f"/{ONE}/1080p/video4.ts", statusCode=200),
        entry(userAgent="Player/2"),
        entry(remoteIp="192.0.2.1"),
        entry(ja4Fingerprint="t12d"),
        entry(timestamp=DAY + DAY_MS),
        entry(path=f"/{OTHER}/seg-1.m4s"),
    ]
    assert unique_viewers(fetches_in_entries(entries)) == {
        ONE: {DAY: 4, DAY + DAY_MS: 1},
        OTHER: {DAY: 1},
    }


def test_lists_pictures_and_failures_are_no_views() -> None:
    entries = [
        entry(path=f"/{ONE}/playlist.m3u8"),
        entry(path=f"/{ONE}/thumbnail.jpg"),
        entry(path="/favicon.ts"),
        entry(statusCode=404),
        entry(timestamp="yesterday"),
        entry(path=None, url=None),
        "no entry",
    ]
    assert list(fetches_in_entries(entries)) == []
    lines = [
        line(url=f"https://vz-1.b-cdn.net/{ONE}/playlist.m3u8"),
        line(url="//["),
        line(status="404"),
        line(at="-"),
        "",
        "HIT|200",
    ]
    assert list(fetches_in_lines(lines)) == []


def test_both_forms_of_the_log_tell_the_same() -> None:
    (fetch,) = fetches_in_lines([line()])
    assert (fetch.video, fetch.at_ms) == (ONE, DAY + 5_000)
    (odd,) = fetches_in_lines([line(agent="Play|er/1")])
    assert odd.who.endswith("Play|er/1")
    by_url = entry(path=None, url=f"https://vz-1.b-cdn.net/{ONE}/720p/video3.ts?x=1")
    (written,) = fetches_in_entries([by_url | {"timestamp": "2024-10-04T00:00:05Z"}])
    assert (written.video, written.at_ms) == (ONE, DAY + 5_000)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=40) | st.just(line()[:-30]), max_size=5))
def test_lines_that_are_none_are_passed_over(lines: list[str]) -> None:
    assert len(list(fetches_in_lines([*lines, line()]))) >= 1


def many(viewers: int) -> Iterator[Fetch]:
    for number in range(2 * viewers):
        yield Fetch(ONE, DAY, f"viewer {number % viewers}")


def test_few_are_counted_and_many_are_estimated_in_little_memory() -> None:
    assert unique_viewers(many(900)) == {ONE: {DAY: 900}}
    tracemalloc.start()
    try:
        estimated = unique_viewers(many(15_000))[ONE][DAY]
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert estimated == pytest.approx(15_000, rel=4 * 0.044)  # four standard errors
    assert peak_bytes < 1_000_000


class TestAsking:
    """Over a socket, with pages."""

    def client(self, receiver: Receiver, *answers: bytes) -> CdnLogs:
        receiver.answers = list(answers)
        url = f"http://127.0.0.1:{receiver.port}"
        key = Secret("canary-of-the-account")
        return CdnLogs(key, 77, HastyClock(), base_url=url, allow_private=True)

    async def test_all_pages_count_and_only_the_range_asked_for(self, receiver: Receiver) -> None:
        pages = (
            {"data": [entry(), entry(timestamp=DAY - 1)], "pagination": {"hasMore": True}},
            {"data": [entry(remoteIp="192.0.2.9"), None, 7], "pagination": {"hasMore": False}},
        )
        logs = self.client(receiver, *(answer(json.dumps(one).encode()) for one in pages))
        assert await logs.unique_viewers(DAY, DAY + DAY_MS) == {ONE: {DAY: 2}}
        first, second = (parse_qs(urlsplit(one.path).query) for one in receiver.requests)
        assert receiver.requests[0].path.startswith("/v2/pullzones/77/logs?")
        assert first["from"] == ["2024-10-04T00:00:00Z"]
        assert int(second["offset"][0]) == int(first["limit"][0]) <= 10_000
        assert receiver.requests[0].headers["accesskey"] == "canary-of-the-account"

    async def test_a_refusal_says_how_to_mend_it(self, receiver: Receiver) -> None:
        disabled = b'{"error":{"code":"logging_disabled","message":"Logging is disabled."}}'
        for status, hint in (("404 Not Found", "switch logging on"), ("401 No", "account's key")):
            logs = self.client(receiver, answer(disabled, status=status))
            with pytest.raises(PlatformRefused, match="pull zone 77") as refused:
                await logs.unique_viewers(DAY, DAY + DAY_MS)
            assert "Logging is disabled." in str(refused.value)
            assert hint in refused.value.hint
            assert "canary" not in f"{refused.value!r} {refused.value.hint}"

    async def test_nonsense_is_refused(self, receiver: Receiver) -> None:
        odd = b'{"data":{"a":1},"pagination":{}}'
        for body in (b"[]", b"null", b"<html>", odd, b'{"data":[],"pagination":[]}'):
            with pytest.raises(PlatformError):
                await self.client(receiver, answer(body)).unique_viewers(DAY, DAY + DAY_MS)
