"""Text from outside is made harmless once, at the border."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sentinel_tui.text import (
    REPLACEMENT,
    cell_width,
    clean_block,
    clean_text,
    fold,
    format_bytes,
    format_duration,
    format_latency,
    format_ratio,
    parse_duration_s,
    shorten,
)

MARKS = [chr(point) for point in (0x300, 0x301, 0x489, 0x5B0, 0x1AB0, 0x20DD, 0xE31)]
HIDDEN = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *map(chr, (0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x3164, 0xFEFF, 0xFFF9)),
    *map(chr, range(0x200B, 0x2010)),
    *map(chr, range(0x2028, 0x202F)),
    *map(chr, range(0x2060, 0x2070)),
    *map(chr, (0xD800, 0xDFFF, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF)),
    *map(chr, (0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xFE0F, 0xE000)),
]
hostile = st.text(
    st.one_of(
        st.sampled_from(HIDDEN + MARKS),
        st.characters(),
        st.sampled_from(string.printable),
    ),
    max_size=120,
)
limits = st.integers(min_value=0, max_value=60)


def shown_lines(text: str) -> list[str]:
    return text.split("\n")


def longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest


@given(hostile, limits)
def test_nothing_hidden_survives_in_a_line(text: str, limit: int) -> None:
    cleaned = clean_text(text, limit)

    assert not set(cleaned) & set(HIDDEN)
    assert cleaned.isprintable()
    assert "  " not in cleaned
    cleaned.encode("utf-8")


@given(hostile, limits)
def test_nothing_hidden_survives_in_a_block_but_its_line_breaks(text: str, limit: int) -> None:
    for line in shown_lines(clean_block(text, limit)):
        assert line.isprintable()
        assert not set(line) & set(HIDDEN)


@given(hostile, limits)
def test_cleaning_what_is_clean_changes_nothing(text: str, limit: int) -> None:
    once = clean_text(text, limit)
    assert clean_text(once, limit) == once

    block = clean_block(text, limit)
    assert clean_block(block, limit) == block


@given(hostile, limits)
def test_nothing_grows_beyond_the_limit(text: str, limit: int) -> None:
    assert len(clean_text(text, limit)) <= limit
    assert len(clean_block(text, limit)) <= limit


@given(st.text(st.sampled_from([*MARKS, "e", "x", " "]), max_size=40))
def test_marks_neither_tower_nor_stand_without_a_base(text: str) -> None:
    cleaned = clean_text(text)

    assert longest_run_of_marks(cleaned) <= 2
    assert not cleaned or unicodedata.category(cleaned[0]) not in ("Mn", "Me")


def test_every_character_there_is_comes_out_printable() -> None:
    every = "".join(f"x{chr(point)}" for point in range(0x110000))
    cleaned = clean_text(every, len(every) * 2)
    assert cleaned.isprintable()
    assert clean_text(cleaned, len(every) * 2) == cleaned


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80))
def test_plain_text_only_loses_superfluous_spaces(text: str) -> None:
    assert clean_text(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("hostile_text", "harmless"),
    [
        ("\x1b]52;c;ZXZpbA==\x1b\\", "·]52;c;ZXZpbA==·\\"),
        ("\x1b[2J\x9b2J", "·[2J·2J"),
        ("a\u202egnp.exe", "a·gnp.exe"),
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("non\u00a0breaking\u3000wide", "non breaking wide"),
        ("cafe\u0301", "café"),
        ("heart \u2764\ufe0f", "heart \u2764"),
        ("[bold]literal[/bold]", "[bold]literal[/bold]"),
    ],
)
def test_known_attacks_and_known_friends(hostile_text: str, harmless: str) -> None:
    assert clean_text(hostile_text) == harmless


def test_a_cut_is_visible_and_far_text_behind_blanks_is_kept() -> None:
    assert clean_text("abcdef", 4) == "abc…"
    assert clean_text(" " * 100_000 + "here", 10) == "here"


def test_a_block_keeps_its_lines() -> None:
    assert clean_block("one\r\ntwo\rthree\u2028four") == "one\ntwo\nthree\nfour"
    assert clean_block("a\tb") == "a   b"


def test_what_is_no_string_is_turned_into_one() -> None:
    assert clean_text(ValueError("bad\x00thing")) == f"bad{REPLACEMENT}thing"


def test_widths_agree_with_the_screen() -> None:
    for text in ("plain", "Mémoire", "日本語", "한국어", "ส่วน", "नमस्ते", "●▲✖"):
        assert cell_width(text) == cell_len(text)


@given(hostile, st.integers(min_value=0, max_value=30))
def test_shortened_text_fits_its_cells(text: str, cells: int) -> None:
    short = shorten(clean_text(text), cells)
    assert cell_width(short) <= cells


def test_short_text_is_not_shortened() -> None:
    assert shorten("curator", 7) == "curator"
    assert shorten("curator", 6) == "curat…"


@given(st.text(max_size=60))
def test_folding_is_stable_and_ignores_case(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [("Mémoire", "memoire"), ("CŒUR", "coeur"), ("ŒIL ça où", "oeil ca ou"), ("𝐀ﬁ", "afi")],
)
def test_folding_takes_accents_and_ligatures_away(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        ("30s", 30),
        ("5 min", 300),
        ("1h30m", 5_400),
        ("1H 30M", 5_400),
        ("7d", 604_800),
        ("7j", 604_800),
        ("250ms", 0.25),
        ("2w", 1_209_600),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_duration_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", " ", "soon", "1x", "-5s", "1h?", "5 5", "1e9", "9" * 10_000])
def test_what_is_no_duration_says_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 30s, 5m"):
        parse_duration_s(text)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_shown_duration_reads_back_within_its_smaller_unit(seconds: int) -> None:
    read_back = parse_duration_s(format_duration(seconds))
    unit_s = 1 if seconds < 3_600 else 60 if seconds < 86_400 else 3_600
    assert 0 <= seconds - read_back < unit_s


@given(st.floats(min_value=0, max_value=1e7))
def test_no_shown_number_claims_more_than_its_unit_holds(value: float) -> None:
    number, unit = format_latency(value).split()
    assert float(number) < 1_000 or unit == "s"
    number, unit = format_bytes(value).split()
    assert float(number) < 1_000 or unit == "GB"
    assert "60s" not in format_duration(value)


def test_latencies_show_the_digits_that_matter() -> None:
    shown = [format_latency(value) for value in (0.42, 9.96, 87.4, 999.6, 1_240, None)]
    assert shown == ["0.4 ms", "10 ms", "87 ms", "1.00 s", "1.24 s", "–"]


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_only_a_whole_ratio_is_called_whole(ratio: float) -> None:
    assert format_ratio(ratio) != "100.00 %"
    assert format_ratio(ratio) != format_ratio(1.0)


def test_ratios_and_sizes_have_their_words() -> None:
    assert format_ratio(None) == "–"
    assert format_ratio(0.99996) == "99.99 %"
    assert [format_bytes(size) for size in (12, 41_000_000, 3.2e9)] == ["12 B", "41 MB", "3.2 GB"]
