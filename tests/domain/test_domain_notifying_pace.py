"""Channels are not flooded, and not given up quickly."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.notifying.pace import (
    MOST_MESSAGES,
    WINDOW_S,
    may_send,
    must_digest,
    retry_in_s,
)

WINDOW_MS = round(WINDOW_S * 1_000)


def test_a_channel_takes_so_many_in_a_while_and_no_more() -> None:
    sent_ms: list[int] = []
    for now_ms in range(0, 3 * WINDOW_MS, 1_000):
        if may_send(sent_ms, now_ms):
            sent_ms.append(now_ms)
    for earlier_ms, later_ms in zip(sent_ms, sent_ms[MOST_MESSAGES:], strict=False):
        assert later_ms - earlier_ms >= WINDOW_MS
    assert len(sent_ms) == 3 * MOST_MESSAGES


def test_the_last_one_for_a_while_tells_everything() -> None:
    nearly_full = list(range(MOST_MESSAGES - 1))
    assert not must_digest(nearly_full[1:], 1_000)
    assert must_digest(nearly_full, 1_000)
    assert must_digest([*nearly_full, 900], 1_000)


def test_a_clock_that_was_set_back_does_not_open_the_gates() -> None:
    assert not may_send([5 * WINDOW_MS] * MOST_MESSAGES, 0)


def test_tries_come_ever_later_up_to_an_hour() -> None:
    waits_s = [retry_in_s(attempts, 0.0) for attempts in range(12)]
    assert waits_s[0] == 0
    assert all(a <= b for a, b in itertools.pairwise(waits_s))
    assert waits_s[-1] == 3_600


@given(st.integers(0, 50), st.floats(-1, 1))
def test_jitter_spreads_them_by_a_fifth(attempts: int, jitter: float) -> None:
    plain_s = retry_in_s(attempts, 0.0)
    assert abs(retry_in_s(attempts, jitter) - plain_s) <= plain_s / 5 + 1e-9


@pytest.mark.parametrize(("asked_s", "waits_s"), [(0.0, 1.0), (45.0, 45.0), (86_400.0, 900.0)])
def test_what_the_receiver_asks_for_is_kept_within_reason(asked_s: float, waits_s: float) -> None:
    assert retry_in_s(1, 1.0, asked_s) == waits_s
