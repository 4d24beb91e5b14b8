"""The libraries as a few lines: what each did, and how far it has been read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sentinel_tui.commands.figures import (
    UNKNOWN,
    count,
    percent,
    watched,
)
from sentinel_tui.domain.video.cards import LibraryCard
from sentinel_tui.domain.video.catalog import Library
from sentinel_tui.tui.cells import (
    BLANK,
    Column,
    Line,
    Span,
    Tone,
    fit,
    fold_columns,
    line,
    muted,
    wrap,
)
from sentinel_tui.tui.view_models.figures import figure_cell
from sentinel_tui.tui.view_models.words import Times, counted

_GAP = Span("  ")
_HANGING = 2
_COLUMNS = (
    Column("name", "Library", 10, keep=100, most=24),
    Column("role", "For", 7, keep=50),
    Column("videos", "Videos", 6, right=True, keep=90),
    Column("views", "Views", 7, right=True, keep=95),
    Column("watch", "Watched", 8, right=True, keep=85),
    Column("average", "Average", 7, right=True, keep=70),
    Column("completion", "Complete", 8, right=True, keep=80),
    Column("bounce", "Left <30s", 9, right=True, keep=40),
    Column("viewers", "Viewers", 11, right=True, keep=45),
    Column("conversion", "To full", 7, right=True, keep=75),
)

NOT_YET_THEN = "No library was connected at this instant."
PURPOSE = "Which videos are watched, how far, and why some do better than others"
NEEDS = (
    "Nothing is shown because no library is configured. A library is connected with a few lines in "
    "the configuration; its read-only key stays where you keep it:"
)
SAMPLE = (
    "[[videos.libraries]]",
    'name = "previews"',
    'role = "public"',
    "bunny_id = 12345",
    'key = "env:BUNNY_PREVIEWS_KEY"',
)


def unconnected_lines(width: int) -> list[Line]:
    """What the tab is for, and what it needs first."""
    return [
        line(Span(PURPOSE, Tone.STRONG)),
        BLANK,
        *wrap(line(muted(NEEDS)), max(20, min(width, 72))),
        BLANK,
        *(line(Span(f"  {text}")) for text in SAMPLE),
    ]


def library_lines(
    libraries: Sequence[Library],
    cards: Mapping[str, LibraryCard],
    width: int,
    most: int,
    chosen: str = "",
) -> list[Line]:
    """A line for each library, under headings.

    Args:
        libraries: The libraries.
        cards: Their figures by name, where there are any.
        width: The cells of a line.
        most: The most libraries to show; the others are counted.
        chosen: The one that the rows are narrowed to, or empty.
    """
    columns = fold_columns(_COLUMNS, width, gap=len(_GAP.text))
    shown = libraries if len(libraries) <= most else libraries[: most - 1]
    lines = [_row({one.id: line(muted(one.title)) for one in columns}, columns)]
    for library in shown:
        cells = _cells(library, cards.get(library.name), chosen=library.name == chosen)
        lines.append(_row(cells, columns))
    if len(shown) < len(libraries):
        lines.append(line(muted(f"and {len(libraries) - len(shown)} more")))
    return lines


def reading_lines(libraries: Sequence[Library], times: Times, width: int) -> list[Line]:
    """What is wrong with libraries, and how far the reading of them has come."""
    standing = [told for one in libraries for told in _standing(one, times)]
    return [part for told in standing for part in wrap(told, width, _HANGING)]


def _standing(library: Library, times: Times) -> Iterator[Line]:
    if library.trouble:
        since = "" if library.read_ms is None else f", last read {times.minute(library.read_ms)}"
        yield line(
            Span("✖ ", Tone.BAD),
            Span(library.name, Tone.STRONG),
            f" cannot be read: {library.trouble}",
            muted(since),
        )
    elif library.read_ms is None:
        yield line(
            Span("◐ ", Tone.BUSY),
            Span(library.name, Tone.STRONG),
            muted(" was not read yet; an engine reads it"),
        )
    elif library.waiting:
        done = max(0, library.videos - library.waiting)
        yield line(
            Span("↻ ", Tone.BUSY),
            Span(library.name, Tone.STRONG),
            f" reading: {done:,} of {counted(library.videos, 'video')}",
        )


def _cells(library: Library, card: LibraryCard | None, *, chosen: bool) -> dict[str, Line]:
    videos = library.videos if card is None else card.videos
    cells = {
        "name": line(Span(library.name, Tone.ACCENT if chosen else Tone.STRONG)),
        "role": line(muted(str(library.role))),
        "videos": line(count(videos)),
    }
    if card is None:
        names = ("views", "watch", "average", "completion", "bounce", "viewers", "conversion")
        return cells | dict.fromkeys(names, line(muted(UNKNOWN)))
    return cells | {
        "views": figure_cell(card.views, count),
        "watch": figure_cell(card.watch_s, watched),
        "average": figure_cell(card.average_watched, percent),
        "completion": figure_cell(card.completion, percent),
        "bounce": figure_cell(card.bounce, percent),
        "viewers": figure_cell(card.unique_viewers, count),
        "conversion": figure_cell(card.conversion, percent),
    }


def _row(cells: Mapping[str, Line], columns: Sequence[Column]) -> Line:
    parts: list[Span] = []
    for column in columns:
        parts += [*fit(cells.get(column.id, ()), column.cells, right=column.right), _GAP]
    return tuple(parts[:-1])
