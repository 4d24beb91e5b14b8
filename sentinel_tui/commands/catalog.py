"""All commands, in the order in which help shows them.

A new command is one decorated function in one of the families; the console, the palette, the
command line, `--json` and help follow from it.
"""

from __future__ import annotations

from sentinel_tui.commands import (
    acting,
    actions,
    alerting,
    auditing,
    freezing,
    helping,
    hosted,
    hosting,
    incidents,
    keeping,
    libraries,
    moding,
    notifying,
    objectives,
    planning,
    quieting,
    trending,
    tuning,
    videos,
    watching,
    why,
)
from sentinel_tui.commands.spec import CommandSpec, registered

_FAMILIES = (
    watching,
    why,
    alerting,
    incidents,
    objectives,
    acting,
    planning,
    keeping,
    moding,
    hosted,
    hosting,
    actions,
    auditing,
    tuning,
    freezing,
    videos,
    trending,
    libraries,
    quieting,
    notifying,
    helping,
)

CATALOG: tuple[CommandSpec, ...] = tuple(
    spec for family in _FAMILIES for spec in registered() if spec.run.__module__ == family.__name__
)

BY_NAME = {spec.name: spec for spec in CATALOG}
