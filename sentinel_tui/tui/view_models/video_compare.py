"""Public against private: the libraries beside each other, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentinel_tui.commands.figures import (
    Wording,
    basis_text,
    count,
    interval_text,
    percent,
    watched,
)
from sentinel_tui.domain.video.cards import LibraryCard
from sentinel_tui.domain.video.catalog import Library, LibraryRole
from sentinel_tui.domain.video.metrics import Basis, Figure
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, fit, line, muted, wrap
from sentinel_tui.tui.view_models.figures import figure_cell
from sentinel_tui.tui.view_models.video_trends import nothing_yet

_LABEL_CELLS = 18
_LIBRARY_CELLS = 20
_HANGING = 4


def _each(number: float) -> str:
    """How many there are of something for each of something else: "1.6"."""
    return f"{number:.1f}"


FIGURES: tuple[tuple[str, str, Wording], ...] = (
    ("views", "Views", count),
    ("watch_s", "Time watched", watched),
    ("average_watched", "Average watched", percent),
    ("completion", "Completed", percent),
    ("bounce", "Left before 30 s", percent),
    ("unique_viewers", "Viewers", count),
    ("repeat_ratio", "Views per viewer", _each),
    ("conversion", "Go on to the full", percent),
)
"""Figures that videos and libraries have: attribute, name, and how it is written."""


def compare_lines(
    libraries: Sequence[Library], cards: Sequence[LibraryCard], width: int
) -> list[Line]:
    """All libraries, the public ones first, and what each of their figures rests on."""
    roles = {one.name: one.role for one in libraries}
    known = sorted(cards, key=lambda one: _is_private(roles.get(one.library)))
    if not known:
        return nothing_yet(width)
    abreast = max(1, (width - _LABEL_CELLS) // _LIBRARY_CELLS)
    lines: list[Line] = []
    for first in range(0, len(known), abreast):
        lines += [*_block(known[first : first + abreast], roles), BLANK]
    lines.append(line(Span("What the figures rest on", Tone.ACCENT)))
    for card in known:
        told = line(Span(card.library, Tone.STRONG), *_sources(card))
        lines += wrap(told, width, _HANGING)
    return lines


def _is_private(role: LibraryRole | None) -> bool:
    return role is not LibraryRole.PUBLIC


def _block(cards: Sequence[LibraryCard], roles: dict[str, LibraryRole]) -> Iterator[Line]:
    label = Span(" " * _LABEL_CELLS)
    yield (label, *_abreast(line(Span(one.library, Tone.STRONG)) for one in cards))
    yield (label, *_abreast(line(muted(str(roles.get(one.library, "")))) for one in cards))
    yield (
        *fit(line(muted("Videos")), _LABEL_CELLS),
        *_abreast(line(count(one.videos)) for one in cards),
    )
    for name, title, wording in FIGURES:
        figures = [getattr(one, name) for one in cards]
        yield (
            *fit(line(muted(title)), _LABEL_CELLS),
            *_abreast(figure_cell(one, wording) for one in figures),
        )
        if any(interval_text(one, wording) for one in figures):
            yield (label, *_abreast(line(muted(interval_text(one, wording))) for one in figures))


def _abreast(cells: Iterator[Line]) -> Iterator[Span]:
    for cell in cells:
        yield from fit(cell, _LIBRARY_CELLS)


def _sources(card: LibraryCard) -> Iterator[Span]:
    """What each figure rests on; those that rest on the same are told together."""
    named: dict[str, list[str]] = {}
    for name, title, _ in FIGURES:
        figure: Figure = getattr(card, name)
        named.setdefault(basis_text(figure), []).append(title.lower())
    ordered = sorted(named.items(), key=lambda one: one[0].startswith(Basis.UNAVAILABLE))
    for basis, titles in ordered:
        yield Span(f"  {', '.join(titles)}:")
        yield muted(f" {basis};")
