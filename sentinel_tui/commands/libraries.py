"""`libraries`, `compare`: the libraries of videos, how far they were read, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.figures import (
    COMMON,
    Shown,
    basis_text,
    figure_data,
    figure_text,
    interval_text,
)
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, since
from sentinel_tui.domain.video.cards import LibraryCard
from sentinel_tui.domain.video.catalog import Library, LibraryRole
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_READ = Argument(
    ArgumentKind.CHOICE,
    "read",
    choices={"read": words("read now lis lire relire maintenant")},
    acts=True,
)


@command(
    "libraries",
    en="library",
    fr="bibliothèques bibliothèque",
    arguments=(_READ,),
    fillers="all toutes video videos",
)
def libraries(context: Context, given: Arguments) -> Answer:
    """Show the libraries of videos and how far they were read, or have them read now."""
    if given.choice:
        return _read(context)
    found, engine = context.store.libraries(), find_engine(context)
    troubled = any(one.trouble for one in found)
    return Answer(
        title=counted(len(found), "library", "libraries") if found else "No library is configured",
        lines=() if found else ("Add one under [[videos.libraries]] in the configuration.",),
        table=Table(
            ("LIBRARY", "FOR", "VIDEOS", "READ", "STATE"),
            tuple(_row(one, context) for one in found),
            numbers=frozenset({"VIDEOS"}),
        ),
        data={
            "libraries": [_library_data(one) for one in found],
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(1 if troubled else 0, engine),
    )


@command(
    "compare",
    en="versus vs",
    fr="compare comparer comparaison",
    fillers=(
        "public private publique prive privee publiques privees with against to and avec contre a "
        "et previews full libraries bibliotheques videos"
    ),
)
def compare(context: Context, given: Arguments) -> Answer:
    """Show the libraries beside each other, the public ones first."""
    study, roles = context.store.study(), {one.name: one.role for one in context.store.libraries()}
    cards = sorted(
        (one for one in (study.libraries if study else ()) if one.library in roles),
        key=lambda one: roles.get(one.library) is not LibraryRole.PUBLIC,
    )
    engine = find_engine(context)
    return Answer(
        title=_compared(cards, roles) if cards else NO_STUDY,
        lines=_intervals(cards),
        table=Table(
            ("", *(one.library.upper() for one in cards), "RESTS ON"),
            tuple(_compared_row(one, cards) for one in COMMON),
        ),
        data={
            "libraries": [
                {
                    "library": card.library,
                    "role": roles.get(card.library),
                    "videos": card.videos,
                    **{one.key: figure_data(one.of(card)) for one in COMMON},
                }
                for card in cards
            ],
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


NO_STUDY = "Nothing was studied yet: the first study follows the first reading of a library"
"""The answer while nothing was reckoned."""


def chosen_libraries(context: Context, wanted: str) -> list[str]:
    """The names of the libraries meant by a name, or by whom they are for; all for no word.

    Raises:
        UsageError: There is none of that name.
    """
    known = context.store.libraries()
    names = [one.name for one in known]
    if wanted in names or not wanted:
        return [wanted] if wanted else names
    of_role = [one.name for one in known if one.role == wanted]
    if not of_role:
        there = f"there are: {', '.join(names)}" if names else "none is configured"
        raise UsageError(f"there is no library “{wanted}”", there)
    return of_role


def _read(context: Context) -> Answer:
    result = context.ask("read_videos")
    return Answer(title="The libraries are being read; `libraries` shows how far.", data={**result})


def _row(one: Library, context: Context) -> tuple[str, ...]:
    read = "never" if one.read_ms is None else f"{since(one.read_ms, context.now_ms)} ago"
    state = one.trouble
    if not state and one.waiting:
        state = f"{counted(one.waiting, 'video')} still to be read"
    return one.name, one.role, f"{one.videos:,}", read, state or "complete"


def _library_data(one: Library) -> dict[str, Any]:
    return {
        "library": one.name,
        "role": one.role,
        "videos": one.videos,
        "read_ms": one.read_ms,
        "counted_to_ms": one.counted_to_ms,
        "waiting": one.waiting,
        "trouble": one.trouble,
    }


def _compared(cards: Sequence[LibraryCard], roles: dict[str, LibraryRole]) -> str:
    told = [f"{one.library} ({roles.get(one.library, 'unknown')})" for one in cards]
    return f"{' against '.join(told)}: {counted(sum(one.videos for one in cards), 'video')}"


def _compared_row(shown: Shown, cards: Sequence[LibraryCard]) -> tuple[str, ...]:
    figures = [shown.of(card) for card in cards]
    bases = list(dict.fromkeys(basis_text(one) for one in figures))
    return shown.name, *(figure_text(one, shown.wording) for one in figures), "; ".join(bases)


def _intervals(cards: Sequence[LibraryCard]) -> tuple[str, ...]:
    told = [
        f"{card.library}, {one.name}: {between}"
        for card in cards
        for one in COMMON
        if (between := interval_text(one.of(card), one.wording))
    ]
    return ("Intervals of 90 %:", *(f"  {one}" for one in told)) if told else ()
