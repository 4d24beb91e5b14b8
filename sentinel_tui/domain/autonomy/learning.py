"""What helped before: how often each remedy did what it was for, at each service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sentinel_tui.domain.autonomy.policy import Past, Verb, futile


@dataclass(frozen=True, slots=True)
class Success:
    """How often a remedy helped.

    Attributes:
        tried: How often it was done and judged.
        helped: How often it did what it was for.
    """

    tried: int = 0
    helped: int = 0

    @property
    def expected(self) -> float:
        """How likely it helps the next time: Laplace's rule, one half where nothing is known."""
        return (self.helped + 1) / (self.tried + 2)

    @property
    def words(self) -> str:
        """How often it helped, to be shown."""
        if not self.tried:
            return "never tried"
        if self.tried == 1:
            return "tried once, and it helped" if self.helped else "tried once, did not help"
        return f"helped {self.helped} of {self.tried} times"


def success(past: Iterable[Past]) -> Mapping[tuple[str, Verb], Success]:
    """How often each remedy helped, by service and verb; what is not judged yet does not count.

    Helping once is no certainty: see `Success.expected`.
    """
    found: dict[tuple[str, Verb], Success] = {}
    for one in past:
        if one.helped is None:
            continue
        key = one.service, one.verb
        before = found.get(key, Success())
        found[key] = Success(before.tried + 1, before.helped + one.helped)
    return found


def resting(past: Sequence[Past], service: str, now_ms: int) -> frozenset[Verb]:
    """Remedies that did not help a service again and again, and are not tried for a while.

    Args:
        past: What was done, the newest last; a month is enough.
        service: Which service.
        now_ms: The present.
    """
    return frozenset(verb for verb in Verb if futile(service, verb, past, now_ms))
