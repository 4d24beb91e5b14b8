"""What is done about services besides looking at them: modes, deploys, actions, the stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.steps import SAID, action_data, action_words
from sentinel_tui.commands.wording import counted, moment
from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_DEPLOYS_LOOKED_THROUGH = 10
_OPEN = (Step.PROPOSED, Step.WAITING)


@dataclass(frozen=True, slots=True)
class Attention:
    """What is done about a service.

    Attributes:
        mode: How it came into its mode, or None where none was chosen.
        hosted: What its platform says of it, or None where none knows it.
        live: The deploy that is live, or None where that is not known.
        actions: What waits for a yes or is under way, newest first.
    """

    mode: ModeChange | None
    hosted: HostedService | None
    live: HostedDeploy | None
    actions: tuple[Action, ...]


def read_attention(context: Context, service: str) -> Attention:
    """What is done about a service as it stands."""
    store = context.store
    deploys = store.deploys(service, limit=_DEPLOYS_LOOKED_THROUGH)
    return Attention(
        mode=store.modes().get(service),
        hosted=store.hosted().get(service),
        live=next((one for one in deploys if one.status is DeployStatus.LIVE), None),
        actions=tuple(store.actions(open_only=True, service=service)),
    )


def attention_lines(seen: Attention, context: Context) -> list[str]:
    """The same in words; nothing where all is as usual."""
    lines = []
    if seen.mode is not None and seen.mode.mode is not Mode.NORMAL:
        at = moment(seen.mode.at_ms, context.now_ms, context.zone)
        lines.append(f"Mode: {seen.mode.mode} since {at}, {seen.mode.reason}")
    if seen.hosted is not None:
        lines.append(f"At its platform: {_hosted(seen.hosted)}")
    if seen.live is not None:
        at_ms = seen.live.live_ms or seen.live.created_ms
        at = moment(at_ms, context.now_ms, context.zone)
        what = " ".join(filter(None, (seen.live.commit[:7], seen.live.message)))
        lines.append(f"Deployed: {what or seen.live.id}, live since {at}")
    for one in seen.actions:
        yes = f" (`approve {one.id}`)" if one.step in _OPEN else ""
        lines.append(f"Action {one.id}, {action_words(one)}: it {SAID[one.step]}{yes}")
    return lines


def attention_data(seen: Attention) -> dict[str, Any]:
    """The same for programs."""
    return {
        "mode": seen.mode.mode if seen.mode else None,
        "mode_reason": seen.mode.reason if seen.mode else None,
        "plan": seen.hosted.plan if seen.hosted else None,
        "suspenders": list(seen.hosted.suspenders) if seen.hosted else [],
        "live_deploy": seen.live.id if seen.live else None,
        "actions": [action_data(one) for one in seen.actions],
    }


def is_frozen(context: Context) -> bool:
    """Whether all actions are stopped."""
    return context.frozen_by_file or context.store.frozen() is not None


def frozen_lines(context: Context) -> list[str]:
    """Who stopped all actions, when and why; nothing where they are allowed."""
    frozen = context.store.frozen()
    if frozen is None and context.frozen_by_file:
        return ["FROZEN by a file in the data folder. Nothing is done until `unfreeze`."]
    if frozen is None:
        return []
    at = moment(frozen.at_ms, context.now_ms, context.zone)
    why = f": {frozen.reason}" if frozen.reason else ""
    return [f"FROZEN since {at} by {frozen.by}{why}. Nothing is done until `unfreeze`."]


def waiting_lines(waiting: int) -> list[str]:
    """How many actions wait for a yes; nothing where none does."""
    if not waiting:
        return []
    verb = "waits" if waiting == 1 else "wait"
    return [f"{counted(waiting, 'action')} {verb} for your yes; `actions` shows them."]


def waiting_for_yes(context: Context) -> int:
    """How many actions wait for the owner's yes."""
    return sum(1 for one in context.store.actions(open_only=True) if one.step is Step.WAITING)


def _hosted(hosted: HostedService) -> str:
    parts = [f"plan {hosted.plan}"]
    if hosted.suspended:
        parts.append(f"suspended by {', '.join(hosted.suspenders)}")
    elif hosted.running is not None:
        parts.append("running" if hosted.running else "not running")
    if hosted.instances > 1:
        parts.append(f"{hosted.instances} instances")
    return ", ".join(parts)
