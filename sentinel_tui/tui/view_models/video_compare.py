"""Public against private: the libraries beside each other, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentinel_tui.commands.figures import COMMON, basis_text, count, interval_text
from sentinel_tui.domain.video.cards import LibraryCard
from sentinel_tui.domain.video.catalog import Library, LibraryRole
from sentinel_tui.domain.video.metrics import Basis
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, fit, line, muted, wrap
from sentinel_tui.tui.view_models.figures import figure_cell, label_of
from sentinel_tui.tui.view_models.video_trends import nothing_yet

_LABEL_CELLS = 18
_LIBRARY_CELLS = 20
_HANGING = 4
_INDENT = Span("  ")


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
        lines.append(line(Span(card.library, Tone.STRONG)))
        lines += [part for one in _sources(card) for part in wrap(one, width, _HANGING)]
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
    for shown in COMMON:
        figures = [shown.of(one) for one in cards]
        yield (
            *fit(line(muted(label_of(shown))), _LABEL_CELLS),
            *_abreast(figure_cell(one, shown.wording) for one in figures),
        )
        intervals = [interval_text(one, shown.wording) for one in figures]
        if any(intervals):
            yield (label, *_abreast(line(muted(one)) for one in intervals))


def _abreast(cells: Iterator[Line]) -> Iterator[Span]:
    for cell in cells:
        yield from fit(cell, _LIBRARY_CELLS)


def _sources(card: LibraryCard) -> Iterator[Line]:
    """A line for what figures rest on; those that rest on the same are told together."""
    named: dict[str, list[str]] = {}
    for shown in COMMON:
        named.setdefault(basis_text(shown.of(card)), []).append(shown.name)
    ordered = sorted(named.items(), key=lambda one: one[0].startswith(Basis.UNAVAILABLE))
    for basis, titles in ordered:
        yield line(_INDENT, f"{', '.join(titles)}: ", muted(basis))
