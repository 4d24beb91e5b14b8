"""Every key of the screen, in one table.

Bindings, the footer, the help page, `sentinel help keys` and the `[keys]` table of the
configuration are all made from it. An id is a promise: owners write it into their files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import BindingType

    from sentinel_tui.commands.context import Key


@dataclass(frozen=True, slots=True)
class ScreenKey:
    """One thing a key does.

    Attributes:
        id: What the configuration calls it.
        scope: Where it is valid: everywhere ("app"), or in one part of the screen.
        keys: The keys, comma-separated, as Textual names them.
        action: What the screen runs.
        label: Its word in the footer; empty for what the footer need not say.
        does: What it does, in one line.
        priority: Comes before the focused widget, so that what is typed ahead is not lost.
        acts: Changes something, which cannot be done in the past.
    """

    id: str
    scope: str
    keys: str
    action: str
    label: str
    does: str
    priority: bool = False
    acts: bool = False


KEYS: tuple[ScreenKey, ...] = (
    ScreenKey("engine.start", "app", "e", "start_engine", "Start engine", "Start an engine"),
    ScreenKey(
        "replay.leave", "app", "escape", "replay_leave", "Now", "Replay: back to the present"
    ),
    ScreenKey("replay.back", "app", "comma", "replay_step(-1)", "−1m", "Replay: a minute back"),
    ScreenKey("replay.on", "app", "full_stop", "replay_step(1)", "+1m", "Replay: a minute on"),
    ScreenKey(
        "replay.hour_back",
        "app",
        "less_than_sign",
        "replay_step(-60)",
        "−1h",
        "Replay: an hour back",
    ),
    ScreenKey(
        "replay.hour_on",
        "app",
        "greater_than_sign",
        "replay_step(60)",
        "+1h",
        "Replay: an hour on",
    ),
    ScreenKey(
        "replay.last_mark",
        "app",
        "left_parenthesis",
        "replay_jump(-1)",
        "",
        "Replay: to the start or end of an incident before",
    ),
    ScreenKey(
        "replay.next_mark",
        "app",
        "right_parenthesis",
        "replay_jump(1)",
        "Mark",
        "Replay: to the next start or end of an incident",
    ),
    ScreenKey(
        "approval.open",
        "app",
        "Y",
        "approve_next",
        "Answer",
        "Answer what waits for your yes",
        acts=True,
    ),
    ScreenKey("screen.back", "screen", "escape", "back", "Back", "Back to where you were"),
    ScreenKey("row.open", "table", "enter", "open", "Open", "Open what this row stands for"),
    ScreenKey("row.up", "table", "up,k", "move(-1)", "", "Up one row"),
    ScreenKey("row.down", "table", "down,j", "move(1)", "", "Down one row"),
    ScreenKey("row.page_up", "table", "pageup", "move_page(-1)", "", "Up one page"),
    ScreenKey("row.page_down", "table", "pagedown", "move_page(1)", "", "Down one page"),
    ScreenKey("row.first", "table", "home,g", "move_to_start", "", "To the first row"),
    ScreenKey("row.last", "table", "end,G", "move_to_end", "", "To the last row"),
    ScreenKey("row.mark", "table", "space", "mark", "", "Mark rows, to act on all of them"),
    ScreenKey("probe.now", "services", "n", "probe", "Probe", "Look at the service now", acts=True),
    ScreenKey("service.wake", "services", "w", "wake", "Wake", "Wake the service", acts=True),
    ScreenKey(
        "service.pause",
        "services",
        "p",
        "pause",
        "Pause",
        "Pause the service, or resume",
        acts=True,
    ),
    ScreenKey(
        "service.restart",
        "hosted",
        "R",
        "restart",
        "Restart",
        "Restart it at its platform",
        acts=True,
    ),
    ScreenKey(
        "service.deploy", "hosted", "D", "deploy", "Deploy", "Deploy its newest commit", acts=True
    ),
    ScreenKey(
        "service.rollback",
        "hosted",
        "B",
        "rollback",
        "Rollback",
        "Go back to the deploy before",
        acts=True,
    ),
    ScreenKey(
        "service.mode",
        "hosted",
        "m",
        "mode",
        "Mode",
        "Set its mode, typed in the console",
        acts=True,
    ),
    ScreenKey("action.approve", "audit", "y", "approve", "Approve", "Say yes to it", acts=True),
    ScreenKey("action.reject", "audit", "n", "reject", "Reject", "Say no to it", acts=True),
    ScreenKey("action.undo", "audit", "u", "undo", "Undo", "Take it back", acts=True),
    ScreenKey(
        "alert.view", "alerts", "v", "next_view(1)", "View", "Open, acknowledged, silenced, past"
    ),
    ScreenKey(
        "alert.view_before", "alerts", "V", "next_view(-1)", "", "The same, the other way round"
    ),
    ScreenKey(
        "alert.acknowledge",
        "incident",
        "a",
        "acknowledge",
        "Ack",
        "Acknowledge: no more reminders",
        acts=True,
    ),
    ScreenKey(
        "incident.note", "incident", "m", "note", "Note", "Write something down about it", acts=True
    ),
    ScreenKey(
        "incident.silence",
        "incident",
        "z",
        "silence",
        "Silence",
        "Silence it for a while, or end that",
        acts=True,
    ),
    ScreenKey(
        "incident.escalate",
        "incident",
        "x",
        "escalate",
        "Escalate",
        "Tell the next who are to be told",
        acts=True,
    ),
    ScreenKey(
        "incident.replay", "incident", "R", "replay", "Replay", "Show everything as it was then"
    ),
    ScreenKey(
        "incident.service", "incident", "s", "service", "Service", "Open the page of its service"
    ),
    ScreenKey(
        "video.view",
        "video",
        "v",
        "next_view(1)",
        "View",
        "Videos, compare, trends, hours, insights, themes",
    ),
    ScreenKey(
        "video.view_before", "video", "V", "next_view(-1)", "", "The same, the other way round"
    ),
    ScreenKey("theme.accept", "themes", "y", "accept", "Yes", "It has this theme: yes", acts=True),
    ScreenKey("theme.reject", "themes", "n", "reject", "No", "It has this theme: no", acts=True),
    ScreenKey("video.chart", "video page", "v", "next_chart", "Chart", "The other chart"),
    ScreenKey("console.open", "app", "colon", "console", "Command", "Type a command", True),
    ScreenKey("filter.open", "filter", "slash", "filter", "Filter", "Show only rows with a word"),
    ScreenKey("filter.clear", "filter", "escape", "clear", "", "Drop the filter and the marks"),
    ScreenKey("filter.keep", "typing", "up,down,tab", "keep", "Rows", "Back to the rows", True),
    ScreenKey("filter.drop", "typing", "escape", "drop", "Drop", "Drop the filter"),
    ScreenKey("note.drop", "noting", "escape", "drop", "Drop", "Write no note"),
    ScreenKey("sort.next", "status", "s", "sort", "Sort", "Sort by the next column"),
    ScreenKey("video.sort", "video", "s", "sort", "Sort", "Order by the next figure"),
    ScreenKey("video.order", "video", "o", "order", "Worst", "The worst first, or the best"),
    ScreenKey("video.library", "video", "l", "library", "Library", "Only the next library"),
    ScreenKey("range.shorter", "chart", "plus,equals_sign", "range(-1)", "", "Shorter range"),
    ScreenKey("range.longer", "chart", "minus", "range(1)", "Range", "Longer range"),
    ScreenKey("page.up", "page", "up,k", "scroll_lines(-1)", "", "Up one line"),
    ScreenKey("page.down", "page", "down,j", "scroll_lines(1)", "Scroll", "Down one line"),
    ScreenKey("page.page_up", "page", "pageup", "scroll_pages(-1)", "", "Up one page"),
    ScreenKey("page.page_down", "page", "pagedown,space", "scroll_pages(1)", "", "Down one page"),
    ScreenKey("page.first", "page", "home,g", "scroll_to_start", "", "To the start"),
    ScreenKey("page.last", "page", "end,G", "scroll_to_end", "", "To the end"),
    ScreenKey("console.older", "console", "up", "recall(-1)", "Older", "The line before", True),
    ScreenKey("console.newer", "console", "down", "recall(1)", "", "The line after", True),
    ScreenKey(
        "console.complete", "console", "tab", "complete", "Complete", "Complete the line", True
    ),
    ScreenKey(
        "console.up", "console", "pageup", "scroll_answers(-1)", "Scroll", "Earlier answers", True
    ),
    ScreenKey(
        "console.down", "console", "pagedown", "scroll_answers(1)", "", "Later answers", True
    ),
    ScreenKey("console.close", "console", "escape", "close", "Close", "Back to the rows"),
    ScreenKey("silence.hour", "silencing", "h", "answer('1h')", "for an hour", "For an hour"),
    ScreenKey(
        "silence.hours", "silencing", "f", "answer('4h')", "for four hours", "For four hours"
    ),
    ScreenKey("silence.day", "silencing", "d", "answer('1d')", "for a day", "For a day"),
    ScreenKey(
        "silence.healthy",
        "silencing",
        "u",
        "answer('until healthy')",
        "until it is healthy again",
        "Until it is healthy again",
    ),
    ScreenKey(
        "silence.other",
        "silencing",
        "o",
        "answer('other')",
        "for another time, typed in the console",
        "For another time, typed in the console",
    ),
    ScreenKey("silence.no", "silencing", "escape,n", "answer('')", "not at all", "Not at all"),
    ScreenKey("demo.break", "app", "b", "break_service", "Break", "Demo: break the service now"),
    ScreenKey("audit.open", "app", "A", "audit", "", "Actions: who did what, why and when"),
    ScreenKey(
        "actions.freeze",
        "app",
        "F",
        "freeze",
        "",
        "Stop all actions, or allow them again",
        acts=True,
    ),
    ScreenKey("help.open", "app", "question_mark,f1", "help", "Help", "This page"),
    ScreenKey("tab.status", "app", "1", "tab('status')", "", "Status", True),
    ScreenKey("tab.alerts", "app", "2", "tab('alerts')", "", "Alerts", True),
    ScreenKey("tab.behaviour", "app", "3", "tab('behaviour')", "", "Behaviour", True),
    ScreenKey("tab.video", "app", "4", "tab('video')", "", "Video Analytics", True),
    ScreenKey("tab.advice", "app", "5", "tab('recommendations')", "", "Recommendations", True),
    ScreenKey("tab.next", "app", "right_square_bracket", "next_tab(1)", "", "Next tab"),
    ScreenKey("tab.previous", "app", "left_square_bracket", "next_tab(-1)", "", "Previous tab"),
    ScreenKey("palette.open", "app", "ctrl+p", "command_palette", "", "Find a command", True),
    ScreenKey("zone.toggle", "app", "t", "toggle_zone", "", "Times in UTC, or in your zone"),
    ScreenKey("data.refresh", "app", "r", "refresh_data", "", "Read the store again"),
    ScreenKey("app.quit", "app", "q,ctrl+c", "quit", "Quit", "Leave; the engine watches on"),
)
"""In the order in which the footer shows them."""

SCOPES: Mapping[str, str] = {
    "app": "Everywhere",
    "table": "In a table",
    "services": "On a service",
    "hosted": "On the page of a service",
    "filter": "Filter",
    "typing": "While a filter is typed",
    "noting": "While a note is typed",
    "status": "Status",
    "chart": "Chart",
    "alerts": "Alerts",
    "incident": "On an incident",
    "video": "Video Analytics",
    "themes": "On a suggested theme",
    "video page": "On the page of a video",
    "audit": "In the audit",
    "silencing": "When asked how long to silence",
    "page": "On a page",
    "screen": "On a page of its own",
    "console": "In the console",
}
"""How the help page calls the parts of the screen."""


def bindings(*scopes: str) -> list[BindingType]:
    """The bindings of one part of the screen."""
    from textual.binding import Binding

    return [
        Binding(
            key.keys,
            key.action,
            key.label or key.does,
            show=bool(key.label),
            priority=key.priority,
            tooltip=key.does,
            id=key.id,
        )
        for scope in scopes
        for key in KEYS
        if key.scope == scope
    ]


def accepted(keymap: Mapping[str, str]) -> dict[str, str]:
    """The owner's keys that mean something: known ids with keys that a terminal can send."""
    ids = {key.id for key in KEYS}
    return {one: keys for one, keys in keymap.items() if one in ids and _all_sendable(keys)}


def refused(keymap: Mapping[str, str]) -> list[str]:
    """What is wrong with the owner's keys, one sentence each."""
    good = accepted(keymap)
    ids = {key.id for key in KEYS}
    return [
        f"keys: {one!r} cannot be bound to {keys!r}, which a terminal sends as another key"
        if one in ids
        else f"keys: there is no {one!r}; `sentinel help keys` lists the ids"
        for one, keys in keymap.items()
        if one not in good
    ]


_NOT_THEIR_OWN = frozenset({"ctrl+m", "ctrl+i", "ctrl+h", "ctrl+left_square_bracket", "ctrl+["})
"""On a plain terminal these are Enter, Tab, Backspace and Escape."""


def _all_sendable(keys: str) -> bool:
    names = [name.strip() for name in keys.split(",")]
    return all(name and name not in _NOT_THEIR_OWN for name in names)


def shown_keys(keymap: Mapping[str, str]) -> Sequence[tuple[ScreenKey, str]]:
    """Every key with the names of the keys that really do it, the owner's own among them."""
    mine = accepted(keymap)
    return [(key, readable(mine.get(key.id, key.keys))) for key in KEYS]


def called(key_id: str, keymap: Mapping[str, str]) -> str:
    """How the key of an id is called, the owner's own where there is one."""
    return next((name for key, name in shown_keys(keymap) if key.id == key_id), "")


def help_keys(keymap: Mapping[str, str]) -> tuple[Key, ...]:
    """The same for `sentinel help keys`."""
    # Imported here: it brings the parser along, which the first paint does not need.
    from sentinel_tui.commands.context import Key

    return tuple(Key(key.id, name, key.does) for key, name in shown_keys(keymap))


_READABLE = {
    "enter": "⏎",
    "escape": "esc",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "up": "↑",
    "down": "↓",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def readable(keys: str) -> str:
    """Keys as a person calls them: "+ =" for "plus,equals_sign"."""
    names = [name.strip() for name in keys.split(",")]
    return " ".join(_READABLE.get(name, name) for name in names)
