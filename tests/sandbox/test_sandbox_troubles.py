"""Seeded misfortune: the same for the same seed, one spell in every period."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.troubles import How, Troubles, dice, how_named

HOWS = (How.ERROR, How.REFUSE, How.HANG)


def troubles(seed: str, origin_s: float = 1_000.0) -> Troubles:
    return Troubles(seed, origin_s, 240.0, (15.0, 100.0), (20.0, 60.0), HOWS)


@given(st.text(max_size=20), st.integers(0, 50))
def test_each_period_has_one_spell_of_the_length_that_was_asked_for(seed: str, period: int) -> None:
    ours = troubles(seed)
    starts_s = ours.origin_s + period * ours.every_s
    seen = [ours.spell_at(starts_s + second) for second in range(int(ours.every_s))]
    spells = {spell for spell in seen if spell is not None}
    (spell,) = spells
    assert 15 <= spell.starts_s - starts_s <= 100
    assert 20 <= spell.ends_s - spell.starts_s <= 60
    assert spell.how is HOWS[period % len(HOWS)]
    assert [one is not None for one in seen] == [
        spell.starts_s <= starts_s + second < spell.ends_s for second in range(int(ours.every_s))
    ]


@given(st.text(max_size=20), st.floats(0, 100_000))
def test_the_same_seed_and_instant_give_the_same_spell(seed: str, now_s: float) -> None:
    assert troubles(seed).spell_at(now_s) == troubles(seed).spell_at(now_s)


def test_another_seed_gives_other_spells() -> None:
    def starts(seed: str) -> list[float]:
        ours = troubles(seed)
        found = (ours.spell_at(ours.origin_s + second) for second in range(2_400))
        return sorted({spell.starts_s for spell in found if spell is not None})

    assert starts("one") != starts("two")
    assert len(starts("one")) == len(starts("two"))


def test_before_its_origin_nothing_happens() -> None:
    ours = troubles("seed", origin_s=1_000.0)
    assert all(ours.spell_at(float(second)) is None for second in range(1_000))


def test_dice_fall_the_same_way_everywhere() -> None:
    assert dice("a", 1).random() == dice("a", 1).random()
    assert dice("a", 1).random() != dice("a", 2).random()


@pytest.mark.parametrize("how", list(How))
def test_every_way_has_its_word_and_says_what_it_does(how: How) -> None:
    assert how_named(how.value) is how
    assert how.words


@pytest.mark.parametrize("word", ["", "explode", "REFUSE", "\x1b[2J"])
def test_another_word_is_refused_with_those_there_are(word: str) -> None:
    with pytest.raises(UsageError) as refused:
        how_named(word)
    assert all(how in refused.value.hint for how in How)
    assert "\x1b" not in str(refused.value)
