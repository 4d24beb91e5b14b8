"""`mode`: how closely each service is watched and why, and setting that by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.instants import read_coming
from sentinel_tui.commands.spec import (
    ANY_SERVICE,
    Argument,
    ArgumentKind,
    Arguments,
    Danger,
    command,
    words,
)
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, moment
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange, ModeSetting
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_AUTO = "auto"
_DAY_MS = 86_400_000
_MODE = Argument(
    ArgumentKind.CHOICE,
    "MODE",
    choices={
        Mode.HYPER_VIGILANT.value: words("hyper-vigilant hypervigilant hyper vigilant vigilance"),
        Mode.NORMAL.value: words("normal normale"),
        Mode.ECONOMY.value: words("economy economie economique eco"),
        _AUTO: words("auto automatic automatique automatically automatiquement"),
    },
    acts=True,
)
_OR_ALL = Argument(ArgumentKind.EVERYWHERE, "all", instead_of=ArgumentKind.SERVICE)
_UNTIL = Argument(
    ArgumentKind.UNTIL, "until 18:00", after=words("until till jusqu'a jusqu'au jusqua jusquau")
)
_FOR = Argument(ArgumentKind.DURATION, "for 2h", instead_of=ArgumentKind.UNTIL)
_MEANS = {
    Mode.HYPER_VIGILANT: "It is looked at twice as often, confirmed sooner and kept awake; where "
    "being awake costs hours, that spends them.",
    Mode.NORMAL: "It is looked at as configured.",
    Mode.ECONOMY: "One that costs hours sleeps until somebody comes, and is not looked at over "
    "HTTP; others are looked at half as often.",
}


@command(
    "mode",
    en="modes",
    fr="mode modes",
    arguments=(_MODE, ANY_SERVICE, _OR_ALL, _UNTIL, _FOR),
    danger=Danger.SPELLED_OUT,
    fillers="vigilant vigilante",
)
def mode(context: Context, given: Arguments) -> Answer:
    """Show the modes and why, or set one such as economy."""
    return _set(context, given) if given.choice else _show(context, given.service)


def _show(context: Context, service: str) -> Answer:
    store, engine = context.store, find_engine(context)
    settings = store.mode_settings(active_at_ms=context.now_ms)
    held = [one for one in _held(context) if service in ("", one.service)]
    history: Sequence[ModeChange] = ()
    if service:
        history = store.mode_changes(service, context.now_ms - _DAY_MS, context.now_ms)
    return Answer(
        title=_title(held, context),
        lines=(
            *_setting_lines(settings, context),
            "`mode economy SERVICE until 18:00` sets one by hand, `mode auto SERVICE` ends that.",
        ),
        table=Table(
            ("SERVICE", "MODE", "SINCE", "WHY"),
            tuple(_row(one, context) for one in (tuple(reversed(history)) or held)),
        ),
        data={
            "modes": [_change_data(one) for one in held],
            "settings": [_setting_data(one) for one in settings],
            "history": [_change_data(one) for one in history],
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


def _held(context: Context) -> list[ModeChange]:
    """The mode of every service; one that never came into another is in the normal one."""
    known = context.store.modes()
    return [
        known.get(one.id) or ModeChange(one.id, one.since_ms, Mode.NORMAL, "it never left it")
        for one in context.store.services()
    ]


def _set(context: Context, given: Arguments) -> Answer:
    if not given.service and not given.everywhere:
        raise UsageError(
            f"mode {given.choice} needs a service, or all",
            f"write it like: mode {given.choice} all",
        )
    until_ms = _until_ms(context, given)
    if given.choice == _AUTO and until_ms is not None:
        raise UsageError("mode auto has no end: it is how things are without your setting")
    wanted: dict[str, Any] = {"mode": given.choice}
    if given.service:
        wanted["service"] = given.service
    if until_ms is not None:
        wanted["until_ms"] = until_ms
    result = context.ask("mode", **wanted)
    whom = given.service or "Every service"
    if given.choice == _AUTO:
        title = f"{whom} finds its mode by itself again."
        lines: tuple[str, ...] = ("`mode` shows which, and why.",)
    else:
        title = f"{whom} is {given.choice} {_ending(until_ms, context)}."
        lines = (_MEANS[Mode(given.choice)],)
    return Answer(title=title, lines=lines, data={**wanted, **result})


def _until_ms(context: Context, given: Arguments) -> int | None:
    if given.until and given.duration is not None:
        raise UsageError("the end is given twice", "either until 18:00, or for 2h")
    if given.until:
        return read_coming(given.until, context.now_ms, context.zone)
    if given.duration is not None:
        return context.now_ms + given.duration.seconds * 1_000
    return None


def _ending(until_ms: int | None, context: Context) -> str:
    if until_ms is None:
        return "until `mode auto`"
    return f"until {moment(until_ms, context.now_ms, context.zone)}"


def _title(held: Sequence[ModeChange], context: Context) -> str:
    if not held:
        return "Nothing is watched yet."
    modes = Counter(one.mode for one in held)
    counts = [f"{modes[one]} {one}" for one in Mode if modes[one]]
    return f"{counted(len(held), 'service')}: {', '.join(counts)} (times in {context.zone})"


def _setting_lines(settings: Sequence[ModeSetting], context: Context) -> list[str]:
    return [
        f"Set by hand ({one.by}): {one.service or 'all'} {one.mode} "
        f"{_ending(one.until_ms, context)}."
        for one in settings
    ]


def _row(change: ModeChange, context: Context) -> tuple[str, ...]:
    at = moment(change.at_ms, context.now_ms, context.zone)
    return change.service, change.mode, at, change.reason


def _change_data(change: ModeChange) -> dict[str, Any]:
    return {
        "service": change.service,
        "mode": change.mode,
        "at_ms": change.at_ms,
        "reason": change.reason,
    }


def _setting_data(setting: ModeSetting) -> dict[str, Any]:
    return {
        "service": setting.service,
        "mode": setting.mode,
        "at_ms": setting.at_ms,
        "until_ms": setting.until_ms,
        "by": setting.by,
    }
