"""Suggests a theme for videos that their owner has not tagged, where it may be sure enough.

Titles and tags become counts of short runs of letters, so that French and English, endings and
slips of the pen need no dictionaries; a ridge regression in its dual form learns the owner's own
themes from them. Only the surest third is suggested, and the owner has the last word.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sentinel_tui.text import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Integers = NDArray[np.int64]

FEWEST_LABELS = 10
"""So many videos must bear a theme before it is suggested for others."""

_RUNS = range(2, 6)
_BUCKETS = 2**14
_COLUMNS = 2**11
_TINY = 1e-9
_RIDGE = 0.3
_SURE_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """A video whose theme its owner named."""

    text: str
    theme: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A theme for a video without one.

    Attributes:
        place: The video's place among those that were asked about.
        theme: What it seems to be about.
        margin: How far this theme is ahead of the next one.
    """

    place: int
    theme: str
    margin: float


def suggest(known: Sequence[Labelled], texts: Sequence[str]) -> list[Suggestion]:
    """Themes for the texts that may be told surely, the surest first.

    Args:
        known: Videos with themes, by their titles and tags.
        texts: Titles and tags of videos without.

    Returns:
        Suggestions for at most a third of the texts; none while fewer than two themes have ten
        videos each.
    """
    themes = _learnable(known)
    taught = [one for one in known if one.theme in themes]
    if len(themes) < 2 or not texts:
        return []
    scores = _scores(taught, themes, texts)
    suggestions = []
    for place, row in enumerate(scores):
        best, second = sorted(range(len(themes)), key=lambda n: -row[n])[:2]
        suggestions.append(Suggestion(place, themes[best], float(row[best] - row[second])))
    suggestions.sort(key=lambda one: -one.margin)
    return suggestions[: max(1, int(len(texts) * _SURE_SHARE))]


def _learnable(known: Sequence[Labelled]) -> list[str]:
    counts = Counter(one.theme for one in known)
    return sorted(theme for theme, count in counts.items() if count >= FEWEST_LABELS)


def _scores(known: Sequence[Labelled], themes: Sequence[str], texts: Sequence[str]) -> Floats:
    """How much each text is like each theme, a row for each text."""
    import numpy as np

    likeness = _likeness([*(one.text for one in known), *texts], len(known))
    targets = np.array([[1 if one.theme == theme else -1 for theme in themes] for one in known])
    sizes = Counter(one.theme for one in known)
    weights = np.array([len(known) / (len(themes) * sizes[one.theme]) for one in known])
    kernel = likeness[:, : len(known)].copy()
    kernel[np.diag_indices(len(known))] += _RIDGE / weights
    return np.asarray(likeness[:, len(known) :].T @ np.linalg.solve(kernel, targets), dtype=float)


def _likeness(texts: Sequence[str], taught: int) -> Singles:
    """How much each of the first texts is like each of all texts, 1 for the same.

    The texts' runs of letters would fill a table of a hundred megabytes, nearly all of it zeros;
    it is multiplied by itself a few columns at a time.
    """
    import numpy as np

    counted = [np.unique(_runs(text), return_counts=True) for text in texts]
    rows = np.repeat(np.arange(len(texts)), [len(runs) for runs, _ in counted])
    buckets = np.concatenate([runs for runs, _ in counted])
    counts = np.concatenate([times for _, times in counted])
    values = (1 + np.log(counts)) * _rarity(buckets[rows < taught], taught)[buckets]
    norms = np.sqrt(np.bincount(rows, values**2, len(texts)))
    values = values / np.maximum(norms, _TINY)[rows]
    found = np.zeros((taught, len(texts)), dtype=np.float32)
    used, buckets = np.unique(buckets, return_inverse=True)
    for start in range(0, len(used), _COLUMNS):
        here = (buckets >= start) & (buckets < start + _COLUMNS)
        columns = np.zeros((len(texts), _COLUMNS), dtype=np.float32)
        columns[rows[here], buckets[here] - start] = values[here]
        found += columns[:taught] @ columns.T
    return found


def _runs(text: str) -> Integers:
    """The buckets of all short runs of letters; words keep their edges."""
    import numpy as np

    return np.array([bucket for word in fold(text).split() for bucket in _runs_of(word)], dtype=int)


@lru_cache(maxsize=20_000)  # titles are made of the same words, again and again
def _runs_of(word: str) -> tuple[int, ...]:
    bounded = f" {word} "
    return tuple(
        zlib.crc32(bounded[start : start + length].encode()) % _BUCKETS
        for length in _RUNS
        for start in range(len(bounded) - length + 1)
    )


def _rarity(buckets: Integers, texts: int) -> Floats:
    """What is rare tells more: the inverse frequency of each bucket among the texts."""
    import numpy as np

    return np.log((1 + texts) / (1 + np.bincount(buckets, minlength=_BUCKETS))) + 1
