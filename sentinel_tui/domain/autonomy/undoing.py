"""What takes an action back: always a named state, the one before it, never a step backwards."""

from __future__ import annotations

from collections.abc import Mapping

from sentinel_tui.domain.autonomy.actions import Action, Snapshot
from sentinel_tui.domain.autonomy.policy import Verb

Undo = tuple[Verb, Mapping[str, str | int | bool]]
"""What to do, and with what, as in `Action.arguments`."""


def undo_of(action: Action, snapshot: Snapshot) -> Undo | None:
    """What takes an action back, or None where nothing does.

    A restart and a wake leave nothing to take back. What autoscaling was set to before is not
    known, so that only switching it on can be taken back.

    Args:
        action: It was done.
        snapshot: How the service was before it.
    """
    match action.verb:
        case Verb.DEPLOY | Verb.ROLLBACK if snapshot.live_deploy:
            return Verb.ROLLBACK, {"deploy": snapshot.live_deploy}
        case Verb.SCALE:
            return Verb.SCALE, {"instances": snapshot.instances}
        case Verb.PLAN if snapshot.plan:
            return Verb.PLAN, {"plan": snapshot.plan}
        case Verb.SUSPEND if not snapshot.suspended:
            return Verb.RESUME, {}
        case Verb.RESUME if snapshot.suspended:
            return Verb.SUSPEND, {}
        case Verb.AUTOSCALE if action.arguments.get("on", True):
            return Verb.AUTOSCALE, {"on": False}
        case Verb.AUTO_DEPLOY:
            return Verb.AUTO_DEPLOY, {"on": snapshot.auto_deploy}
    return None
