"""Render's events in words: one line each, without the names and addresses of people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sentinel_tui.text import clean_text

_SHORT_COMMIT = 7
_LONGEST = 200

Details = Mapping[str, Any]


def told(kind: str, details: Details) -> str:
    """What happened, in one line.

    Args:
        kind: Render's word for it, such as `server_failed`.
        details: What Render says besides; whatever of it is missing or of another shape than
            described is passed over.
    """
    line = _LINES.get(kind)
    if line is None:
        text = kind.replace("_", " ")
    elif isinstance(line, str):
        text = line
    else:
        text = line(details)
    return clean_text(text, _LONGEST)


def _deploy_started(details: Details) -> str:
    return f"a deploy began{_because(details)}"


def _build_started(details: Details) -> str:
    return f"a build began{_because(details)}"


def _deploy_ended(details: Details) -> str:
    return f"a deploy {_outcome(details, 'deployStatus')}"


def _build_ended(details: Details) -> str:
    return f"a build {_outcome(details, 'buildStatus')}"


def _pre_deploy_ended(details: Details) -> str:
    return f"the command before the deploy {_outcome(details, 'preDeployStatus')}"


def _server_failed(details: Details) -> str:
    why = _failure(_table(details, "reason"))
    return f"an instance failed: {why}" if why else "an instance failed"


def _server_restarted(details: Details) -> str:
    by_hand = bool(details.get("triggeredByUser"))
    return "restarted by hand or over the API" if by_hand else "restarted"


def _instances_changed(details: Details) -> str:
    return f"instances: {_from_to(details, 'fromInstances', 'toInstances')}"


def _autoscaled(details: Details) -> str:
    return f"scaled by Render: {_from_to(details, 'fromInstances', 'toInstances')} instances"


def _autoscaling_began(details: Details) -> str:
    loads = [
        f"{name} at {details[current]} % of {details[target]} %"
        for name, current, target in (
            ("CPU", "currentCPU", "targetCPU"),
            ("memory", "currentMemory", "targetMemory"),
        )
        if isinstance(details.get(current), int) and isinstance(details.get(target), int)
    ]
    return _autoscaled(details) + (f" ({', '.join(loads)})" if loads else "")


def _autoscaling_changed(details: Details) -> str:
    rule = _table(details, "toConfig")
    if rule.get("enabled") is not True:
        return "autoscaling was switched off"
    return f"autoscaling: {_word(rule, 'min') or '?'} to {_word(rule, 'max') or '?'} instances"


def _plan_changed(details: Details) -> str:
    return f"plan: {_from_to(details, 'from', 'to')}"


def _suspended_by(details: Details) -> str:
    return f"suspended by {_actor(details)}"


def _no_longer_suspended_by(details: Details) -> str:
    return f"no longer suspended by {_actor(details)}"


def _commit_ignored(details: Details) -> str:
    commit = _word(details, "id")[:_SHORT_COMMIT]
    return f"commit {commit or '?'} was not deployed, as its message wishes"


def _branch_deleted(details: Details) -> str:
    return f"its branch is gone: {_from_to(details, 'deletedBranch', 'newBranch')}"


def _image_pull_failed(details: Details) -> str:
    return f"its image could not be fetched: {_word(details, 'message') or '?'}"


def _maintenance_mode(details: Details) -> str:
    return f"Render's maintenance page is {'on' if details.get('enabled') is True else 'off'}"


def _job_ended(details: Details) -> str:
    return f"a job ended: {_word(details, 'status') or '?'}"


_ACTORS = {
    "billing": "Render, because of the bill or the free hours",
    "user": "a person of the workspace",
    "admin": "Render",
    "stuck_crashlooping": "Render, because it kept crashing",
}

_LINES: Mapping[str, str | Callable[[Details], str]] = {
    "autoscaling_config_changed": _autoscaling_changed,
    "autoscaling_ended": _autoscaled,
    "autoscaling_started": _autoscaling_began,
    "branch_deleted": _branch_deleted,
    "build_ended": _build_ended,
    "build_started": _build_started,
    "commit_ignored": _commit_ignored,
    "cron_job_run_ended": _job_ended,
    "cron_job_run_started": "a cron job began",
    "deploy_ended": _deploy_ended,
    "deploy_started": _deploy_started,
    "image_pull_failed": _image_pull_failed,
    "instance_count_changed": _instances_changed,
    "job_run_ended": _job_ended,
    "maintenance_ended": "Render's maintenance ended",
    "maintenance_started": "Render's maintenance began",
    "maintenance_mode_enabled": _maintenance_mode,
    "pipeline_minutes_exhausted": "the workspace's build minutes are used up: nothing is built",
    "plan_changed": _plan_changed,
    "pre_deploy_ended": _pre_deploy_ended,
    "pre_deploy_started": "the command before the deploy began",
    "server_available": "an instance is up",
    "server_failed": _server_failed,
    "server_hardware_failure": "the machine under it failed",
    "server_restarted": _server_restarted,
    "service_resumed": "resumed",
    "service_suspended": "suspended",
    "suspender_added": _suspended_by,
    "suspender_removed": _no_longer_suspended_by,
    "zero_downtime_redeploy_ended": "Render finished moving it",
    "zero_downtime_redeploy_started": "Render moves it, without downtime",
}
"""What each kind of event says; a kind that is not here is told by Render's own word."""


def _because(details: Details) -> str:
    """What set a build or a deploy off."""
    trigger = _table(details, "trigger")
    commit = _word(trigger, "newCommit")[:_SHORT_COMMIT]
    reasons = {
        "rollback": "a rollback",
        "newCommit": f"commit {commit}",
        "envUpdated": "its environment was changed",
        "updatedProperty": "its settings were changed",
        "firstBuild": "the first one",
        "deployedByRender": "Render wanted it",
        "manual": "by hand or over the API",
    }
    said = next((reason for name, reason in reasons.items() if trigger.get(name)), "")
    return f": {said}" if said else ""


def _outcome(details: Details, key: str) -> str:
    """How a build or a deploy ended, and why."""
    ended = _word(details, key)
    reason = _table(details, "reason")
    if ended == "succeeded":
        return "succeeded"
    if ended == "canceled" or "newDeploy" in reason or "newBuild" in reason:
        return "was cancelled"
    why = _failure(_table(reason, "failure"))
    if "buildFailed" in reason:
        why = "its build failed"
    verb = "failed" if ended == "failed" or why else "ended"
    return f"{verb}: {why}" if why else verb


def _failure(reason: Details) -> str:
    """Why an instance, a build or a job ended, where Render says so."""
    memory = _word(_table(reason, "oomKilled"), "memoryLimit")
    if "oomKilled" in reason:
        return f"it used more memory than its {memory}" if memory else "it used too much memory"
    if isinstance(reason.get("nonZeroExit"), int):
        return f"it exited with {reason['nonZeroExit']}"
    if reason.get("unhealthy"):
        return f"its health check failed: {_word(reason, 'unhealthy')}"
    if isinstance(reason.get("timedOutSeconds"), int):
        return f"it was not ready within {reason['timedOutSeconds']} s"
    if reason.get("earlyExit") is True:
        return "it ended too early"
    return "Render moved it elsewhere" if reason.get("evicted") is True else ""


def _actor(details: Details) -> str:
    """Who suspended or resumed it, in words where the word is known."""
    actor = _word(details, "actor")
    return _ACTORS.get(actor, actor) or "somebody"


def _from_to(details: Details, before: str, after: str) -> str:
    return f"{_word(details, before) or '?'} → {_word(details, after) or '?'}"


def _word(details: Details, key: str) -> str:
    """A text or a number that Render gave; empty where there is none."""
    value = details.get(key)
    return str(value) if isinstance(value, str | int | float) else ""


def _table(details: Details, key: str) -> Details:
    value = details.get(key)
    return value if isinstance(value, Mapping) else {}
