"""What of a study is worth telling its owner, the most useful first.

Findings come first, the surest before others; then the videos that stand out and what they share
with others; then what public and private videos are to one another; and last what there is too
little data for, because what is missing is worth knowing, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import erf, sqrt

from sentinel_tui.domain.video import sentences
from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import LibraryRole
from sentinel_tui.domain.video.comparing import Compared
from sentinel_tui.domain.video.insights import Insight
from sentinel_tui.domain.video.questions import groups_of
from sentinel_tui.domain.video.ranking import RankBy, ranked
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend
from sentinel_tui.domain.video.wording import Told, trait

MOST_TRENDS = 12
LEAST_CONFIDENCE = 0.5
"""A trend that is more likely smaller than a tenth is no news, however sure its direction."""
MOST_VIDEOS = 3
"""So many of the best are told of, and of the worst, by score and by reach."""
MOST_GAPS = 5

_MOST_REASONS = 3
_SUREST = 0.99
"""Nothing is told as surer, because "100 %" says that it cannot be otherwise."""
_USUAL_SCORE = 50.0
_USUAL_REACH = 1.0
_WITHIN = 0.61
"""The variance of the share watched within a video, as a part of what it would be if every viewer
watched all or nothing."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a study found, before it is told.

    Attributes:
        trends: All answers, the surest first.
        cards: The videos' figures.
        libraries: The libraries' figures.
        roles: Whom each library is for.
        videos: The videos as they are compared.
        cohorts: Of libraries of previews, how many viewers their conversion speaks of.
    """

    trends: Sequence[Trend]
    cards: Sequence[Card]
    libraries: Sequence[LibraryCard]
    roles: Mapping[str, LibraryRole]
    videos: Sequence[Compared]
    cohorts: Mapping[str, int]


def insights(material: Material) -> tuple[Insight, ...]:
    """All that is worth telling."""
    found = [one for one in material.trends if one.worth_saying]
    news = list(_news(found))
    return (
        *(_of_trend(one) for one in news[:MOST_TRENDS]),
        *_performers(material, news),
        *_roles_compared(material),
        *_conversions(material),
        *(_nothing_found(material) if not found else ()),
        *_gaps(material.trends),
    )


def _insight(
    kind: str,
    group: str,
    told: Told,
    confidence: float | None,
    *,
    missing: str = "",
    video: str = "",
) -> Insight:
    sure = None if confidence is None else min(_SUREST, confidence)
    return Insight(kind, group, told.english, told.french, sure, missing, video)


def _news(found: Iterable[Trend]) -> Iterator[Trend]:
    """Findings worth a sentence; that short videos are watched to a larger share is worth one."""
    told = False
    for one in found:
        of_course = one.topic is Topic.LENGTH and one.outcome is Outcome.HOLD
        if (one.confidence or 0.0) >= LEAST_CONFIDENCE and not (of_course and told):
            told = told or of_course
            yield one


def _of_trend(one: Trend) -> Insight:
    return _insight(one.topic, one.group, sentences.trend(one), one.confidence)


def _performers(material: Material, found: Sequence[Trend]) -> Iterator[Insight]:
    """The videos that surely do better or worse than usual, and what they share with others."""
    compared = {one.video.id: one for one in material.videos}
    present = [card for card in material.cards if card.video in compared]
    for best in (True, False):
        for by, usual in ((RankBy.ENGAGEMENT, _USUAL_SCORE), (RankBy.REACH, _USUAL_REACH)):
            for place in ranked(present, by, best=best)[:MOST_VIDEOS]:
                if place.low > usual if best else place.high < usual:
                    one = compared[place.card.video]
                    yield _of_video(one, place.card, by, _shared(one, found, by, best=best))


def _of_video(one: Compared, card: Card, by: RankBy, reasons: list[Told]) -> Insight:
    if by is RankBy.ENGAGEMENT and card.score is not None:
        told = sentences.holding(one.video, card, card.score, reasons)
        confidence: float | None = card.score.confidence
    else:
        told = sentences.reaching(one.video, card, reasons)
        confidence = card.reach.confidence
    return _insight(by, one.video.title, told, confidence, video=card.video)


def _shared(one: Compared, found: Iterable[Trend], by: RankBy, *, best: bool) -> list[Told]:
    """The groups a video belongs to that do as it does.

    Both figures compare it with its own library already, and the score with its length, too.
    """
    outcome = Outcome.HOLD if by is RankBy.ENGAGEMENT else Outcome.REACH
    known = {Topic.LIBRARY, Topic.LENGTH} if outcome is Outcome.HOLD else {Topic.LIBRARY}
    groups = {group for group in groups_of(one) if group[0] not in known}
    reasons = [
        trait(trend.topic, trend.group)
        for trend in found
        if trend.outcome is outcome
        and (trend.topic, trend.group) in groups
        and trend.ratio is not None
        and (trend.ratio > 1) is best
    ]
    return reasons[:_MOST_REASONS]


def _roles_compared(material: Material) -> Iterator[Insight]:
    public, private = (
        _watched(material, role) for role in (LibraryRole.PUBLIC, LibraryRole.PRIVATE)
    )
    if public is not None and private is not None:
        told = sentences.public_against_private(public, private)
        yield _insight("role", "public", told, _surely_differ(public, private))


def _watched(material: Material, role: LibraryRole) -> tuple[int, float, float] | None:
    """Of the libraries of a role, how many videos and views, and the mean share watched."""
    told = [
        (card.videos, card.views.value, card.average_watched.value)
        for card in material.libraries
        if material.roles.get(card.library) is role
    ]
    known = [(n, views, share) for n, views, share in told if views and share is not None]
    if not known:
        return None
    views = sum(each for _, each, _ in known)
    share = sum(each * held for _, each, held in known) / views
    return sum(n for n, _, _ in known), views, share


def _surely_differ(one: tuple[int, float, float], other: tuple[int, float, float]) -> float:
    """The chance that two shares really differ in the direction they seem to."""
    variance = sum(_WITHIN * share * (1 - share) / views for _, views, share in (one, other))
    if not variance:
        return 0.5
    return (1 + erf(abs(one[2] - other[2]) / sqrt(2 * variance))) / 2


def _conversions(material: Material) -> Iterator[Insight]:
    for card in material.libraries:
        if material.roles.get(card.library) is not LibraryRole.PUBLIC:
            continue
        viewers, figure = material.cohorts.get(card.library), card.conversion
        if viewers is not None and figure.low is not None:
            told = sentences.conversion(card.library, figure, viewers)
            yield _insight("conversion", card.library, told, figure.confidence)
        else:
            told = sentences.conversion_unknown(card.library)
            yield _insight("conversion", card.library, told, None, missing=figure.source)


def _nothing_found(material: Material) -> Iterator[Insight]:
    asked = sum(one.q is not None for one in material.trends)
    if asked:
        told = sentences.nothing_stands_out(asked, len(material.videos))
        yield _insight("questions", "", told, None)


def _gaps(trends: Iterable[Trend]) -> Iterator[Insight]:
    """The questions that are nearest to an answer, each of them once."""
    unanswered = [
        one
        for one in trends
        if one.outcome is Outcome.REACH and (one.videos_missing or one.weeks_missing)
    ]
    unanswered.sort(key=lambda one: (one.topic is not Topic.TAG, one.videos_missing, one.group))
    for one in unanswered[:MOST_GAPS]:
        yield _insight(one.topic, one.group, sentences.too_few(one), None, missing=_missing(one))


def _missing(one: Trend) -> str:
    what = trait(one.topic, one.group).english
    videos, weeks = one.videos_missing, one.weeks_missing
    if not videos:
        return f"videos {what} from {weeks} more {'week' if weeks == 1 else 'weeks'}"
    return f"{videos} more {'video' if videos == 1 else 'videos'} {what}"
