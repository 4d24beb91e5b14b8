"""All figures together, against viewers whose every second is known."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import DAY_MS, DayCount, Heat, LibraryRole, Video
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.metrics import Basis, Figure
from sentinel_tui.domain.video.ranking import LEAST_CONFIDENCE, RankBy, ranked
from sentinel_tui.domain.video.reckoning import cards
from sentinel_tui.domain.video.study import Known

NOW = 20_000 * DAY_MS
ROLES = {"open": LibraryRole.PUBLIC, "paid": LibraryRole.PRIVATE}
FIGURES = [field.name for field in fields(Card) if field.type == "Figure"]


def audience(random, name, *, views, length_s, stay, library="open", told="heat", age=90):
    """A video, how its viewers watched it, and the truth of that: completion and bounce."""
    stayed_s = np.minimum(random.weibull(0.9, views) * stay * length_s, length_s)
    published_ms = NOW - age * DAY_MS
    days = random.integers(0, age, views)
    counts = [
        DayCount(published_ms + int(day) * DAY_MS, int((days == day).sum()), 0.0)
        for day in sorted(set(days))
    ]
    watch_s = float(stayed_s.sum())
    video = Video(name, library, name, length_s, published_ms, views=views, watch_s=watch_s)
    segment_s = length_s / 100
    plays = np.clip(stayed_s[:, None] - np.arange(100) * segment_s, 0, segment_s).sum(axis=0)
    heat = Heat(NOW, views, tuple(float(round(100 * one / plays.max())) for one in plays))
    reports = tuple(
        View(f"{name}{n}", name, library, published_ms, float(s), float(s), bool(s >= length_s))
        for n, s in enumerate(stayed_s)
    )
    known = Known(
        video=replace(video, seen_ms=NOW),
        days=tuple(counts),
        days_from_ms=NOW - 365 * DAY_MS,
        days_to_ms=NOW,
        heat=heat if told == "heat" else None,
        views=reports if told == "events" else (),
    )
    return known, float((stayed_s >= 0.9 * length_s).mean()), float((stayed_s < 30).mean())


@pytest.mark.parametrize(
    ("told", "basis"),
    [("events", Basis.EXACT), ("heat", Basis.ESTIMATED), ("averages", Basis.BOUNDED)],
)
def test_figures_hold_the_truth_whatever_is_told(told, basis):
    random = np.random.default_rng(21)
    library = [
        audience(random, str(n), views=300, length_s=length_s, stay=stay, told=told)
        for n, (length_s, stay) in enumerate(
            zip(random.uniform(70, 1_500, 40), random.uniform(0.2, 1.5, 40), strict=True)
        )
    ]
    found, (whole, _), _ = cards([known for known, _, _ in library], ROLES, NOW)
    held = []
    for card, (_, completion, bounce) in zip(found, library, strict=True):
        for figure, true in ((card.completion, completion), (card.bounce, bounce)):
            assert figure.basis in (basis, Basis.UNAVAILABLE)
            if figure.basis is not Basis.UNAVAILABLE:
                held.append(figure.low <= true <= figure.high)
    assert len(held) >= 60
    assert sum(held) / len(held) >= 0.95
    true = sum(completion for _, completion, _ in library) / len(library)
    assert whole.completion.basis is basis
    assert whole.completion.low <= true <= whole.completion.high
    assert whole.views.value == 40 * 300


def test_a_preview_of_few_views_is_completed_by_other_previews():
    random = np.random.default_rng(22)
    previews = [
        audience(random, f"p{n}", views=400, length_s=120, stay=2.5, told="events")[0]
        for n in range(10)
    ]
    films = [
        audience(random, f"f{n}", views=400, length_s=120, stay=0.4, library="paid", told="events")
        for n in range(10)
    ]
    seldom = {
        library: replace(
            audience(random, library, views=1, length_s=120, stay=0.1, library=library)[0],
            views=(View("x", library, library, NOW, 5, 5, ended=False),),
        )
        for library in ROLES
    }
    everything = [*previews, *(known for known, _, _ in films), *seldom.values()]
    found, _, _ = cards(everything, ROLES, NOW)
    of = {card.video: card for card in found}
    assert of["open"].completion.value > 3 * of["paid"].completion.value
    assert of["open"].score.expected_hold > of["paid"].score.expected_hold
    assert of["open"].completion.confidence < LEAST_CONFIDENCE < of["p0"].score.confidence


def test_few_of_one_purpose_are_scored_with_all_others():
    random = np.random.default_rng(23)
    some = [audience(random, f"p{n}", views=90, length_s=120, stay=1)[0] for n in range(12)]
    few = [
        audience(random, f"f{n}", views=90, length_s=120, stay=0.3, library="paid")[0]
        for n in range(3)
    ]
    found, _, _ = cards([*some, *few], ROLES, NOW)
    assert max(card.score.score for card in found[12:]) < min(c.score.score for c in found[:12])


def test_of_nothing_nothing_is_claimed():
    fresh = Known(Video("v", "open", "New", 0, NOW))
    (card,), libraries, curves = cards([fresh], ROLES, NOW)
    assert card.score is None
    assert curves == []
    for name in FIGURES:
        figure = getattr(card, name)
        assert (figure.value, figure.basis) == (None, Basis.UNAVAILABLE), name
        assert figure.source.startswith("needs ")
    assert [one.library for one in libraries] == ["open", "paid"]
    assert libraries[1].completion.source == "needs a video"
    assert cards([], {}, NOW) == ([], [], [])


def test_a_library_that_is_no_longer_configured_keeps_its_card():
    random = np.random.default_rng(24)
    old = audience(random, "o", views=80, length_s=90, stay=1, library="former")[0]
    gone = replace(old, video=replace(old.video, id="g", gone_ms=NOW - DAY_MS))
    _, libraries, _ = cards([old, gone], ROLES, NOW)
    assert [one.library for one in libraries] == ["open", "paid", "former"]
    assert libraries[2].videos == 1
    assert libraries[2].views.value == 160


known_anything = st.builds(
    lambda video, views, heat, from_ms, to_ms: Known(video, (), from_ms, to_ms, heat, views),
    st.builds(
        Video,
        id=st.uuids().map(str),
        library=st.sampled_from(["open", "paid", "other"]),
        title=st.sampled_from(["", "A", "A preview", "B"]),
        length_s=st.sampled_from([0.0, 1.0, 59.0, 600.0]),
        published_ms=st.integers(NOW - 500 * DAY_MS, NOW + DAY_MS),
        views=st.integers(0, 200),
        watch_s=st.floats(0, 1e6),
        seen_ms=st.sampled_from([0, NOW]),
    ),
    st.lists(
        st.builds(
            View,
            viewer=st.sampled_from(["", "a", "b"]),
            video=st.just("v"),
            library=st.just("open"),
            start_ms=st.integers(NOW - 20 * DAY_MS, NOW),
            watch_s=st.floats(0, 1e4),
            furthest_s=st.floats(0, 1e4),
            ended=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    st.none() | st.just(Heat(NOW, 60, (100.0, 50.0))) | st.just(Heat(NOW, 60, (0.0,))),
    st.integers(NOW - 400 * DAY_MS, NOW),
    st.none() | st.just(NOW),
)


def assert_honest(figure: Figure, *, share: bool):
    if figure.basis is Basis.UNAVAILABLE:
        assert figure.value is None
        assert figure.source.startswith("needs ")
        return
    ends = [one for one in (figure.low, figure.value, figure.high) if one is not None]
    assert ends == sorted(ends)
    assert all(end >= 0 for end in ends)
    assert not share or all(end <= 1 for end in ends)
    assert (figure.value is None) == (figure.basis is Basis.BOUNDED)


@settings(max_examples=30, deadline=None)
@given(st.lists(known_anything, max_size=14))
def test_whatever_is_known_every_figure_says_what_it_rests_on(known):
    found, libraries, _ = cards(known, ROLES, NOW)
    assert [card.video for card in found] == [one.video.id for one in known]
    for card in [*found, *libraries]:
        for name in FIGURES:
            if hasattr(card, name):
                shares = ("average_watched", "completion", "bounce", "conversion")
                assert_honest(getattr(card, name), share=name in shares)
    for card, one in zip(found, known, strict=True):
        if not one.video.views and not one.views:
            assert card.score is None
            assert card.completion.value is None


def test_the_best_have_shown_it_and_the_worst_too():
    random = np.random.default_rng(25)
    library = [
        audience(random, f"v{n}", views=300, length_s=200, stay=stay, told="events")[0]
        for n, stay in enumerate(np.linspace(0.3, 2, 20))
    ]
    lucky = audience(random, "lucky", views=2, length_s=200, stay=50, told="events")[0]
    found, _, _ = cards([*library, lucky], ROLES, NOW)
    for by in (RankBy.COMPLETION, RankBy.ENGAGEMENT, RankBy.HOLD):
        best, worst = (ranked(found, by, best=best) for best in (True, False))
        assert len(best) == len(worst) == len(found) - 1
        assert "lucky" not in {one.card.video for one in best}
        assert best[0].card.video in {f"v{n}" for n in range(15, 20)}
        assert worst[0].card.video in {f"v{n}" for n in range(5)}
        assert [one.low for one in best] == sorted((one.low for one in best), reverse=True)
        assert [one.high for one in worst] == sorted(one.high for one in worst)
    most = ranked(found, RankBy.VIEWS, best=True)
    assert len(most) == len(found)
    assert most[-1].card.video == "lucky"
    assert most[-1].low == most[-1].high == 2
    assert ranked(found, RankBy.WATCH_TIME, best=False)[0].card.video == "lucky"


def test_what_is_unknown_or_only_bounded_has_no_place():
    random = np.random.default_rng(26)
    bounded = audience(random, "b", views=300, length_s=200, stay=1, told="averages")[0]
    unseen = Known(Video("u", "open", "u", 60, NOW))
    found, _, _ = cards([bounded, unseen], ROLES, NOW)
    assert ranked(found, RankBy.COMPLETION, best=True) == []
    assert ranked(found, RankBy.REACH, best=True) == []
    assert [one.card.video for one in ranked(found, RankBy.ENGAGEMENT, best=True)] == ["b"]
