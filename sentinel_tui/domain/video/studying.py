"""All videos looked at together: their figures, what they have in common, and what that tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from sentinel_tui.domain.video.answering import answers
from sentinel_tui.domain.video.catalog import LibraryRole
from sentinel_tui.domain.video.comparing import compared
from sentinel_tui.domain.video.completion import Hits
from sentinel_tui.domain.video.conversion import library_conversion
from sentinel_tui.domain.video.pairs import pairs
from sentinel_tui.domain.video.publishing import grid
from sentinel_tui.domain.video.questions import surveys
from sentinel_tui.domain.video.reckoning import cards
from sentinel_tui.domain.video.study import METHOD, Known, Study
from sentinel_tui.domain.video.telling import Material, insights
from sentinel_tui.domain.video.theming import suggestions


def study(
    known: Sequence[Known], roles: Mapping[str, LibraryRole], zone: tzinfo, now_ms: int
) -> Study:
    """Look at all videos together. It takes seconds for thousands of them, and needs NumPy.

    Args:
        known: What is known of each video.
        roles: Whom each library is for.
        zone: Where their owner lives, whose weekdays and hours are told.
        now_ms: The present.
    """
    figures, libraries, curves = cards(known, roles, now_ms)
    cards_of = {card.video: card for card in figures}
    full_of = pairs([one.video for one in known], roles)
    videos = compared(known, cards_of, curves, full_of, zone, now_ms)
    trends = answers(surveys(videos))
    material = Material(trends, figures, libraries, roles, videos, _cohorts(known, roles, now_ms))
    return Study(
        at_ms=now_ms,
        from_ms=min(
            (one.days_from_ms for one in known if one.days_to_ms is not None), default=now_ms
        ),
        method=METHOD,
        questions=sum(one.q is not None for one in trends),
        cards=tuple(figures),
        libraries=tuple(libraries),
        curves=tuple(curves),
        trends=trends,
        insights=insights(material),
        suggestions=suggestions(known),
        grid=grid(videos),
    )


def _cohorts(
    known: Sequence[Known], roles: Mapping[str, LibraryRole], now_ms: int
) -> dict[str, int]:
    """Of each library of previews, how many viewers may have gone on to a full video by now."""
    found = {name: library_conversion(name, known, roles, now_ms) for name in roles}
    return {name: one.tries for name, one in found.items() if isinstance(one, Hits)}
