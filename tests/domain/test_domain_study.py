"""A study: all videos looked at together, and what is there found and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from math import log

import pytest
from domain_studies import NOW_MS, PARIS, ROLES, business

from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole, Video, VideoStatus
from sentinel_tui.domain.video.comparing import compared
from sentinel_tui.domain.video.metrics import Basis, Figure, unavailable
from sentinel_tui.domain.video.pairs import pairs
from sentinel_tui.domain.video.publishing import CELL_NEEDS_VIDEOS, grid
from sentinel_tui.domain.video.questions import groups_of, surveys, title_words
from sentinel_tui.domain.video.study import Known
from sentinel_tui.domain.video.studying import study
from sentinel_tui.domain.video.telling import MOST_GAPS, MOST_VIDEOS
from sentinel_tui.domain.video.theming import suggestions, themes
from sentinel_tui.domain.video.trends import Outcome, Topic


@pytest.fixture(scope="module")
def known():
    return business(60, tag_effect=2.5, events=2)


@pytest.fixture(scope="module")
def made(known):
    return study(known, ROLES, PARIS, NOW_MS)


@pytest.fixture(scope="module")
def seen_together(made):
    """Compares videos by the figures and curves of the study."""
    figures = {one.video: one for one in made.cards}

    def seen(known, **changed):
        full_of = pairs([one.video for one in known], ROLES)
        curves = changed.get("curves", made.curves)
        cards = figures | changed.get("cards", {})
        return compared(known, cards, curves, full_of, PARIS, NOW_MS)

    return seen


@pytest.fixture(scope="module")
def videos(known, seen_together):
    return seen_together(known)


def trend(made, topic, group, outcome=Outcome.REACH):
    return next(
        one for one in made.trends if (one.topic, one.group, one.outcome) == (topic, group, outcome)
    )


def test_what_doubles_views_is_found_and_said_first(made):
    found = trend(made, Topic.TAG, "tuto")
    assert found.worth_saying
    assert found.low < 2.5 < found.high * 1.1
    assert made.trends[0] == found
    first = made.insights[0]
    assert (first.kind, first.group, first.confidence) == ("tag", "tuto", found.confidence)
    assert "60 videos against 60" in first.english
    assert "60 vidéos contre 60" in first.french


def test_a_study_says_what_it_rests_on(made, known):
    assert made.at_ms == NOW_MS
    assert made.from_ms == min(one.days_from_ms for one in known)
    assert [card.video for card in made.cards] == [one.video.id for one in known]
    assert [card.library for card in made.libraries] == list(ROLES)
    assert {curve.library for curve in made.curves} == set(ROLES)
    assert made.questions == sum(one.q is not None for one in made.trends)
    asked = {one.topic for one in made.trends}
    assert {Topic.LENGTH, Topic.TAG, Topic.WEEKDAY, Topic.DAY_PART, Topic.LIBRARY} <= asked


def test_the_videos_that_stand_out_are_named_with_what_they_share(made):
    told = [one for one in made.insights if one.video]
    best = [one for one in told if one.kind == "views at equal age" and " more " not in one.english]
    assert 0 < len(told) <= 4 * MOST_VIDEOS
    reach = {card.video: card.reach for card in made.cards}
    for one in told:
        assert one.group in one.english
        if one.kind == "views at equal age":
            assert reach[one.video].low > 1 or reach[one.video].high < 1
    assert any("tagged “tuto”" in one.english for one in best)


def test_public_and_private_are_told_apart_and_how_many_go_on(made):
    role = next(one for one in made.insights if one.kind == "role")
    assert "60 videos" in role.english
    assert role.confidence > 0.9
    conversion = next(one for one in made.insights if one.kind == "conversion")
    assert "viewers" in conversion.english
    assert "spectateurs" in conversion.french


def test_without_events_conversion_says_what_it_needs():
    made = study(business(12), ROLES, PARIS, NOW_MS)
    told = next(one for one in made.insights if one.kind == "conversion")
    assert told.confidence is None
    assert told.missing.startswith("needs ")
    gaps = [one for one in made.insights if one.kind in ("tag", "weekday", "length")]
    assert 0 < len(gaps) <= MOST_GAPS
    assert all(one.missing and one.confidence is None for one in gaps)
    assert not any(one.worth_saying for one in made.trends)
    assert any(one.kind == "questions" for one in made.insights) == bool(made.questions)


def test_of_nothing_a_study_says_nothing():
    made = study([], {}, PARIS, NOW_MS)
    assert (made.trends, made.insights, made.suggestions, made.questions) == ((), (), (), 0)
    assert made.from_ms == NOW_MS
    assert all(cell.ratio is None and not cell.videos for cell in made.grid)


def test_a_library_that_only_players_tell_of_is_studied_too():
    video = Video("one", "films", "One", 0.0, NOW_MS - 9 * DAY_MS)
    made = study([Known(video)], {"films": LibraryRole.PRIVATE}, PARIS, NOW_MS)
    assert made.cards[0].views.basis is Basis.UNAVAILABLE
    assert not made.trends


def test_a_preview_and_its_film_share_a_subject(videos):
    subject = {one.video.id: one.subject for one in videos}
    assert subject["previews-7"] == subject["films-7"]
    assert len(set(subject.values())) == len(videos) // 2


def test_videos_are_compared_by_their_owners_clock(videos):
    for one in videos:
        local = datetime.fromtimestamp(one.video.published_ms / 1_000, PARIS)
        assert one.weekday == local.weekday()
        assert one.day_part == local.hour // 6


@pytest.mark.parametrize(
    "change",
    [
        {"gone_ms": NOW_MS},
        {"status": VideoStatus.PROCESSING},
        {"length_s": 0.0},
        {"published_ms": NOW_MS - DAY_MS // 2},
    ],
)
def test_what_cannot_be_compared_is_left_out(known, seen_together, change):
    changed = replace(known[0], video=replace(known[0].video, **change))
    found = {one.video.id for one in seen_together([changed, *known[1:]])}
    assert known[0].video.id not in found
    assert len(found) == len(known) - 1


def test_a_video_of_few_views_has_no_share_and_one_that_nobody_counts_no_reach(
    known, made, seen_together
):
    few, uncounted = known[0].video, known[1].video
    cards = {few.id: replace(made.cards[0], views=Figure(3.0, Basis.EXACT, ""))}
    blind = replace(known[1], days_to_ms=None, video=replace(uncounted, seen_ms=0))
    together = seen_together([known[0], blind, *known[2:]], cards=cards)
    found = {one.video.id: one for one in together}
    assert found[few.id].hold is None
    assert found[uncounted.id].reach is None
    assert {len(one.sample.outcome) for one in surveys(together)} == {len(found) - 1}


def test_without_a_usual_curve_bare_views_are_compared(known, made, seen_together):
    for one, card in zip(seen_together(known, curves=()), made.cards, strict=True):
        assert one.reach == pytest.approx(log(card.views.value + 0.5))
    untold = {known[0].video.id: replace(made.cards[0], views=unavailable("a count"))}
    assert seen_together(known[:1], cards=untold, curves=())[0].reach is None


def test_each_group_is_asked_about_once(videos):
    for survey in surveys(videos):
        inside = [one.inside for one in survey.questions]
        others = [tuple(not member for member in one) for one in inside]
        assert len({*inside, *others}) == 2 * len(inside)


def test_the_theme_that_an_owner_gives_counts_as_a_tag(known, seen_together):
    given = [replace(known[0], theme="jazz"), *known[1:]]
    seen = {one.video.id: one.tags for one in seen_together(given)}
    assert seen[known[0].video.id] == {"tuto", "jazz"}
    assert "" not in set().union(*seen.values())


def test_a_video_belongs_to_all_its_groups(videos):
    one = videos[0]
    groups = groups_of(one)
    assert (Topic.TAG, "tuto") in groups
    assert (Topic.LIBRARY, one.video.library) in groups
    assert {topic for topic, _ in groups} == set(Topic)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Le GÂTEAU de l'été : recette n° 12", {"gateau", "recette"}),
        ("How to fix the gears of your bike", {"fix", "gears", "bike"}),
        ("À la une", set()),
        ("Une tarte aux pommes, du jardin au four", {"tarte", "pommes", "jardin", "four"}),
        ("Œufs au plat_sauté", {"oeufs", "plat", "saute"}),
    ],
)
def test_words_of_titles_are_those_that_mean_something(title, found):
    assert title_words(title) == found | ({"ete"} & title_words(title))


def test_the_grid_shows_all_cells_and_claims_little(videos):
    cells = grid(videos)
    assert [(one.weekday, one.day_part) for one in cells] == [
        (weekday, part) for weekday in range(7) for part in range(4)
    ]
    assert sum(one.videos for one in cells) == len(videos)
    for one in cells:
        assert (one.ratio is None) == (one.videos < CELL_NEEDS_VIDEOS)
        assert one.ratio is None or 0.3 < one.ratio < 3
    assert not any(one.ratio for one in grid(videos[:10]))


def test_a_time_of_publication_that_does_better_shows(videos):
    fullest = max(grid(videos), key=lambda one: one.videos)
    place = (fullest.weekday, fullest.day_part)
    moved = [
        replace(one, reach=one.reach + 2.0 * ((one.weekday, one.day_part) == place))
        for one in videos
    ]
    best = max(grid(moved), key=lambda one: one.ratio or 0.0)
    assert (best.weekday, best.day_part) == place
    assert best.ratio > 1.5
    alike = grid([replace(one, reach=1.0) for one in videos])
    assert all(one.ratio is None or one.ratio == pytest.approx(1.0) for one in alike)


def tagged(number, *tags, title="", theme="", gone=False):
    video = Video(
        f"v{number}", "films", title, 60.0, 0, tags=tags, gone_ms=NOW_MS if gone else None
    )
    return Known(video, theme=theme)


def test_an_owners_word_comes_before_tags_and_rare_tags_are_no_theme():
    known = [
        *(tagged(number, f"own {number}", "piano") for number in range(10)),
        tagged(20, "piano", theme="jazz"),
        tagged(21, "once"),
    ]
    found = themes(known)
    assert {found[f"v{number}"] for number in range(10)} == {"piano"}
    assert found["v20"] == "jazz"
    assert "v21" not in found


def test_only_videos_without_a_word_of_their_owner_are_asked_about():
    known = [
        *(tagged(n, "piano", title=f"piano gamme accord {n}") for n in range(12)),
        *(tagged(n, "jardin", title=f"jardin semis tomate {n}") for n in range(12, 24)),
        tagged(30, title="gamme et accord au piano"),
        tagged(31, title="piano pour tous", gone=True),
        tagged(32, "rare", title="piano et accord"),
        tagged(33, title="accord", theme="jazz"),
    ]
    found = suggestions(known)
    assert [(one.video, one.theme) for one in found] == [("v30", "piano")]
    assert found[0].margin > 0
