"""Regular expressions that cannot hold the engine up.

The time of some patterns grows with the square of the text, of others by doubling, and nothing
else runs meanwhile: a server that knows the pattern could stop every other check. So a search has
a time limit of its own, by an alarm, which Python's matcher heeds.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import NoReturn

from sentinel_tui.probes.faults import OwnFault

MOST_SEARCHED_CHARACTERS = 65_536
_LONGEST_S = 0.5


class _TooSlow(Exception):
    """The alarm went off."""


def is_found(pattern: str, text: str) -> bool:
    """Whether `pattern` matches somewhere in the first 64 KiB of `text`.

    Raises:
        OwnFault: It takes too long to say.
    """
    compiled = _compiled(pattern)
    try:
        with _alarm(_LONGEST_S):
            return compiled.search(text[:MOST_SEARCHED_CHARACTERS]) is not None
    except _TooSlow:
        problem = f"the pattern {pattern} takes too long on this answer; make it simpler"
        raise OwnFault(problem) from None


@lru_cache(maxsize=1_024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise `_TooSlow` in what takes longer; only a main thread can be interrupted so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _go_off)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _go_off(number: int, frame: FrameType | None) -> NoReturn:
    raise _TooSlow
