"""The help page: keys, signs and commands, from the tables they are defined in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from sentinel_tui.domain.monitoring.states import WORST_FIRST, State
from sentinel_tui.text import cell_width
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, fit, line, muted
from sentinel_tui.tui.keymap import SCOPES, ScreenKey
from sentinel_tui.tui.view_models.changes import DEPLOYED, HAPPENED, NOT_DEPLOYED
from sentinel_tui.tui.view_models.modes import MODE_SIGNS
from sentinel_tui.tui.view_models.words import state_cell

_MEANINGS = {
    State.UP: "answers as it should",
    State.DEGRADED: "answers, but slower than you allow",
    State.SUSPECT: "failed just now; being confirmed before it counts",
    State.DOWN: "failed, confirmed several times; dated back to the first failure",
    State.FLAPPING: "goes up and down too often to say which",
    State.WAKING: "asleep until now; its platform is starting it",
    State.ASLEEP: "asleep by plan; no outage",
    State.MAINT: "in a maintenance window",
    State.PAUSED: "you paused it; nobody looks",
    State.UNKNOWN: "not looked at yet, or our own side failed",
}

_SIGNS = (
    (Span("×", Tone.BAD), "a look failed"),
    (Span("▲ ✖", Tone.WARN), "an alert opened: warning, critical"),
    (DEPLOYED, "a deploy"),
    (NOT_DEPLOYED, "a deploy of which nothing came"),
    (HAPPENED, "its platform told of something"),
    *((sign, f"mode {mode}") for mode, sign in MODE_SIGNS.items()),
)


class Described(Protocol):
    """What the page needs of a command."""

    @property
    def usage(self) -> str:
        """How it is typed."""

    @property
    def summary(self) -> str:
        """What it does."""


def help_lines(
    keys: Sequence[tuple[ScreenKey, str]], commands: Iterable[Described], width: int
) -> list[Line]:
    """The page from top to bottom.

    Args:
        keys: Every key with what it is called.
        commands: The commands of the catalog.
        width: The cells of a line.
    """
    lines = [
        line(Span("Keys", Tone.ACCENT), muted("  change one under [keys] in the configuration")),
        *_keys(keys, width),
        BLANK,
        line(Span("States", Tone.ACCENT), muted("  the worst first")),
        *((*fit(state_cell(state), 14), muted(_MEANINGS[state])) for state in WORST_FIRST),
        BLANK,
        line(Span("Signs", Tone.ACCENT), muted("  under a chart, and in the week of a service")),
        *((*fit(line(sign), 14), muted(meaning)) for sign, meaning in _SIGNS),
        BLANK,
        line(
            Span("Commands", Tone.ACCENT),
            muted("  type : and one of these, in English or French"),
        ),
    ]
    return [*lines, *_commands([(one.usage, one.summary) for one in commands], width)]


def _commands(described: Sequence[tuple[str, str]], width: int) -> Iterator[Line]:
    """Usage and summary side by side; below one another where the usage takes half the width."""
    longest = max((cell_width(usage) for usage, _ in described), default=0) + 2
    usage_cells = min(longest, width // 2)
    for usage, summary in described:
        told = line(Span(usage, Tone.STRONG))
        if cell_width(usage) + 2 <= usage_cells:
            yield (*fit(told, usage_cells), muted(summary))
        else:
            yield told
            yield line(Span(" " * usage_cells), muted(summary))


def _keys(keys: Sequence[tuple[ScreenKey, str]], width: int) -> list[Line]:
    by_scope: Mapping[str, list[tuple[ScreenKey, str]]] = {scope: [] for scope in SCOPES}
    for key, name in keys:
        by_scope[key.scope].append((key, name))
    key_cells = max(cell_width(name) for _, name in keys) + 2
    id_cells = max(len(key.id) for key, _ in keys) + 2
    wide = width >= 74
    lines: list[Line] = []
    for scope, members in by_scope.items():
        lines.append(line(muted(SCOPES[scope])))
        for key, name in members:
            ids = fit(line(muted(key.id)), id_cells) if wide else ()
            lines.append(
                (*fit(line(Span(f"  {name}", Tone.STRONG)), key_cells + 2), *ids, Span(key.does))
            )
    return lines
