"""A badge in SVG: a name on the left, how it is on the right, in words and in colour."""

from __future__ import annotations

from html import escape

from sentinel_tui.text import cell_width

_CHARACTER_PX = 6.8
"""Width of a character of 11 px sans-serif; the text is fitted to it, whatever font there is."""

_PADDING_PX = 7
_HEIGHT_PX = 20


def badge_svg(name: str, word: str, colour: str) -> str:
    """A badge, readable by a screen reader and without any script or outside font.

    Args:
        name: What it is about.
        word: How that is, in words: "up 99.98 %".
        colour: A CSS colour on which white text can be read.
    """
    name_px, word_px = _text_px(name), _text_px(word)
    left_px, right_px = name_px + 2 * _PADDING_PX, word_px + 2 * _PADDING_PX
    label = escape(f"{name}: {word}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left_px + right_px}" '
        f'height="{_HEIGHT_PX}" role="img" aria-label="{label}">'
        f"<title>{label}</title>"
        f'<rect width="{left_px}" height="{_HEIGHT_PX}" fill="#444"/>'
        f'<rect x="{left_px}" width="{right_px}" height="{_HEIGHT_PX}" fill="{escape(colour)}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f"{_text(name, _PADDING_PX, name_px)}{_text(word, left_px + _PADDING_PX, word_px)}"
        "</g></svg>\n"
    )


def _text(text: str, at_px: int, width_px: int) -> str:
    return f'<text x="{at_px}" y="14" textLength="{width_px}">{escape(text)}</text>'


def _text_px(text: str) -> int:
    return max(1, round(cell_width(text) * _CHARACTER_PX))
