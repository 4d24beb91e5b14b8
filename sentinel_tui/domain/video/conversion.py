"""How many of a preview's viewers go on to the full video."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sentinel_tui.domain.stats.shrinkage import Beta
from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole
from sentinel_tui.domain.video.completion import Hits
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.metrics import Basis, Figure, speak_for_all, told, unavailable
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
    told_from_ms = _told_from_ms(known, roles)
    found: list[Hits | Figure] = []
    for one in known:
        full = full_of.get(one.video.id)
        if full is None:
            private = roles.get(one.video.library) is LibraryRole.PRIVATE
            found.append(_NEEDS_PREVIEW if private else _NEEDS_FULL)
        elif told_from_ms is None:
            found.append(_NEEDS_PRIVATE_EVENTS)
        else:
            opened, length_s = views_of[full], one.video.length_s
            share = conversion(length_s, one.views, opened, now_ms, told_from_ms=told_from_ms)
            found.append(_as_far_as_told(share, [one]))
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
    told_from_ms = _told_from_ms(known, roles)
    if told_from_ms is None:
        return _NEEDS_PRIVATE_EVENTS
    here = [one for one in known if one.video.library == library]
    previews = (view for one in here for view in one.views)
    opened = _full_views(known, roles)
    share = conversion(0.0, previews, opened, now_ms, told_from_ms=told_from_ms)
    return _as_far_as_told(share, here)


def conversion(
    length_s: float,
    previews: Iterable[View],
    fulls: Iterable[View],
    now_ms: int,
    *,
    told_from_ms: int = 0,
) -> Hits | Figure:
    """The viewers of a preview who open the full video within seven days.

    A viewer is known by token. One counts once the seven days since the first preview are over,
    whether converted by then or not, so that the quick do not count before the slow.

    Args:
        length_s: The length of the preview.
        previews: Its views.
        fulls: The views of the full video.
        now_ms: The present.
        told_from_ms: Since when players of full videos report. Whose seven days were over by then
            may have gone on or not: they do not count.
    """
    opened_ms: dict[str, list[int]] = {}
    for full in fulls:
        opened_ms.setdefault(full.person, []).append(full.start_ms)
    first_ms: dict[str, int] = {}
    for preview in previews:
        if preview.person:
            known_ms = first_ms.get(preview.person, preview.start_ms)
            first_ms[preview.person] = min(known_ms, preview.start_ms)
    cohort = {
        who: at_ms for who, at_ms in first_ms.items() if told_from_ms < at_ms + _WINDOW_MS <= now_ms
    }
    if not cohort:
        return unavailable(f"previews watched with viewer tokens {CONVERSION_DAYS} days ago")
    converted = sum(
        any(at_ms <= one <= at_ms + _WINDOW_MS for one in opened_ms.get(who, ()))
        for who, at_ms in cohort.items()
    )
    source = f"{told(converted)} of {told(len(cohort))} preview viewers"
    return Hits(length_s, converted, len(cohort), Basis.EXACT, source)


def _told_from_ms(known: Iterable[Known], roles: Mapping[str, LibraryRole]) -> int | None:
    """Since when players of full videos tell who watches; before, nobody seems to go on to them."""
    return min((view.start_ms for view in _full_views(known, roles)), default=None)


def _full_views(known: Iterable[Known], roles: Mapping[str, LibraryRole]) -> Iterable[View]:
    return (
        view
        for one in known
        if roles.get(one.video.library) is LibraryRole.PRIVATE
        for view in one.views
        if view.person
    )


def _as_far_as_told(share: Hits | Figure, previews: Sequence[Known]) -> Hits | Figure:
    """An estimate where players told who watched of only a part of the views."""
    told_of = sum(bool(view.person) for one in previews for view in one.views)
    if isinstance(share, Figure) or speak_for_all(told_of, sum(p.video.views for p in previews)):
        return share
    return replace(share, basis=Basis.ESTIMATED)
