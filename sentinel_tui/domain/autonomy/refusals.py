"""What a platform would refuse anyway: known beforehand, said in words, never sent."""

from __future__ import annotations

from collections.abc import Mapping

from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.prices import DOLLARS_PER_MONTH
from sentinel_tui.domain.hosting import HostedService

_MOST_INSTANCES = 100
_MOST_CPU_PERCENT = 90
_PLANS = (*DOLLARS_PER_MONTH, "starter_plus", "standard_plus", "custom")


def refusals(
    verb: Verb, arguments: Mapping[str, str | int | bool], hosted: HostedService | None
) -> str:
    """Why a platform would refuse, as far as that is known; empty where it may agree.

    The rules are those of Render's documentation: what free services may not do, what a suspended
    one may not do, and between which bounds it is scaled.

    Args:
        verb: What is wanted.
        arguments: With what, as in `Action.arguments`.
        hosted: What the platform says of the service, or None where none knows it.
    """
    if verb is Verb.WAKE:
        return _no_use_waking(hosted)
    if hosted is None:
        return "no platform is connected to it; set render_service_id and [render] key"
    if hosted.suspended and verb in (Verb.DEPLOY, Verb.ROLLBACK, Verb.RESTART):
        return f"it is suspended by {_and(hosted.suspenders)}; resume it first"
    match verb:
        case Verb.RESUME:
            return _cannot_resume(hosted)
        case Verb.SUSPEND if hosted.suspended:
            return f"it is suspended already, by {_and(hosted.suspenders)}"
        case Verb.SCALE:
            return _cannot_scale(int(arguments.get("instances", 0)), hosted)
        case Verb.AUTOSCALE if arguments.get("on", True):
            return _cannot_autoscale(arguments, hosted)
        case Verb.PLAN:
            return _cannot_change_plan(str(arguments.get("plan", "")), hosted)
        case Verb.AUTO_DEPLOY if arguments.get("on") == hosted.auto_deploy:
            return f"auto-deploy is {'on' if hosted.auto_deploy else 'off'} already"
    return ""


def _no_use_waking(hosted: HostedService | None) -> str:
    if hosted is None or not hosted.suspended:
        return ""
    return f"it is suspended by {_and(hosted.suspenders)}; no request wakes it"


def _cannot_resume(hosted: HostedService) -> str:
    if not hosted.suspended:
        return "it is not suspended"
    others = [one for one in hosted.suspenders if one != "user"]
    if "billing" in others:
        return (
            "its workspace has used up its free hours or owes money; the platform resumes it when "
            "the month ends or a paid plan is chosen"
        )
    return f"it was suspended by {_and(others)}, who alone can resume it" if others else ""


def _cannot_scale(instances: int, hosted: HostedService) -> str:
    if not 1 <= instances <= _MOST_INSTANCES:
        return f"a service runs 1 to {_MOST_INSTANCES} instances"
    if hosted.free and instances > 1:
        return "free services run one instance; on plan starter or above it can be scaled"
    if instances == hosted.instances:
        return f"it is scaled to {instances} already"
    return ""


def _cannot_change_plan(plan: str, hosted: HostedService) -> str:
    if plan == hosted.plan:
        return f"it is on {plan} already"
    if plan not in _PLANS:
        return f"there is no plan {plan!r}; there are {', '.join(_PLANS)}"
    return ""


def _cannot_autoscale(arguments: Mapping[str, str | int | bool], hosted: HostedService) -> str:
    if hosted.free:
        return "free services run one instance; autoscaling needs a paid plan and a Pro workspace"
    least, most = int(arguments.get("least", 0)), int(arguments.get("most", 0))
    if not 1 <= least < most <= _MOST_INSTANCES:
        return f"autoscaling goes from a number to a larger one, within 1 to {_MOST_INSTANCES}"
    if not 1 <= int(arguments.get("cpu_percent", 70)) <= _MOST_CPU_PERCENT:
        return f"autoscaling aims at 1 to {_MOST_CPU_PERCENT} percent of the CPU"
    return ""


def _and(names: tuple[str, ...] | list[str]) -> str:
    return " and ".join(names)
