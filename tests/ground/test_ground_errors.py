"""Every error of Sentinel says how to mend it, and tells a shell what it was."""

import inspect

import pytest

from sentinel_tui import errors
from sentinel_tui.errors import SentinelError

EVERY = [
    one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, SentinelError)
]
BRANCHES = [one for one in EVERY if one is SentinelError or one.__base__ is SentinelError]


@pytest.mark.parametrize("error", EVERY)
def test_an_error_carries_its_message_and_its_remedy(error: type[SentinelError]) -> None:
    raised = error("what is wrong", "how to mend it")
    assert str(raised) == "what is wrong"
    assert raised.hint == "how to mend it"
    assert error("alone").hint == ""


def test_the_branches_can_be_told_apart_by_their_exit_codes() -> None:
    codes = [error.exit_code for error in BRANCHES]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


@pytest.mark.parametrize("error", EVERY)
def test_every_error_is_drawn_in_the_tree(error: type[SentinelError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")
    assert error.__doc__
