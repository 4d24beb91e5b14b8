"""The four themes of Sentinel, and which one suits a terminal.

Calm on purpose: one accent, and colour otherwise only where it says how something fares. Over SSH
the terminal's own sixteen colours are the default, because they cost half the bytes and fit the
owner's scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from sentinel_tui.tui.cells import Tone


@dataclass(frozen=True)
class Colours:
    """The colours of one theme, as Rich names them.

    Attributes:
        name: What the configuration calls the theme.
        dark: Whether the background is dark.
        background: Behind everything; `default` for the terminal's own.
        raised: Behind what is chosen or lies above the rest.
        cursor: Behind the row under the cursor.
        text: Ordinary text.
        muted: Text that steps back.
        faint: Lines between things.
        accent: The one accent.
        good: All is well.
        warn: Needs a look.
        bad: Is broken.
        busy: Asleep, waking.
    """

    name: str
    dark: bool
    background: str
    raised: str
    cursor: str
    text: str
    muted: str
    faint: str
    accent: str
    good: str
    warn: str
    bad: str
    busy: str


DARK = Colours(
    name="sentinel-dark",
    dark=True,
    background="#10151a",
    raised="#1b232b",
    cursor="#1e2a33",
    text="#cdd3da",
    muted="#8a949e",
    faint="#3c4650",
    accent="#5fb3c4",
    good="#7cb98b",
    warn="#e0b15e",
    bad="#ec7a78",
    busy="#8fb0e6",
)
LIGHT = Colours(
    name="sentinel-light",
    dark=False,
    background="#fbfaf7",
    raised="#efece5",
    cursor="#e7eef0",
    text="#24292f",
    muted="#5d666f",
    faint="#c3c0b8",
    accent="#0b6478",
    good="#1a6e35",
    warn="#8a5a00",
    bad="#b3261e",
    busy="#2d5fa8",
)
HIGH_CONTRAST = Colours(
    name="high-contrast",
    dark=True,
    background="#000000",
    raised="#242424",
    cursor="#0b2b6b",
    text="#ffffff",
    muted="#d6d6d6",
    faint="#9a9a9a",
    accent="#00e5ff",
    good="#5cff8f",
    warn="#ffe14d",
    bad="#ffb0aa",
    busy="#b3d4ff",
)
ANSI = Colours(
    name="ansi",
    dark=True,
    background="default",
    raised="default",
    cursor="default",
    text="default",
    muted="default",
    faint="default",
    accent="cyan",
    good="green",
    warn="yellow",
    bad="red",
    busy="blue",
)

ALL = (DARK, LIGHT, ANSI, HIGH_CONTRAST)
_BY_NAME = {colours.name: colours for colours in ALL}


def no_color(environment: Mapping[str, str]) -> bool:
    """Whether the owner wants no colour at all (https://no-color.org): set, and not empty."""
    return bool(environment.get("NO_COLOR"))


def choose(wanted: str, environment: Mapping[str, str]) -> Colours:
    """The colours to begin with.

    Args:
        wanted: The theme the configuration names, or empty.
        environment: The process's environment.

    Returns:
        The theme wanted, where there is one of that name; else the terminal's own colours over
        SSH and without colour, and the dark theme on a terminal of this machine.
    """
    if no_color(environment):
        return ANSI
    if wanted in _BY_NAME:
        return _BY_NAME[wanted]
    return ANSI if environment.get("SSH_CONNECTION") else DARK


def tone_styles(colours: Colours, *, colourless: bool) -> dict[Tone, Style]:
    """What each tone looks like.

    Where there is no colour to tell things apart, boldness and dimness do; signs and words always
    do.
    """
    own = colours is ANSI
    return {
        Tone.TEXT: Style(color=colours.text),
        Tone.STRONG: Style(color=colours.text, bold=True),
        Tone.MUTED: Style(color=colours.muted, dim=own or None),
        Tone.FAINT: Style(color=colours.faint, dim=own or None),
        Tone.ACCENT: Style(color=colours.accent, bold=True),
        Tone.GOOD: Style(color=colours.good),
        Tone.WARN: Style(color=colours.warn, bold=colourless or None),
        Tone.BAD: Style(color=colours.bad, bold=True),
        Tone.BUSY: Style(color=colours.busy, italic=colourless or None),
        Tone.CHOSEN: Style(color=colours.accent, bold=True, reverse=True)
        if own
        else Style(color=colours.accent, bgcolor=colours.raised, bold=True),
        Tone.BANNER: Style(color=colours.warn, bold=True, reverse=True)
        if own
        else Style(color=colours.background, bgcolor=colours.warn, bold=True),
    }


def cursor_style(colours: Colours, *, colourless: bool) -> Style:
    """What the row under the cursor looks like, over its tones."""
    if colourless:
        return Style(reverse=True)
    return Style(bold=True) if colours is ANSI else Style(bgcolor=colours.cursor)


def textual_theme(colours: Colours) -> Theme:
    """The theme for those widgets that are Textual's own."""
    native = colours is ANSI
    named = {
        field: _css(getattr(colours, field))
        for field in ("background", "raised", "cursor", "text", "muted", "faint", "accent")
    }
    return Theme(
        name=colours.name,
        ansi=native,
        dark=colours.dark,
        primary=named["accent"],
        secondary=_css(colours.busy),
        accent=named["accent"],
        foreground=named["text"],
        background=named["background"],
        surface=named["background"],
        panel=named["raised"],
        boost=named["background"] if native else None,
        success=_css(colours.good),
        warning=_css(colours.warn),
        error=_css(colours.bad),
        variables={
            **(BUILTIN_THEMES["ansi-dark"].variables if native else {}),
            "muted": named["muted"],
            "faint": named["faint"],
            "block-cursor-background": named["accent"],
            "block-cursor-foreground": "ansi_black" if native else named["background"],
            "block-cursor-text-style": "bold",
            "input-cursor-background": named["accent"],
            "input-cursor-foreground": "ansi_black" if native else named["background"],
            "border": named["accent"],
            "border-blurred": named["faint"],
            "scrollbar": named["faint"],
            "scrollbar-background": named["raised"],
        },
    )


def _css(colour: str) -> str:
    return colour if colour.startswith("#") else f"ansi_{colour}"
