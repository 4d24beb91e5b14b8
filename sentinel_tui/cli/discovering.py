"""Asks which services of a platform to watch."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sentinel_tui.cli.output import tell

if TYPE_CHECKING:
    from sentinel_tui.config.starter import Discovery


def chosen_of_render(key: str, names: Sequence[str], *, api: str | None = None) -> Discovery:
    """The web services of a Render workspace that are to be watched, and how to ask for them.

    Args:
        key: Where the API key is, as a secret reference.
        names: Which services to take; none: whoever sits there is asked, and else all are taken.
        api: A stand-in for Render's API, or None.

    Raises:
        SecretError: There is no key where it should be, or it was written out.
        PlatformError: Render does not tell.
        UsageError: There is no service of such a name.
    """
    from sentinel_tui.commands.discovering import chosen, services_of_render

    discovery = services_of_render(key, api or "")
    if not names and sys.stdin.isatty():
        names = _ask(discovery)
    return chosen(discovery, names)


def _ask(discovery: Discovery) -> list[str]:
    from sentinel_tui.commands.discovering import listed

    tell("Web services of the workspace:")
    for one in listed(discovery):
        tell(f"  {one}")
    question = "Which to watch, with spaces between; nothing for all"
    return str(click.prompt(question, default="", show_default=False, err=True)).split()
