"""Silences hold from their beginning to their real end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind

PLANNED = Silence(1, SilenceKind.SILENCE, "api", 100, 200, until_healthy=False, reason="", by="cli")


@pytest.mark.parametrize(("at_ms", "within"), [(99, False), (100, True), (199, True), (200, False)])
def test_one_with_an_end(at_ms: int, within: bool) -> None:
    assert PLANNED.holds(at_ms) is within


def test_one_without_an_end_goes_on() -> None:
    assert replace(PLANNED, end_ms=None).holds(10**15)


@pytest.mark.parametrize("end_ms", [200, None])
def test_one_that_was_ended_is_over(end_ms: int | None) -> None:
    ended = replace(PLANNED, end_ms=end_ms, ended_ms=150)
    assert ended.holds(149)
    assert not ended.holds(150)
