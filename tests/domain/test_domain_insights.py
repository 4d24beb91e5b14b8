"""Insights in words: both languages say the same, with intervals, numbers and typography."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.video import sentences
from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import LibraryRole, Video
from sentinel_tui.domain.video.comparing import Compared
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.insights import Insight, Language
from sentinel_tui.domain.video.metrics import Basis, Figure, unavailable
from sentinel_tui.domain.video.questions import DAY_PARTS, LENGTHS, WEEKDAYS
from sentinel_tui.domain.video.telling import MOST_TRENDS, Material, insights
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend
from sentinel_tui.domain.video.wording import (
    change,
    count,
    duration,
    factor,
    listed,
    percent,
    quoted,
    trait,
)

NONE = unavailable("anything")
FOUND = Trend(Topic.TAG, "tuto", Outcome.REACH, 24, 1_086, 2.9, 1.35, 1.12, 1.6, 0.001, 0.02, 0.83)
HELD = replace(FOUND, outcome=Outcome.HOLD, usual_share=0.38)
VIDEO = Video("v1", "films", "La route ; le col", 372.0, 0, views=1_234)
SCORE = Score(78.0, 57.0, 92.0, 0.81, 0.35)


def exact(value, low=None, high=None):
    return Figure(value, Basis.EXACT, "counted", low, high, 0.9)


def card(video="v1", library="films", **figures):
    names = [name for name in Card.__slots__ if name not in ("video", "library", "at_ms", "score")]
    known = {"views": exact(1_234.0), "average_watched": exact(0.46)} | figures
    score = known.pop("score", None)
    return Card(video, library, 0, **{name: known.get(name, NONE) for name in names}, score=score)


def library(name, views=NONE, watched=NONE, conversion=NONE):
    others = ("watch_s", "completion", "bounce", "unique_viewers", "repeat_ratio")
    rest = dict.fromkeys(others, NONE)
    return LibraryCard(
        name, 0, 40, views=views, average_watched=watched, conversion=conversion, **rest
    )


def material(**parts):
    nothing = {"trends": (), "cards": (), "libraries": (), "roles": {}, "videos": (), "cohorts": {}}
    return Material(**(nothing | parts))


def compared(video=VIDEO):
    return Compared(video, 90.0, 5.0, -0.2, 2, 3, 100, 0, frozenset(video.tags))


EVERY_SENTENCE = [
    *(
        sentences.trend(replace(one, topic=topic, group=group))
        for one in (
            FOUND,
            replace(FOUND, ratio=2.36, low=1.4, high=3.5),
            replace(FOUND, ratio=0.72, low=0.5, high=0.98, confounded=True),
            HELD,
        )
        for topic, groups in (
            (Topic.TAG, ["tuto"]),
            (Topic.TITLE, ["route"]),
            (Topic.LIBRARY, ["films"]),
            (Topic.LENGTH, LENGTHS),
            (Topic.WEEKDAY, WEEKDAYS),
            (Topic.DAY_PART, DAY_PARTS),
        )
        for group in groups
    ),
    *(
        sentences.holding(VIDEO, card(), score, reasons)
        for score in (SCORE, replace(SCORE, score=20.0, low=8.0, high=41.0))
        for reasons in ([], [trait(Topic.TAG, "tuto"), trait(Topic.WEEKDAY, "Monday")])
    ),
    *(
        sentences.reaching(VIDEO, card(reach=exact(*ends)), [trait(Topic.LENGTH, LENGTHS[0])])
        for ends in ((2.3, 1.6, 3.1), (0.4, 0.2, 0.7), (1.4, 1.2, 1.6))
    ),
    sentences.public_against_private((40, 8_200, 0.61), (30, 1_150, 0.43)),
    sentences.conversion("previews", exact(0.042, 0.024, 0.068), 2_120),
    sentences.conversion_unknown("previews"),
    *(
        sentences.too_few(replace(FOUND, ratio=None, videos_missing=videos, weeks_missing=weeks))
        for videos, weeks in ((6, 0), (1, 2), (0, 2), (0, 1))
    ),
    sentences.nothing_stands_out(1_084, 60),
]


@pytest.mark.parametrize("told", EVERY_SENTENCE, ids=lambda told: told.english[:60])
def test_both_languages_name_the_same_numbers(told):
    english = re.findall(r"\d+(?:[.,]\d+)*", told.english)
    french = re.findall(r"\d+(?:[,\u202f]\d+)*", told.french)
    plain = [number.replace("\u202f", "_").replace(",", ".") for number in french]
    assert sorted(plain) == sorted(re.sub(r",(?=\d{3})", "_", number) for number in english)


@pytest.mark.parametrize("told", EVERY_SENTENCE, ids=lambda told: told.english[:60])
def test_french_keeps_its_marks_with_their_words(told):
    said = told.french.replace("La route ; le col", "")
    assert not re.search(r"(?<![\u202f])[;!?]", said)
    assert not re.search(r"(?<![\u00a0])[:%»]", said)
    assert not re.search(r"«(?!\u00a0)", said)
    assert "'" not in said
    assert not re.search(r"\d\.\d", said)
    assert said[0].isupper() or said.startswith("«")
    assert said.endswith(".")


@pytest.mark.parametrize("told", EVERY_SENTENCE, ids=lambda told: told.english[:60])
def test_english_has_no_french_spaces(told):
    assert "\u00a0" not in told.english
    assert "\u202f" not in told.english
    assert told.english.endswith(".")


def test_a_trend_is_told_by_its_shrunk_ratio_and_never_by_the_raw_one():
    told = sentences.trend(FOUND)
    assert "35% more views" in told.english
    assert "+12% to +60%" in told.english
    assert "2.9" not in told.english
    assert "190" not in told.english
    assert "24 videos against 1,086" in told.english
    assert "other causes are possible" in told.english


def test_what_age_explains_is_said_to_be_explained():
    told = sentences.trend(replace(FOUND, confounded=True))
    assert "Most of what the bare numbers seem to say comes from age" in told.english
    assert "L’essentiel" in told.french


def test_of_the_share_watched_the_difference_is_told_in_points():
    told = sentences.trend(HELD)
    assert "about 7 points larger" in told.english
    assert "+3 to +12 points" in told.english
    assert "d’environ 7 points plus grande" in told.french
    worse = sentences.trend(replace(HELD, ratio=0.96, low=0.8, high=1.01))
    assert "about 1 point smaller" in worse.english
    assert "−5 to +0 points" in worse.english
    short = sentences.trend(replace(HELD, topic=Topic.LENGTH, group=LENGTHS[0]))
    assert "everywhere" in short.english


def test_that_short_videos_are_watched_to_a_larger_share_is_told_once():
    found = [replace(HELD, topic=Topic.LENGTH, group=group) for group in LENGTHS]
    told = insights(material(trends=[*found, HELD]))
    assert [one.group for one in told] == [LENGTHS[0], "tuto"]


def test_what_is_not_known_cannot_be_told():
    with pytest.raises(ValueError, match="tuto"):
        sentences.trend(replace(FOUND, ratio=None))
    with pytest.raises(ValueError, match="reach"):
        sentences.reaching(VIDEO, card(), [])
    with pytest.raises(ValueError, match="conversion"):
        sentences.conversion("previews", NONE, 5)


def test_numbers_are_those_of_each_language():
    assert count(1_234_567) == ("1,234,567", "1\u202f234\u202f567")
    assert percent(0.5) == ("50%", "50\u00a0%")
    assert percent(0.042) == ("4.2%", "4,2\u00a0%")
    assert percent(0.0) == ("0%", "0\u00a0%")
    assert change(0.93) == ("−7%", "−7\u00a0%")
    assert change(1.2) == ("+20%", "+20\u00a0%")
    assert factor(2.36) == ("2.4", "2,4")
    assert factor(14.2) == ("14", "14")
    assert duration(42.4) == ("42 s", "42\u00a0s")
    assert duration(372.0) == ("6 min", "6\u00a0min")
    assert quoted("a") == ("“a”", "«\u00a0a\u00a0»")
    assert len(quoted("long " * 50).english) < 70
    assert listed([count(1), count(2)]) == ("1, 2", "1, 2")


def test_every_group_that_is_asked_about_has_words_in_both_languages():
    for topic, groups in (
        (Topic.LENGTH, LENGTHS),
        (Topic.WEEKDAY, WEEKDAYS),
        (Topic.DAY_PART, DAY_PARTS),
    ):
        for group in groups:
            told = trait(topic, group)
            assert told.english != group
            assert told.french not in (group, told.english)


@given(st.floats(1e-9, 1e9))
def test_any_ratio_can_be_told(ratio):
    told = sentences.trend(replace(FOUND, ratio=ratio, low=ratio / 2, high=ratio * 2))
    assert told.english
    assert told.french


def test_an_insight_is_told_in_the_language_that_is_asked_for():
    one = Insight("tag", "tuto", "English", "Français", 0.8)
    assert one.told(Language.ENGLISH) == "English"
    assert one.told(Language.FRENCH) == "Français"


def test_found_trends_come_first_the_doubtful_and_the_many_are_left_out():
    many = [replace(FOUND, group=f"tag {number}") for number in range(MOST_TRENDS + 5)]
    doubtful = replace(FOUND, group="small", confidence=0.2)
    luck = replace(FOUND, group="luck", q=0.5)
    told = insights(material(trends=[doubtful, luck, *many]))
    assert [one.group for one in told] == [f"tag {n}" for n in range(MOST_TRENDS)]
    assert {one.confidence for one in told} == {FOUND.confidence}


def test_when_nothing_is_found_that_is_told_with_what_is_missing():
    few = replace(FOUND, ratio=None, q=None, confidence=None)
    gaps = [
        replace(few, group="near", videos_missing=1),
        replace(few, group="far", videos_missing=6),
        replace(few, group="far", videos_missing=6, outcome=Outcome.HOLD),
        replace(few, topic=Topic.WEEKDAY, group="Monday", weeks_missing=1),
    ]
    told = insights(material(trends=[replace(FOUND, q=0.4), *gaps]))
    assert [(one.kind, one.group) for one in told] == [
        ("questions", ""),
        ("tag", "near"),
        ("tag", "far"),
        ("weekday", "Monday"),
    ]
    assert [one.missing for one in told[1:]] == [
        "1 more video tagged “near”",
        "6 more videos tagged “far”",
        "videos published on Monday from 1 more week",
    ]
    assert {one.confidence for one in told} == {None}


@pytest.mark.parametrize("best", [True, False])
def test_only_videos_that_surely_stand_out_are_named(best):
    reach = exact(2.3, 1.6, 3.1) if best else exact(0.4, 0.2, 0.7)
    score = SCORE if best else replace(SCORE, score=20.0, low=8.0, high=41.0)
    doubtful = card("v2", reach=exact(1.1, 0.8, 1.6), score=replace(SCORE, low=40.0, high=60.0))
    asked = [compared(), compared(replace(VIDEO, id="v2"))]
    told = insights(material(cards=[card(reach=reach, score=score), doubtful], videos=asked))
    assert [(one.kind, one.video) for one in told] == [
        ("engagement", "v1"),
        ("views at equal age", "v1"),
    ]
    assert told[0].confidence == score.confidence
    surest = card(reach=reach, score=replace(score, confidence=0.9999))
    assert insights(material(cards=[surest], videos=asked[:1]))[0].confidence == 0.99


def test_a_video_is_told_with_the_trends_it_shares_and_not_with_its_length_for_its_score():
    tuto = replace(VIDEO, tags=("tuto",))
    found = [
        FOUND,
        HELD,
        replace(HELD, topic=Topic.LENGTH, group="5 to 15 min"),
        replace(FOUND, topic=Topic.LIBRARY, group="films"),
        replace(FOUND, group="absent"),
        replace(FOUND, topic=Topic.DAY_PART, group="evening", ratio=0.6, low=0.4, high=0.8),
    ]
    known = card(reach=exact(2.3, 1.6, 3.1), score=SCORE)
    told = insights(material(trends=found, cards=[known], videos=[compared(tuto)]))
    shared = [one.english.split("those ")[1] for one in told if one.video]
    assert shared == ["tagged “tuto”.", "tagged “tuto”."]


def test_public_and_private_libraries_are_weighed_by_their_views():
    roles = {
        "a": LibraryRole.PUBLIC,
        "b": LibraryRole.PUBLIC,
        "films": LibraryRole.PRIVATE,
        "new": LibraryRole.PRIVATE,
    }
    libraries = [
        library("a", exact(300.0), exact(0.8), exact(0.05, 0.03, 0.08)),
        library("b", exact(100.0), exact(0.4)),
        library("films", exact(50.0), exact(0.3)),
        library("new"),
    ]
    told = insights(material(libraries=libraries, roles=roles, cohorts={"a": 212}))
    assert [one.kind for one in told] == ["role", "conversion", "conversion"]
    assert "70% of their length (80 videos, 400 views)" in told[0].english
    assert told[0].confidence == pytest.approx(0.99)
    assert "212 viewers" in told[1].english
    assert told[2].missing == "needs anything"
    same = [library("a", exact(9.0), exact(1.0)), library("films", exact(9.0), exact(1.0))]
    (role, _) = insights(material(libraries=same, roles=roles))
    assert role.confidence == 0.5
