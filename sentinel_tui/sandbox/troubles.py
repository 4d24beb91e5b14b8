"""What can go wrong with a service, and when: a schedule that follows from a seed and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from sentinel_tui.errors import UsageError
from sentinel_tui.text import clean_text


class How(StrEnum):
    """The ways in which a service can be broken; the words are those of the command line."""

    ERROR = "500"
    REFUSE = "refuse"
    HANG = "hang"
    SLOW = "slow"
    DRIP = "drip"
    SLEEP = "sleep"
    DEPLOY = "deploy"

    @property
    def words(self) -> str:
        """What the service does then, after its name."""
        return _WORDS[self]


_WORDS = {
    How.ERROR: "answers with status 500",
    How.REFUSE: "refuses connections",
    How.HANG: "takes requests and never answers",
    How.SLOW: "answers slowly",
    How.DRIP: "sends its answers one byte a second",
    How.SLEEP: "fell asleep",
    How.DEPLOY: "gets a bad deploy",
}


def how_named(word: str) -> How:
    """The way that a word of the command line names.

    Raises:
        UsageError: There is no such way; the message lists those there are.
    """
    try:
        return How(word)
    except ValueError:
        raise UsageError(
            f"a service cannot be broken by {clean_text(word, 40)!r}",
            f"choose one of: {', '.join(How)}",
        ) from None


@dataclass(frozen=True, slots=True)
class Spell:
    """One time of trouble. Seconds are those of `Clock.elapsed_s`."""

    starts_s: float
    ends_s: float
    how: How


@dataclass(frozen=True, slots=True)
class Troubles:
    """One spell in every period, the same ones for the same seed.

    Attributes:
        seed: Decides everything below that is not fixed; name the service in it.
        origin_s: When the first period begins.
        every_s: Length of a period.
        after_s: How far into its period a spell begins: at least and at most.
        lasts_s: How long it lasts: at least and at most.
        hows: The ways of trouble, taken in turn.
    """

    seed: str
    origin_s: float
    every_s: float
    after_s: tuple[float, float]
    lasts_s: tuple[float, float]
    hows: tuple[How, ...]

    def spell_at(self, now_s: float) -> Spell | None:
        """The spell that holds at an instant, or None."""
        period = int((now_s - self.origin_s) // self.every_s)
        if period < 0:
            return None
        spell = self._spell_of(period)
        return spell if spell.starts_s <= now_s < spell.ends_s else None

    def _spell_of(self, period: int) -> Spell:
        luck = dice(self.seed, "spell", period)
        starts_s = self.origin_s + period * self.every_s + luck.uniform(*self.after_s)
        ends_s = starts_s + luck.uniform(*self.lasts_s)
        return Spell(starts_s, ends_s, self.hows[period % len(self.hows)])


def dice(*seed: object) -> Random:
    """Dice that fall the same way for the same seed, on every machine."""
    return Random("/".join(str(part) for part in seed))  # noqa: S311 (play, not secrecy)
