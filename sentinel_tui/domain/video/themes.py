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
from typing import TYPE_CHECKING

from sentinel_tui.text import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_LABELS = 10
"""So many videos must bear a theme before it is suggested for others."""

_RUNS = range(2, 6)
_BUCKETS = 2**14
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

    counted = [_runs(text) for text in (*(one.text for one in known), *texts)]
    rarity = _rarity(counted[: len(known)])
    features = np.zeros((len(counted), _BUCKETS), dtype=np.float32)
    for row, counts in enumerate(counted):
        for bucket, count in counts.items():
            features[row, bucket] = (1 + np.log(count)) * rarity[bucket]
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)
    taught, asked = features[: len(known)], features[len(known) :]
    targets = np.array([[1.0 if one.theme == theme else -1.0 for theme in themes] for one in known])
    sizes = Counter(one.theme for one in known)
    weights = np.array([len(known) / (len(themes) * sizes[one.theme]) for one in known])
    kernel = (taught @ taught.T).astype(float) + np.diag(_RIDGE / weights)
    return np.asarray((asked @ taught.T) @ np.linalg.solve(kernel, targets), dtype=float)


def _runs(text: str) -> Counter[int]:
    """How often each bucket of short runs of letters occurs; words keep their edges."""
    counts: Counter[int] = Counter()
    for word in fold(text).split():
        bounded = f" {word} "
        for length in _RUNS:
            for start in range(len(bounded) - length + 1):
                run = bounded[start : start + length]
                counts[zlib.crc32(run.encode()) % _BUCKETS] += 1
    return counts


def _rarity(counted: Sequence[Counter[int]]) -> Floats:
    """What is rare tells more: the inverse frequency of each bucket among the texts."""
    import numpy as np

    seen = np.zeros(_BUCKETS)
    for counts in counted:
        seen[list(counts)] += 1
    return np.log((1 + len(counted)) / (1 + seen)) + 1
