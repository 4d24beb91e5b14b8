"""The films of the demo: courses of a small studio for crafts, and the previews that lead to them.

Effects are stated here and nowhere else, so that whoever looks for them can be judged: pottery is
watched most and bookbinding least, bookbinding holds its viewers best, longer films hold them
less; the hour and the weekday of publication make no difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.sandbox.films import COURSES, PREVIEWS, Again, Film, Survival, film_id
from sentinel_tui.sandbox.troubles import dice

FILMING_DAYS = 233
"""Over how many days the films were published, the last one on the last of them."""

REACH = {"pottery": 1.9, "woodwork": 1.0, "dyeing": 1.1, "bookbinding": 0.65}
"""How much more a film of each theme is watched than one of another."""

HOLD_SHIFT = {"pottery": 0.0, "woodwork": 0.0, "dyeing": -0.2, "bookbinding": 0.5}
"""How much better each theme holds its viewers, in logits of the share that is watched."""

HOLD_AT_A_MINUTE, HOLD_SLOPE = 0.85, -0.6
"""The logit of the share that is watched of a minute, and what it falls by with each ln(length)."""

_FANS = {PREVIEWS: 300.0, COURSES: 25.0}
_REACH_SPREAD, _HOLD_SPREAD = 0.45, 0.25
_TAGGED_SHARE = 0.75
_CONVERTS = (0.02, 0.06)
_PREVIEW_LENGTHS_S = (28.0, 45.0, 58.0, 75.0, 90.0, 120.0, 150.0, 240.0)
_START_S = 12.0


@dataclass(frozen=True, slots=True)
class _Subject:
    title: str
    theme: str
    language: str
    minutes: float


_SUBJECTS = tuple(
    _Subject(title, theme, language, minutes)
    for theme, language, minutes, title in (
        ("pottery", "en", 6, "Centring clay without fear"),
        ("woodwork", "fr", 14, "Le tenon et la mortaise, pas à pas"),
        ("dyeing", "en", 9, "Indigo at home: the first vat"),
        ("bookbinding", "fr", 11, "Coudre un carnet en une heure"),
        ("pottery", "fr", 18, "Tourner un bol, de la motte au séchage"),
        ("woodwork", "en", 22, "A dovetail box in one afternoon"),
        ("dyeing", "fr", 5, "La garance, un rouge qui tient"),
        ("bookbinding", "en", 7, "Folding signatures that lie flat"),
        ("pottery", "en", 31, "Glaze chemistry for the curious"),
        ("woodwork", "fr", 4, "Affûter un ciseau en quatre minutes"),
        ("dyeing", "en", 16, "Shibori: three folds, nine patterns"),
        ("bookbinding", "en", 24, "A leather spine from start to finish"),
        ("pottery", "fr", 12, "L'émail céladon, essais et ratages"),
        ("woodwork", "en", 8, "Choosing a plane you will keep"),
        ("dyeing", "fr", 20, "Teindre la laine avec des pelures d'oignon"),
        ("bookbinding", "fr", 6, "Papiers marbrés : la cuve et le peigne"),
        ("pottery", "en", 15, "Handles that do not crack"),
        ("woodwork", "fr", 26, "Un tabouret sans une seule vis"),
        ("dyeing", "en", 7, "Walnut ink and walnut brown"),
        ("bookbinding", "en", 13, "Japanese stab binding, four ways"),
        ("pottery", "fr", 9, "Reconnaître une terre à sa couleur"),
        ("woodwork", "en", 35, "Steam bending a chair back"),
        ("dyeing", "fr", 11, "Le pastel des murailles au soleil"),
        ("bookbinding", "fr", 17, "Restaurer une couverture en toile"),
        ("pottery", "en", 10, "Loading a kiln for even heat"),
        ("woodwork", "fr", 12, "La queue d'aronde sans gabarit"),
        ("dyeing", "en", 28, "Wool, silk, cotton: one bath, three blues"),
        ("bookbinding", "en", 5, "The kettle stitch, slowly"),
        ("pottery", "fr", 40, "Construire un petit four à gaz"),
        ("woodwork", "en", 6, "Oil, wax or nothing at all"),
    )
)

_GLIMPSES = tuple(
    _Subject(title, theme, language, minutes)
    for theme, language, minutes, title in (
        ("pottery", "en", 1.0, "A bowl in sixty seconds"),
        ("woodwork", "fr", 1.5, "Une journée à l'atelier bois"),
        ("dyeing", "en", 0.5, "Blue hands"),
        ("bookbinding", "fr", 2.0, "La presse de ma grand-mère"),
        ("pottery", "fr", 0.7, "Le son d'une terre bien cuite"),
        ("woodwork", "en", 1.2, "Shavings, slow motion"),
        ("dyeing", "fr", 2.5, "Cueillir la garance"),
        ("bookbinding", "en", 0.9, "What a good awl sounds like"),
        ("pottery", "en", 3.0, "Kiln opening: the good, the cracked"),
        ("woodwork", "fr", 0.5, "Trois copeaux"),
    )
)

_SERIES = {
    "pottery": "Earth and fire",
    "woodwork": "Le bois",
    "dyeing": "Colours",
    "bookbinding": "Papier et fil",
}
_PREVIEW_WORD = {"en": "preview", "fr": "extrait"}


def catalogue(since_ms: int, seed: int) -> list[Film]:
    """All films, the oldest first.

    Args:
        since_ms: When the studio began; its films follow over `FILMING_DAYS`.
        seed: Decides everything that looks like chance.
    """
    films = []
    step_days = (FILMING_DAYS - 1) / (len(_SUBJECTS) - 1)
    for number, subject in enumerate(_SUBJECTS):
        full = _film(COURSES, subject, _day(since_ms, number * step_days, subject, seed), seed)
        films += [full, _preview_of(full, subject, number, seed)]
    step_days = FILMING_DAYS / len(_GLIMPSES)
    for number, subject in enumerate(_GLIMPSES):
        published_ms = _day(since_ms, (number + 0.5) * step_days, subject, seed)
        films.append(_film(PREVIEWS, subject, published_ms, seed))
    return sorted(films, key=lambda film: film.published_ms)


def survival(length_s: float, hold_logit: float, drop: float | None = None) -> Survival:
    """The curve of a film whose viewers leave at once, steadily, and perhaps at one moment.

    Args:
        length_s: How long it is.
        hold_logit: How well it holds its viewers, about the logit of the share that is watched.
        drop: When a quarter of those who are there leaves at once, as a share of the length.
    """
    hold = 1 / (1 + math.exp(-hold_logit))
    start = min(0.25, _START_S / length_s)
    corners = [(0.0, 1.0), (start, 1 - 0.35 * (1 - hold)), (1.0, 0.55 * hold)]
    whole = Survival(*zip(*corners, strict=True))
    if drop is None:
        return whole
    before, after = whole.still_at(drop), whole.still_at(drop + 0.02) * 0.75
    end = corners.pop()
    corners += [(drop, before), (drop + 0.02, after), (end[0], min(after, end[1]))]
    return Survival(*zip(*corners, strict=True))


def _film(library: str, subject: _Subject, published_ms: int, seed: int) -> Film:
    luck = dice(seed, "film", library, subject.title)
    length_s = round(subject.minutes * 60.0)
    fans = _FANS[library] * REACH[subject.theme] * math.exp(luck.gauss(0, _REACH_SPREAD))
    hold = (
        HOLD_AT_A_MINUTE
        + HOLD_SLOPE * math.log(length_s / 60)
        + HOLD_SHIFT[subject.theme]
        + luck.gauss(0, _HOLD_SPREAD)
    )
    drop = luck.choice((None, None, 0.3, 0.45, 0.6))
    again = Again(0.62 * length_s, 0.72 * length_s, 0.3) if luck.random() < 0.4 else None
    return Film(
        id=film_id(library, subject.title),
        library=library,
        title=subject.title,
        length_s=length_s,
        published_ms=published_ms,
        fans=fans,
        survival=survival(length_s, hold, drop),
        again=again,
        theme=subject.theme,
        tags=_tags(subject) if luck.random() < _TAGGED_SHARE else (),
        series=_SERIES[subject.theme],
        language=subject.language,
    )


def _preview_of(full: Film, subject: _Subject, number: int, seed: int) -> Film:
    """The preview of a course, an hour after it; every other one says so to the platform."""
    length_s = _PREVIEW_LENGTHS_S[number % len(_PREVIEW_LENGTHS_S)]
    title = f"{subject.title} — {_PREVIEW_WORD[subject.language]}"
    shown = _Subject(title, subject.theme, subject.language, length_s / 60)
    film = _film(PREVIEWS, shown, full.published_ms + HOUR_MS, seed)
    return replace(
        film,
        full=full.id,
        tells_full=number % 2 == 0,
        converts=dice(seed, "converts", title).uniform(*_CONVERTS),
    )


def _tags(subject: _Subject) -> tuple[str, ...]:
    return (subject.theme, "course" if subject.minutes > 4 else "short", subject.language)


def _day(since_ms: int, days: float, subject: _Subject, seed: int) -> int:
    """When a film was published: at any hour at which people are awake."""
    hour = dice(seed, "hour", subject.title).randrange(7, 21)
    return since_ms + int(days) * DAY_MS + hour * HOUR_MS
