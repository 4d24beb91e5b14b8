"""Commands that change a service at its platform: restart, deploy, scale and the like.

Each is written down before it is sent and followed to its measured effect; `actions` and `audit`
tell how it went.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.commands.actions import act
from sentinel_tui.commands.answers import Answer
from sentinel_tui.commands.spec import (
    DRY_RUN,
    SERVICE,
    Argument,
    ArgumentKind,
    Arguments,
    Danger,
    Wanted,
    command,
    words,
)
from sentinel_tui.domain.autonomy.policy import Verb

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_COMMIT = Argument(ArgumentKind.COMMIT, "COMMIT")
_DEPLOY = Argument(ArgumentKind.DEPLOY, "DEPLOY")
_COUNT = Argument(ArgumentKind.COUNT, "N", required=True)
_PLAN = Argument(ArgumentKind.PLAN, "PLAN", required=True)
_RANGE = Argument(ArgumentKind.RANGE, "1-3", required=True)
_OFF = words("off desactive desactivee desactives arrete")
_ON = words("on active activee actives")
_OR_OFF = Argument(ArgumentKind.CHOICE, "off", choices={"off": _OFF}, instead_of=ArgumentKind.RANGE)
_ON_OFF = Argument(ArgumentKind.CHOICE, "on|off", required=True, choices={"on": _ON, "off": _OFF})


def _restart(_: Context, given: Arguments) -> Wanted:
    return Wanted(given.service, Verb.RESTART)


def _deploy(_: Context, given: Arguments) -> Wanted:
    commit = {"commit": given.commit} if given.commit else {}
    return Wanted(given.service, Verb.DEPLOY, commit)


def _rollback(_: Context, given: Arguments) -> Wanted:
    deploy = {"deploy": given.deploy} if given.deploy else {}
    return Wanted(given.service, Verb.ROLLBACK, deploy)


def _suspend(_: Context, given: Arguments) -> Wanted:
    return Wanted(given.service, Verb.SUSPEND)


def _unsuspend(_: Context, given: Arguments) -> Wanted:
    return Wanted(given.service, Verb.RESUME)


def _scale(_: Context, given: Arguments) -> Wanted:
    return Wanted(given.service, Verb.SCALE, {"instances": given.count or 1})


def _set_plan(_: Context, given: Arguments) -> Wanted:
    return Wanted(given.service, Verb.PLAN, {"plan": given.plan})


def _autoscale(_: Context, given: Arguments) -> Wanted:
    if given.range is None:
        return Wanted(given.service, Verb.AUTOSCALE, {"on": False})
    least, most = given.range
    return Wanted(given.service, Verb.AUTOSCALE, {"on": True, "least": least, "most": most})


def _auto_deploy(_: Context, given: Arguments) -> Wanted:
    return Wanted(given.service, Verb.AUTO_DEPLOY, {"on": given.choice == "on"})


@command(
    "restart",
    en="reboot relaunch",
    fr="redémarre redémarrer relance relancer",
    arguments=(SERVICE, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    wants=_restart,
)
def restart(context: Context, given: Arguments) -> Answer:
    """Restart a service at its platform."""
    return act(context, given, _restart(context, given))


@command(
    "deploy",
    en="ship",
    fr="déploie déployer déployez",
    arguments=(SERVICE, _COMMIT, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    fillers="commit",
    wants=_deploy,
)
def deploy(context: Context, given: Arguments) -> Answer:
    """Deploy a commit, watch it, and go back if it is worse."""
    return act(context, given, _deploy(context, given))


@command(
    "rollback",
    en="roll-back revert",
    fr="rétrograde rétrograder",
    arguments=(SERVICE, _DEPLOY, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    fillers="deploy deploiement",
    wants=_rollback,
)
def rollback(context: Context, given: Arguments) -> Answer:
    """Go back to an earlier deploy of a service."""
    return act(context, given, _rollback(context, given))


@command(
    "suspend",
    en="switch-off",
    fr="suspends suspendre",
    arguments=(SERVICE, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    wants=_suspend,
)
def suspend(context: Context, given: Arguments) -> Answer:
    """Stop a service at its platform until it is unsuspended."""
    return act(context, given, _suspend(context, given))


@command(
    "unsuspend",
    en="switch-on",
    fr="réactive réactiver",
    arguments=(SERVICE, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    wants=_unsuspend,
)
def unsuspend(context: Context, given: Arguments) -> Answer:
    """Have a suspended service run again."""
    return act(context, given, _unsuspend(context, given))


@command(
    "scale",
    en="resize",
    fr="dimensionne dimensionner",
    arguments=(SERVICE, _COUNT, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    fillers="instance instances",
    wants=_scale,
)
def scale(context: Context, given: Arguments) -> Answer:
    """Have a service run so many instances."""
    return act(context, given, _scale(context, given))


@command(
    "set-plan",
    en="change-plan",
    fr="change-formule formule",
    arguments=(SERVICE, _PLAN, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    wants=_set_plan,
)
def set_plan(context: Context, given: Arguments) -> Answer:
    """Change what is paid for a service, such as free or starter."""
    return act(context, given, _set_plan(context, given))


@command(
    "autoscale",
    en="autoscaling auto-scale",
    fr="autodimensionne autodimensionner",
    arguments=(SERVICE, _RANGE, _OR_OFF, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    fillers="instances",
    wants=_autoscale,
)
def autoscale(context: Context, given: Arguments) -> Answer:
    """Let the platform scale a service itself, or not."""
    return act(context, given, _autoscale(context, given))


@command(
    "auto-deploy",
    en="autodeploy",
    fr="déploiement-auto auto-déploiement",
    arguments=(SERVICE, _ON_OFF, DRY_RUN),
    danger=Danger.CONFIRMED,
    acts=True,
    wants=_auto_deploy,
)
def auto_deploy(context: Context, given: Arguments) -> Answer:
    """Have new commits deployed by themselves, or not."""
    return act(context, given, _auto_deploy(context, given))
