"""`freeze` and `unfreeze`: the stop for everything that Sentinel would do to services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, Danger, command, words

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

BECAUSE = words("because car parce que raison reason")
FROZEN = "Frozen: nothing is done to any service until `unfreeze`."
GOES_ON = (
    "Watching and alerts go on. What was already sent to a platform is followed to its end, and "
    "approvals have to be given anew."
)

_REASON = Argument(ArgumentKind.TEXT, "because WHY", after=BECAUSE)


@command(
    "freeze",
    en="stop-actions",
    fr="gèle geler",
    arguments=(_REASON,),
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="all everything actions now tout toutes maintenant",
)
def freeze(context: Context, given: Arguments) -> Answer:
    """Stop all actions on services at once, until unfreeze."""
    result = context.ask("freeze", reason=given.text) if given.text else context.ask("freeze")
    return Answer(title=FROZEN, lines=(GOES_ON,), data={"frozen": True, **result})


@command(
    "unfreeze",
    en="thaw",
    fr="dégèle dégeler",
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="all everything actions tout toutes",
)
def unfreeze(context: Context, _: Arguments) -> Answer:
    """Allow actions on services again."""
    result = context.ask("unfreeze")
    return Answer(
        title="Actions are allowed again, within what you configured.",
        lines=("`actions` shows what waits for your yes.",),
        data={"frozen": False, **result},
    )
