"""Dead man's switches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.checks import HeartbeatCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.probes.heartbeat import beat_observation, due_ms, is_missed, missed

HOURLY = HeartbeatCheck(every_s=3_600.0, grace_s=60.0)
NOW_MS = 1_800_000_000_000


def test_a_beat_is_good_and_has_no_latency() -> None:
    seen = beat_observation(NOW_MS)

    assert (seen.at_ms, seen.outcome, seen.latency_ms, seen.error) == (NOW_MS, Outcome.OK, None, "")


def test_a_beat_may_report_a_failure_in_its_own_harmless_words() -> None:
    seen = beat_observation(NOW_MS, ok=False, message="disk \x1b[31mfull\n")

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert seen.error == "it reports: disk ·[31mfull"


def test_a_beat_may_report_a_failure_without_words() -> None:
    assert beat_observation(NOW_MS, ok=False).error == "it reports a failure"


def test_silence_is_a_failure_that_says_how_long_it_lasts() -> None:
    seen = missed(HOURLY, NOW_MS - 5_400_000, NOW_MS)

    assert (seen.at_ms, seen.outcome, seen.phase) == (NOW_MS, Outcome.FAIL, FailurePhase.TIMEOUT)
    assert seen.error == "no beat for 1h 30m, one is due every 1h"


@given(every_s=st.floats(1, 1e7), grace_s=st.floats(0, 1e6), silence_ms=st.integers(0, 10**11))
def test_a_beat_is_missed_only_after_its_grace(
    every_s: float, grace_s: float, silence_ms: int
) -> None:
    check = HeartbeatCheck(every_s=every_s, grace_s=grace_s)

    assert is_missed(check, NOW_MS, NOW_MS + silence_ms) == (
        NOW_MS + silence_ms > due_ms(check, NOW_MS)
    )
    assert not is_missed(check, NOW_MS, NOW_MS + int((every_s + grace_s) * 1_000))
