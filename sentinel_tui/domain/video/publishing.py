"""When videos were published, by weekday and part of the day, and how they did.

Twenty-eight cells are too many to test: the grid shows, and claims nothing. Each cell's videos are
compared with what their age, length and library let expect, and drawn to that as few are.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

from sentinel_tui.domain.stats.multiple import shrink
from sentinel_tui.domain.stats.regression import unexplained
from sentinel_tui.domain.video.answering import other_causes
from sentinel_tui.domain.video.comparing import Compared
from sentinel_tui.domain.video.questions import DAY_PARTS, WEEKDAYS, sample
from sentinel_tui.domain.video.study import PublicationCell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CELL_NEEDS_VIDEOS = 3
"""Fewer in a cell are shown by their number alone."""
_GRID_NEEDS_VIDEOS = 20
"""With fewer in all, there is nothing that a cell could be compared with."""
_LEAST_SPREAD = 1e-9
"""Videos that differ by less all do the same, and what seems to be left is rounding."""


def grid(videos: Sequence[Compared]) -> tuple[PublicationCell, ...]:
    """All cells, Monday's night first; those of too few videos have no ratio."""
    told = [(one, one.reach) for one in videos if one.reach is not None]
    members = [one for one, _ in told]
    placed: dict[tuple[int, int], list[int]] = {}
    for number, one in enumerate(members):
        placed.setdefault((one.weekday, one.day_part), []).append(number)
    ratios = _ratios(members, [reach for _, reach in told], placed)
    return tuple(
        PublicationCell(
            weekday,
            day_part,
            len(placed.get((weekday, day_part), ())),
            ratios.get((weekday, day_part)),
        )
        for weekday in range(len(WEEKDAYS))
        for day_part in range(len(DAY_PARTS))
    )


def _ratios(
    members: Sequence[Compared],
    reaches: Sequence[float],
    placed: dict[tuple[int, int], list[int]],
) -> dict[tuple[int, int], float]:
    import numpy as np

    enough = {cell: rows for cell, rows in placed.items() if len(rows) >= CELL_NEEDS_VIDEOS}
    if not enough or len(members) < _GRID_NEEDS_VIDEOS:
        return {}
    left = unexplained(np.array(reaches), other_causes(sample(members, reaches)))
    spread = float(np.sqrt((left**2).mean()))
    if spread < _LEAST_SPREAD:
        return dict.fromkeys(enough, 1.0)
    beliefs = shrink(
        [float(left[rows].mean()) for rows in enough.values()],
        [spread / len(rows) ** 0.5 for rows in enough.values()],
    )
    return {cell: exp(one.value) for cell, one in zip(enough, beliefs, strict=True)}
