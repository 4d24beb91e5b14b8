"""How many of a preview's viewers go on to the full video."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sentinel_tui.domain.stats.shrinkage import Beta
from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole
from sentinel_tui.domain.video.completion import Hits
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.metrics import Basis, Figure, told, unavailable
from sentinel_tui.domain.video.pairs import pairs
from sentinel_tui.domain.video.study import Known

CONVERSION_DAYS = 7
CONVERSION_PRIOR = Beta(1.0, 30.0)

_WINDOW_MS = CONVERSION_DAYS * DAY_MS
_NEEDS_PREVIEW = unavailable("previews: it is told of the videos of a public library")
_NEEDS_FULL = unavailable("its full video: the tag sentinel.full, or the same title in private")
_NEEDS_PRIVATE_EVENTS = unavailable("view events from the pages of the full videos")


def conversions(
    known: Sequence[Known], roles: Mapping[str, LibraryRole], now_ms: int
) -> list[Hits | Figure]:
    """Of each video, in their order, how many of its viewers go on to its full video.

    Args:
        known: The videos of all libraries.
        roles: Whom each library is for.
        now_ms: The present.
    """
    full_of = pairs([one.video for one in known], roles)
    views_of = {one.video.id: one.views for one in known}
    reporting = _reporting(known, roles)
    found: list[Hits | Figure] = []
    for one in known:
        full = full_of.get(one.video.id)
        if full is None:
            private = roles.get(one.video.library) is LibraryRole.PRIVATE
            found.append(_NEEDS_PREVIEW if private else _NEEDS_FULL)
        elif not reporting:
            found.append(_NEEDS_PRIVATE_EVENTS)
        else:
            found.append(conversion(one.video.length_s, one.views, views_of[full], now_ms))
    return found


def library_conversion(
    library: str, known: Sequence[Known], roles: Mapping[str, LibraryRole], now_ms: int
) -> Hits | Figure:
    """How many viewers of a public library go on to any full video.

    Args:
        library: Its name.
        known: The videos of all libraries.
        roles: Whom each library is for.
        now_ms: The present.
    """
    if roles.get(library) is not LibraryRole.PUBLIC:
        return _NEEDS_PREVIEW
    if not _reporting(known, roles):
        return _NEEDS_PRIVATE_EVENTS
    previews = (view for one in known if one.video.library == library for view in one.views)
    return conversion(0.0, previews, _full_views(known, roles), now_ms)


def conversion(
    length_s: float, previews: Iterable[View], fulls: Iterable[View], now_ms: int
) -> Hits | Figure:
    """The viewers of a preview who open the full video within seven days.

    A viewer is known by token. One counts once the seven days since the first preview are over,
    whether converted by then or not, so that the quick do not count before the slow.

    Args:
        length_s: The length of the preview.
        previews: Its views.
        fulls: The views of the full video.
        now_ms: The present.
    """
    opened_ms: dict[str, list[int]] = {}
    for full in fulls:
        opened_ms.setdefault(full.viewer, []).append(full.start_ms)
    first_ms: dict[str, int] = {}
    for preview in previews:
        if preview.viewer:
            known_ms = first_ms.get(preview.viewer, preview.start_ms)
            first_ms[preview.viewer] = min(known_ms, preview.start_ms)
    cohort = {who: at_ms for who, at_ms in first_ms.items() if at_ms + _WINDOW_MS <= now_ms}
    if not cohort:
        return unavailable(f"previews watched with viewer tokens {CONVERSION_DAYS} days ago")
    converted = sum(
        any(at_ms <= one <= at_ms + _WINDOW_MS for one in opened_ms.get(who, ()))
        for who, at_ms in cohort.items()
    )
    source = f"{told(converted)} of {told(len(cohort))} preview viewers"
    return Hits(length_s, converted, len(cohort), Basis.EXACT, source)


def _reporting(known: Iterable[Known], roles: Mapping[str, LibraryRole]) -> bool:
    """Whether the players of full videos report at all: else nobody seems to go on to them."""
    return any(True for _ in _full_views(known, roles))


def _full_views(known: Iterable[Known], roles: Mapping[str, LibraryRole]) -> Iterable[View]:
    return (
        view
        for one in known
        if roles.get(one.video.library) is LibraryRole.PRIVATE
        for view in one.views
    )
