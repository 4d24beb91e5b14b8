"""Witnesses of our own network: whether what we do not see is our own fault."""

from __future__ import annotations

from collections.abc import Sequence


def quorum(answers: Sequence[bool], needed: int) -> bool:
    """Whether enough witnesses answered to believe that we are online.

    Args:
        answers: Of each witness that could be asked, whether it answered.
        needed: How many have to; all of them where there are fewer. Without any witness there is
            nobody to doubt ourselves by, so we are online.
    """
    return sum(answers) >= min(needed, len(answers))
