"""The figures of libraries as a whole, put together from those of their videos."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt

from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import LibraryRole
from sentinel_tui.domain.video.completion import settled
from sentinel_tui.domain.video.conversion import CONVERSION_PRIOR, library_conversion
from sentinel_tui.domain.video.metrics import (
    Basis,
    Figure,
    repeat_ratio,
    told,
    unavailable,
    unique_viewers,
)
from sentinel_tui.domain.video.study import Known

_MOST_UNTOLD = 0.1
"""Videos with only bounds are left out of a mean while they have no more of the views."""


def library_cards(
    known: Sequence[Known], cards: Sequence[Card], roles: Mapping[str, LibraryRole], now_ms: int
) -> list[LibraryCard]:
    """The figures of all libraries: first those with a role, then others that have videos.

    Args:
        known: What is known of each video.
        cards: The videos' own figures, in the same order.
        roles: Whom each library is for.
        now_ms: The present.
    """
    others = sorted({one.video.library for one in known} - set(roles))
    return [_library_card(name, known, cards, roles, now_ms) for name in (*roles, *others)]


def _library_card(
    name: str,
    known: Sequence[Known],
    cards: Sequence[Card],
    roles: Mapping[str, LibraryRole],
    now_ms: int,
) -> LibraryCard:
    members = [card for card in cards if card.library == name]
    views = [view for one in known if one.video.library == name for view in one.views]
    begun = _total(members, lambda card: card.views)
    platform_views = None if begun.value is None else int(begun.value)
    (converted,) = settled([library_conversion(name, known, roles, now_ms)], CONVERSION_PRIOR)
    return LibraryCard(
        library=name,
        at_ms=now_ms,
        videos=sum(one.video.library == name and one.video.gone_ms is None for one in known),
        views=begun,
        watch_s=_total(members, lambda card: card.watch_s),
        average_watched=_mean(members, lambda card: card.average_watched),
        completion=_mean(members, lambda card: card.completion),
        bounce=_mean(members, lambda card: card.bounce),
        unique_viewers=unique_viewers(views, platform_views),
        repeat_ratio=repeat_ratio(views, platform_views),
        conversion=converted,
    )


def _total(cards: Sequence[Card], which: Callable[[Card], Figure]) -> Figure:
    """The sum of what is counted of each video."""
    values = [value for card in cards if (value := which(card).value) is not None]
    if not values:
        return unavailable("a video that its platform counts, or view events")
    # Without the videos of which nothing is told, it is what all of them have at least.
    basis = Basis.EXACT if len(values) == len(cards) else Basis.ESTIMATED
    return Figure(sum(values), basis, _of(len(values), len(cards)))


def _mean(cards: Sequence[Card], which: Callable[[Card], Figure]) -> Figure:
    """The mean over the views of all videos of which anything is known.

    A mean, as long as no more than a tenth of these views are of videos of which only bounds are
    known; else bounds. The videos are taken to err each for itself.
    """
    weighed = [(card.views.value or 0.0, which(card)) for card in cards]
    told_of = [(n, one) for n, one in weighed if n and one.basis is not Basis.UNAVAILABLE]
    sure = [(n, one, one.value) for n, one in told_of if one.value is not None]
    all_views, sure_views = sum(n for n, _ in told_of), sum(n for n, _, _ in sure)
    if not all_views:
        return _what_is_needed(weighed)
    source = _of(len(told_of), len(cards))
    if sure_views < (1 - _MOST_UNTOLD) * all_views:
        low = sum(n * _end(one.low, one.value) for n, one in told_of) / all_views
        high = sum(n * _end(one.high, one.value) for n, one in told_of) / all_views
        return Figure(None, Basis.BOUNDED, source, low, high)
    mean = sum(n * value for n, _, value in sure) / sure_views
    half = sqrt(sum((n * _half(one)) ** 2 for n, one, _ in sure)) / sure_views
    exact = all(one.basis is Basis.EXACT for _, one, _ in sure)
    return Figure(
        value=mean,
        basis=Basis.EXACT if exact else Basis.ESTIMATED,
        source=_of(len(sure), len(cards)),
        low=max(0.0, mean - half),
        high=min(1.0, mean + half),
    )


def _what_is_needed(weighed: Sequence[tuple[float, Figure]]) -> Figure:
    """Of no video anything is known: what the most viewed one needs, the library does."""
    if not weighed:
        return unavailable("a video")
    _, first = max(weighed, key=lambda pair: pair[0])
    return first


def _end(end: float | None, value: float | None) -> float:
    """An end of a figure, which is the figure itself where it has none."""
    return (value or 0.0) if end is None else end


def _half(one: Figure) -> float:
    """Half the interval of a figure."""
    return (_end(one.high, one.value) - _end(one.low, one.value)) / 2


def _of(videos: int, all_videos: int) -> str:
    if videos == all_videos:
        return f"all {told(all_videos)} videos" if videos > 1 else "its only video"
    return f"{told(videos)} of {told(all_videos)} videos"
