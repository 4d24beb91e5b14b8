"""Previews and their full videos: who belongs to whom, and who goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole, Video
from sentinel_tui.domain.video.completion import Hits, settled
from sentinel_tui.domain.video.conversion import (
    CONVERSION_PRIOR,
    conversion,
    conversions,
    library_conversion,
)
from sentinel_tui.domain.video.events import PASSING, View
from sentinel_tui.domain.video.metrics import Basis, Figure
from sentinel_tui.domain.video.pairs import pairs
from sentinel_tui.domain.video.study import Known

ROLES = {"open": LibraryRole.PUBLIC, "paid": LibraryRole.PRIVATE}
NOON = 1_790_000_000_000
LATER = NOON + 40 * DAY_MS


def public(title, name="p", full=""):
    return Video(name, "open", title, 60, NOON, full=full)


def private(title, name="f"):
    return Video(name, "paid", title, 600, NOON)


@pytest.mark.parametrize(
    ("preview", "full"),
    [
        ("Knots for sailors", "Knots for sailors"),
        ("Knots for Sailors (preview)", "Knots for sailors"),
        ("TEASER: Nœuds marins", "Nœuds marins – version intégrale"),
        ("Nœuds marins [bande-annonce]", "noeuds marins"),
        ("Aperçu | Mémoire d'été", "Memoire d'ete"),
        ("Trailer", "trailer"),
    ],
)
def test_the_same_title_makes_a_pair(preview, full):
    assert pairs([public(preview), private(full)], ROLES) == {"p": "f"}


@pytest.mark.parametrize(
    "videos",
    [
        [public("Knots"), private("Ropes")],
        [public("Knots"), private("Knots"), private("KNOTS", "g")],
        [private("Knots"), private("Knots", "g")],
        [public("Preview"), private("Full")],
        [public("Knots", full="nowhere"), private("Knots")],
        [public("Annoncements"), private("ments")],
        [public("Knots"), replace(private("Knots"), gone_ms=NOON)],
    ],
)
def test_nothing_is_guessed(videos):
    assert pairs(videos, ROLES) == {}


def test_what_the_owner_says_counts_and_a_full_video_may_have_several_previews():
    videos = [public("Knots", "a", full="g"), public("Knots", "b"), private("Knots")]
    assert pairs([*videos, private("Ropes", "g")], ROLES) == {"a": "g", "b": "f"}


def view(viewer, at_ms, video="p"):
    return View(viewer, video, "open", at_ms, 10, 10, ended=False)


def test_a_cohort_counts_once_its_seven_days_are_over():
    previews = [view("a", NOON), view("b", NOON), view("c", NOON + 3 * DAY_MS), view("", NOON)]
    fulls = [view("a", NOON + 6 * DAY_MS), view("b", NOON + 8 * DAY_MS), view("z", NOON)]
    early = conversion(60, previews, fulls, NOON + 6 * DAY_MS)
    assert isinstance(early, Figure)
    assert early.basis is Basis.UNAVAILABLE
    found = conversion(60, [*previews, view("a", NOON + 1)], fulls, NOON + 7 * DAY_MS)
    assert (found.hits, found.tries) == (1, 2)
    assert found.source == "1 of 2 preview viewers"


def test_who_may_have_gone_on_before_players_of_full_videos_reported_does_not_count():
    told_from_ms = NOON + 30 * DAY_MS
    previews = [view("long ago", NOON), view("a", told_from_ms - DAY_MS), view("b", told_from_ms)]
    fulls = [view("a", told_from_ms)]
    now_ms = told_from_ms + 20 * DAY_MS
    found = conversion(60, previews, fulls, now_ms, told_from_ms=told_from_ms)
    assert (found.hits, found.tries) == (1, 2)
    videos = [Known(public("Knots"), views=previews[:1]), Known(private("Knots"), views=fulls)]
    assert isinstance(library_conversion("open", videos, ROLES, now_ms), Figure)
    unnamed = [
        Known(public("Knots"), views=previews),
        Known(private("Knots"), views=[view("", NOON)]),
    ]
    assert isinstance(library_conversion("open", unnamed, ROLES, now_ms), Figure)


def test_who_is_known_for_one_visit_only_is_nobody_who_did_not_go_on():
    told = [view("a", NOON), view(f"{PASSING}b", NOON)]
    fulls = [view("a", NOON + DAY_MS), view(f"{PASSING}c", NOON + DAY_MS)]
    found = conversion(60, told, fulls, LATER)
    assert (found.hits, found.tries) == (1, 1)
    assert conversion(60, told[1:], fulls, LATER).basis is Basis.UNAVAILABLE


def test_tokens_of_a_part_of_the_views_make_an_estimate():
    few = replace(public("Knots"), views=40)
    known = [
        Known(few, views=(view("a", NOON),)),
        Known(private("Knots"), views=(view("a", NOON),)),
    ]
    preview, _ = conversions(known, ROLES, LATER)
    assert preview.basis is library_conversion("open", known, ROLES, LATER).basis
    assert preview.basis is Basis.ESTIMATED


def test_a_full_video_before_the_preview_is_no_conversion():
    found = conversion(60, [view("a", NOON)], [view("a", NOON - 1)], LATER)
    assert (found.hits, found.tries) == (0, 1)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20)), max_size=20),
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20)), max_size=20),
    st.integers(0, 40),
    st.randoms(use_true_random=False),
)
def test_conversion_is_counted_by_viewer_in_any_order(previews, fulls, now_days, chance):
    began = [view(who, NOON + day * DAY_MS) for who, day in previews]
    opened = [view(who, NOON + day * DAY_MS) for who, day in fulls]
    now_ms = NOON + now_days * DAY_MS
    found = conversion(60, began, opened, now_ms)
    chance.shuffle(began)
    chance.shuffle(opened)
    assert conversion(60, began + began, opened + opened, now_ms) == found
    if isinstance(found, Hits):
        assert 0 <= found.hits <= found.tries <= len({who for who, _ in previews})
    else:
        assert all(NOON + (day + 7) * DAY_MS > now_ms for _, day in previews)


def test_each_video_says_what_its_conversion_needs():
    paired, alone, full = public("Knots"), public("Ropes", "q"), private("Knots")
    silent = conversions([Known(one) for one in (paired, alone, full)], ROLES, LATER)
    needs = ["pages of the full videos", "its full video", "previews"]
    for figure, need in zip(silent, needs, strict=True):
        assert isinstance(figure, Figure)
        assert need in figure.source

    seen = Known(paired, views=(view("a", NOON), view("b", NOON)))
    bought = Known(full, views=(view("a", NOON + DAY_MS, "f"),))
    preview, *_ = conversions([seen, Known(alone), bought], ROLES, LATER)
    assert (preview.hits, preview.tries) == (1, 2)
    (figure,) = settled([preview], CONVERSION_PRIOR)
    assert 0 < figure.low < figure.value < figure.high < 0.5


def test_a_library_counts_each_viewer_once_and_any_full_video():
    videos = [
        Known(public("Knots"), views=(view("a", NOON), view("b", NOON))),
        Known(public("Ropes", "q"), views=(view("a", NOON + DAY_MS, "q"),)),
        Known(private("Sails"), views=(view("a", NOON + 2 * DAY_MS, "f"),)),
    ]
    found = library_conversion("open", videos, ROLES, LATER)
    assert (found.hits, found.tries) == (1, 2)
    assert isinstance(library_conversion("paid", videos, ROLES, LATER), Figure)
    assert isinstance(library_conversion("open", videos[:2], ROLES, LATER), Figure)
