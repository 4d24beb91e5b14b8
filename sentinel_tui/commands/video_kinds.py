"""How libraries and orders of videos are read from their words."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel_tui.commands.spec import Argument
from sentinel_tui.commands.words import STOP_WORDS, Word

BY = ("by", "par")
"""Words that stand before an order."""

IN = ("in", "from", "library", "dans", "de", "bibliotheque")
"""Words that stand before a library."""

Read = tuple[str, int]
"""What was read, and how many words said it."""


def read_library(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """The name of a library; whether there is one is for the store to say."""
    return None if words[0] in STOP_WORDS else (str(words[0]), 1)


def read_order(argument: Argument, words: Sequence[Word], _: Sequence[str]) -> Read | None:
    """One of the orders an argument offers."""
    for order, meaning in argument.choices.items():
        if words[0] in meaning:
            return order, 1
    return None
