"""The sentences that insights are told in, each in English and French side by side.

Every sentence says of how many videos or views it speaks, and gives the interval of what it claims;
differences are the adjusted and shrunk ones, never what the bare counts seem to say.
"""

from __future__ import annotations

from typing import NamedTuple

from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import Video
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.metrics import Figure
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend
from sentinel_tui.domain.video.wording import (
    NBSP,
    THIN_NBSP,
    Told,
    both,
    change,
    count,
    duration,
    factor,
    listed,
    percent,
    quoted,
    trait,
)

_A_MULTIPLE = 2.0
"""From here on a ratio is told as a factor, and below it as a change in percent."""
_USUAL_SCORE = 50.0


def trend(one: Trend) -> Told:
    """What a group of videos does better or worse, and what was allowed for.

    Raises:
        ValueError: The question was not answered.
    """
    if one.ratio is None or one.low is None or one.high is None:
        raise ValueError(f"nothing is known of {one.topic} {one.group}")
    said = _reach if one.outcome is Outcome.REACH else _hold
    claim = said(one, one.ratio, one.low, one.high)
    caution = _caution(one)
    return Told(f"{claim.english} {caution.english}", f"{claim.french} {caution.french}")


def _reach(one: Trend, ratio: float, low: float, high: float) -> Told:
    who, numbers = trait(one.topic, one.group), _numbers(one)
    views = _views(ratio, _OTHERS)
    between = _between(80, ratio, low, high)
    return Told(
        f"Videos {who.english} get about {views.english} ({between.english}; {numbers.english}).",
        f"Les vidéos {who.french} obtiennent environ {views.french} "
        f"({between.french}{THIN_NBSP}; {numbers.french}).",
    )


class _Beside(NamedTuple):
    """What views are compared with, behind a factor and behind a change."""

    factor: Told
    change: Told


_OTHERS = _Beside(
    Told("times the views of others of equal age", "fois les vues des autres au même âge"),
    Told("views than others of equal age", "que les autres au même âge"),
)
_USUAL = _Beside(
    Told("times the usual views for its age", "fois les vues habituelles à son âge"),
    Told("views than usual for its age", "que d’ordinaire à son âge"),
)


def _views(ratio: float, beside: _Beside) -> Told:
    """Views compared with others: large ratios as factors, others as changes."""
    if ratio >= _A_MULTIPLE:
        times, others = factor(ratio), beside.factor
        return Told(f"{times.english} {others.english}", f"{times.french} {others.french}")
    part, others = percent(abs(ratio - 1)), beside.change
    more = Told("more", "de plus") if ratio >= 1 else Told("fewer", "de moins")
    return Told(
        f"{part.english} {more.english} {others.english}",
        f"{part.french} de vues {more.french} {others.french}",
    )


def _between(holds_percent: int, ratio: float, low: float, high: float) -> Told:
    """The interval of a ratio of views, in the words that the ratio itself is told in."""
    ends = [factor(end) if ratio >= _A_MULTIPLE else change(end) for end in (low, high)]
    return _interval(holds_percent, ends[0], ends[1])


def _interval(holds_percent: int, low: Told, high: Told) -> Told:
    return Told(
        f"{holds_percent}% interval {low.english} to {high.english}",
        f"intervalle à {holds_percent}{NBSP}%{NBSP}: de {low.french} à {high.french}",
    )


def _hold(one: Trend, ratio: float, low: float, high: float) -> Told:
    """A difference, and no level: what else matters is taken out of it, as it is of no share."""
    who, numbers = trait(one.topic, one.group), _numbers(one)
    usual = one.share_at(1.0)
    apart, *ends = (round((one.share_at(end) - usual) * 100) for end in (ratio, low, high))
    between = _interval(80, *(both(f"{'−' if end < 0 else '+'}{abs(end)}") for end in ends))
    more = Told("larger", "plus grande") if apart >= 0 else Told("smaller", "plus petite")
    points = f"{abs(apart)} {'point' if abs(apart) == 1 else 'points'}"
    return Told(
        f"The share watched of videos {who.english} is about {points} {more.english} than that of "
        f"comparable ones ({between.english} points; {numbers.english}).",
        f"La part vue des vidéos {who.french} est d’environ {points} {more.french} que celle "
        f"d’autres comparables ({between.french} points{THIN_NBSP}; {numbers.french}).",
    )


def _numbers(one: Trend) -> Told:
    inside, outside = count(one.videos_in), count(one.videos_out)
    return Told(
        f"{inside.english} videos against {outside.english}",
        f"{inside.french} vidéos contre {outside.french}",
    )


def _caution(one: Trend) -> Told:
    """What else may be behind it; the one thing that is always worth knowing of a trend."""
    allowed = _ALLOWED_FOR.get(one.topic, _ALL_ALLOWED_FOR)
    if one.topic is Topic.LENGTH and one.outcome is Outcome.HOLD:
        return Told(
            "Shorter videos are watched to a larger share everywhere; the engagement score "
            "allows for it.",
            "Partout, les vidéos plus courtes sont vues à une plus grande part de leur durée"
            f"{THIN_NBSP}; le score d’engagement en tient compte.",
        )
    if one.confounded:
        return Told(
            f"Most of what the bare numbers seem to say comes from {allowed.english}.",
            f"L’essentiel de ce que semblent dire les chiffres bruts vient {allowed.french}.",
        )
    return Told(
        f"This allows for {allowed.english}; other causes are possible.",
        f"Cela tient compte {allowed.french}{THIN_NBSP}; d’autres causes sont possibles.",
    )


_ALL_ALLOWED_FOR = Told("age, length and library", "de l’âge, de la durée et de la bibliothèque")
_ALLOWED_FOR = {
    Topic.LENGTH: Told("age and library", "de l’âge et de la bibliothèque"),
    Topic.LIBRARY: Told("age and length", "de l’âge et de la durée"),
}


def holding(video: Video, card: Card, score: Score, reasons: list[Told]) -> Told:
    """How well a video holds its viewers for its length."""
    name, length, views = _name(video), duration(video.length_s), _seen(card)
    usual, mark = percent(score.expected_hold), count(score.score)
    seen = percent(card.average_watched.value or 0.0)
    between = _interval(80, count(score.low), count(score.high))
    better = score.score >= _USUAL_SCORE
    why = _why(reasons, better=better)
    return Told(
        f"{name.english} holds its viewers {'better' if better else 'worse'} than others of its "
        f"length: {seen.english} is watched, {usual.english} is usual at {length.english} "
        f"(score {mark.english}, {between.english}; {views.english}).{why.english}",
        f"{name.french} retient {'mieux' if better else 'moins bien'} ses spectateurs que d’autres "
        f"de sa durée{NBSP}: {seen.french} en sont vus, contre {usual.french} d’ordinaire à "
        f"{length.french} (score {mark.french}, {between.french}{THIN_NBSP}; {views.french})."
        f"{why.french}",
    )


def reaching(video: Video, card: Card, reasons: list[Told]) -> Told:
    """How many views a video has for its age.

    Raises:
        ValueError: Its reach is not known.
    """
    reach = card.reach
    if reach.value is None or reach.low is None or reach.high is None:
        raise ValueError(f"the reach of {card.video} is not known")
    name, seen = _name(video), _seen(card)
    views = _views(reach.value, _USUAL)
    between = _between(90, reach.value, reach.low, reach.high)
    why = _why(reasons, better=reach.value >= 1)
    return Told(
        f"{name.english} has about {views.english} ({between.english}; {seen.english})."
        f"{why.english}",
        f"{name.french} a environ {views.french} ({between.french}{THIN_NBSP}; {seen.french})."
        f"{why.french}",
    )


def _name(video: Video) -> Told:
    """A video by its title and library: a preview and its film often share their title."""
    title = quoted(video.title)
    return Told(f"{title.english} ({video.library})", f"{title.french} ({video.library})")


def _seen(card: Card) -> Told:
    views = count(card.views.value or 0.0)
    return Told(f"{views.english} views", f"{views.french} vues")


def _why(reasons: list[Told], *, better: bool) -> Told:
    """What a video shares with others that do as it does; nothing where that is nothing."""
    if not reasons:
        return Told("", "")
    shared = listed(reasons)
    how = ("better", "mieux") if better else ("worse", "moins bien")
    return Told(
        f" Videos that also do {how[0]}: those {shared.english}.",
        f" Font aussi {how[1]}{NBSP}: les vidéos {shared.french}.",
    )


def public_against_private(
    public: tuple[int, float, float], private: tuple[int, float, float]
) -> Told:
    """How public videos are watched compared with private ones.

    Args:
        public: How many videos, how many views, and the mean share that is watched.
        private: The same of private ones.
    """
    (open_videos, open_views, open_share), (own_videos, own_views, own_share) = public, private
    videos, views, share = count(open_videos), count(open_views), percent(open_share)
    others, other_views, other_share = count(own_videos), count(own_views), percent(own_share)
    return Told(
        f"Public videos are watched to {share.english} of their length ({videos.english} videos, "
        f"{views.english} views), private ones to {other_share.english} ({others.english} videos, "
        f"{other_views.english} views). Their lengths differ, and with them what is usual.",
        f"Les vidéos publiques sont vues à {share.french} de leur durée ({videos.french} vidéos, "
        f"{views.french} vues), les privées à {other_share.french} ({others.french} vidéos, "
        f"{other_views.french} vues). Leurs durées diffèrent, et avec elles ce qui est usuel.",
    )


def conversion(library: str, figure: Figure, viewers: int) -> Told:
    """How many of a library's preview viewers go on.

    Raises:
        ValueError: That is not known.
    """
    if figure.value is None or figure.low is None or figure.high is None:
        raise ValueError(f"the conversion of {library} is not known")
    name, of = quoted(library), count(viewers)
    share = percent(figure.value)
    between = _interval(90, percent(figure.low), percent(figure.high))
    return Told(
        f"About {share.english} of the viewers of {name.english} open a full video within 7 days "
        f"({between.english}; {of.english} viewers).",
        f"Environ {share.french} des spectateurs de {name.french} ouvrent une vidéo complète dans "
        f"les 7{NBSP}jours ({between.french}{THIN_NBSP}; {of.french} spectateurs).",
    )


def conversion_unknown(library: str) -> Told:
    """That nobody knows how many preview viewers go on."""
    name = quoted(library)
    return Told(
        f"Not enough data on how many viewers of {name.english} go on to a full video.",
        f"Pas assez de données pour dire combien de spectateurs de {name.french} vont jusqu’à une "
        "vidéo complète.",
    )


def too_few(one: Trend) -> Told:
    """That a question cannot be answered yet, and what would answer it."""
    who = trait(one.topic, one.group)
    videos, weeks = one.videos_missing, one.weeks_missing
    if videos:
        needed = Told(
            f"{videos} more {'is' if videos == 1 else 'are'} needed",
            f"il en manque {videos}",
        )
    else:
        needed = Told(
            f"they must come from {weeks} more {'week' if weeks == 1 else 'weeks'}",
            f"elles doivent venir de {weeks} {'semaine' if weeks == 1 else 'semaines'} de plus",
        )
    return Told(
        f"Not enough data on videos {who.english}: {needed.english}.",
        f"Pas assez de données sur les vidéos {who.french}{NBSP}: {needed.french}.",
    )


def nothing_stands_out(questions: int, videos: int) -> Told:
    """That all that was asked may well be luck."""
    asked, of = count(questions), count(videos)
    return Told(
        f"None of {asked.english} questions about {of.english} videos has an answer that stands "
        "out from luck yet.",
        f"Aucune des {asked.french} questions sur {of.french} vidéos n’a encore de réponse qui se "
        "distingue du hasard.",
    )
