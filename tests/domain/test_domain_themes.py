"""Themes are suggested where the owner's own words allow it, and nowhere else."""

from __future__ import annotations

import random

from sentinel_tui.commands.spec import words
from sentinel_tui.domain.video.themes import FEWEST_LABELS, Labelled, suggest

COOKING = words("recette cuisine gâteau tarte four recipe cake bake oven sauce dessert pâte")
CYCLING = words("vélo route col montée bike climb ride gravel wheel étape sprint peloton")
TALK = words("le la un une the a my mon ma how to comment faire avec with")


def titles(theme, count, seed):
    chance = random.Random(seed)  # noqa: S311 (titles, not secrets)
    return [
        " ".join(chance.sample(TALK, 3) + chance.sample(theme, 2) + chance.sample(TALK, 2))
        for _ in range(count)
    ]


def known(count):
    return [
        *(Labelled(title, "cooking") for title in titles(COOKING, count, 1)),
        *(Labelled(title, "cycling") for title in titles(CYCLING, count, 2)),
    ]


def test_the_surest_third_is_suggested_and_right():
    texts = titles(COOKING, 15, 3) + titles(CYCLING, 15, 4)
    found = suggest(known(25), texts)
    assert len(found) == len(texts) // 3
    assert all((one.theme == "cooking") == (one.place < 15) for one in found)
    margins = [one.margin for one in found]
    assert margins == sorted(margins, reverse=True)


def test_accents_and_endings_make_no_difference():
    (first,) = suggest(known(25), ["GATEAUX AU FOUR"])
    assert first.theme == "cooking"


def test_a_theme_with_too_few_videos_is_never_suggested():
    few = [Labelled("chess opening", "chess")] * (FEWEST_LABELS - 1)
    found = suggest([*known(25), *few], ["chess opening trap", *titles(COOKING, 5, 6)])
    assert {one.theme for one in found} <= {"cooking", "cycling"}


def test_with_one_theme_or_none_or_nothing_to_ask_there_is_nothing_to_say():
    assert suggest(known(25)[:25], ["cake"]) == []
    assert suggest([], ["cake"]) == []
    assert suggest(known(25), []) == []
    assert suggest(known(FEWEST_LABELS - 1), ["cake"]) == []
