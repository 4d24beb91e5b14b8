"""The quorum of witnesses: when we believe that we are online."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.witnesses import quorum

answers = st.lists(st.booleans(), max_size=8)


def test_two_of_three_are_enough_for_two() -> None:
    assert quorum([True, False, True], 2)
    assert not quorum([True, False, False], 2)


def test_without_witnesses_nobody_is_doubted() -> None:
    assert quorum([], 2)


def test_of_fewer_than_needed_all_have_to_answer() -> None:
    assert quorum([True], 2)
    assert not quorum([False], 2)
    assert not quorum([True, False], 3)


@given(answers, st.integers(1, 8))
def test_one_more_answer_never_takes_us_offline(said: list[bool], needed: int) -> None:
    if quorum(said, needed):
        assert quorum([*said, True], needed)


@given(answers.filter(bool), st.integers(1, 8))
def test_silence_on_all_sides_is_offline(said: list[bool], needed: int) -> None:
    assert not quorum([False] * len(said), needed)
    assert quorum([True] * len(said), needed)
