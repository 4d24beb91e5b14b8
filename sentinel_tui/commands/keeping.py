"""`hours`: where the free hours of the month went, how long they last, what nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import fmean
from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.ledger import Ledger, ledger_data, read_ledger
from sentinel_tui.commands.plan_words import forecast_lines
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import moment, since
from sentinel_tui.domain.keepalive.hours_ledger import month_of
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_MOST_IN_A_MONTH_H = 100_000.0
_STALE_MS = 600_000
_DAY_MS = 86_400_000
_CORRECTION = Argument(
    ArgumentKind.HOURS,
    "is 312.5",
    after=words("is are was est sont etait used utilisees consommees"),
    acts=True,
)


@command(
    "hours",
    en="ledger",
    fr="heures",
    arguments=(_CORRECTION,),
    fillers="budget free gratuites left restantes month mois used utilisees",
)
def hours(context: Context, given: Arguments) -> Answer:
    """Show this month's instance-hours, or correct them."""
    if given.hours is not None:
        return _correct(context, given.hours)
    ledger, engine = read_ledger(context), find_engine(context)
    if not ledger.by_service:
        return Answer(
            title="Nothing is known to spend the hours of a free workspace",
            lines=(
                "A service with [services.sleeps] at Render's free plan does; costs_hours = true "
                "says so of one that lives elsewhere.",
            ),
            data={**ledger_data(ledger), "unknown": [], "engine": engine_data(engine)},
            exit_code=worst_exit(0, engine),
        )
    return Answer(
        title=_title(ledger, context),
        lines=(*_forecast_lines(ledger, context), *_unknown_lines(ledger, context)),
        table=Table(
            ("SERVICE", "THIS MONTH", "OF ALL", "NOW"),
            tuple(_row(name, ledger) for name in ledger.by_service),
            numbers=frozenset({"THIS MONTH", "OF ALL"}),
        ),
        data={
            **ledger_data(ledger),
            "unknown": _unknown_lines(ledger, context),
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(1 if ledger.short else 0, engine),
    )


def _correct(context: Context, used_h: float) -> Answer:
    if used_h > _MOST_IN_A_MONTH_H:
        raise UsageError(
            f"{used_h:g} is more than a month can hold", "write it like: hours is 312.5"
        )
    result = context.ask("correct_hours", used_h=used_h)
    return Answer(
        title=f"Noted: {used_h:g} h of this month are used; Sentinel counts on from there.",
        lines=("The plan is made anew with it; `plan` shows what follows.",),
        data={"used_h": used_h, **result},
    )


def _title(ledger: Ledger, context: Context) -> str:
    month = datetime.fromtimestamp(month_of(context.now_ms).start_ms / 1_000, UTC)
    return (
        f"{ledger.used_h:.1f} of {ledger.budget_h:g} h of {month:%B} are used; {ledger.left_h:.1f} "
        f"are left, {ledger.reserve_h:g} of them in reserve (times in {context.zone})"
    )


def _row(service: str, ledger: Ledger) -> tuple[str, ...]:
    spent_h, whole_h = ledger.by_service[service], sum(ledger.by_service.values())
    return (
        service,
        f"{spent_h:.1f} h",
        f"{spent_h / whole_h:.0%}" if whole_h else "–",
        "awake" if service in ledger.awake_now else "asleep",
    )


def _forecast_lines(ledger: Ledger, context: Context) -> list[str]:
    lines = []
    if ledger.planned is not None:
        lines += forecast_lines("By the plan", ledger.planned, ledger.budget_h, context)
    if ledger.paced is not None:
        pace_h = fmean(ledger.daily_h)
        basis = f"At the pace of the last {len(ledger.daily_h)} days, {pace_h:.1f} h a day,"
        lines += forecast_lines(basis, ledger.paced, ledger.budget_h, context)
    return lines or forecast_lines("", None, ledger.budget_h, context)


def _unknown_lines(ledger: Ledger, context: Context) -> list[str]:
    """What the account cannot know, so that nobody takes it for the platform's own."""
    lines = [*_platform_lines(context), *_gap_lines(ledger, context)]
    correction = ledger.correction
    if correction is None:
        lines.append(
            "No platform tells what is left: `hours is 312.5` takes over what its page shows."
        )
    else:
        at = moment(correction.at_ms, context.now_ms, context.zone)
        lines.append(f"Counted from {correction.used_h:g} h, which you read off at {at}.")
    return lines


def _platform_lines(context: Context) -> list[str]:
    hosted = context.store.hosted()
    if not hosted:
        return [
            "Known from Sentinel's own looks alone: whoever else kept a service awake is missing, "
            "and so are services of the workspace that are not watched. [render] key mends that."
        ]
    asked_ms = max(one.seen_ms for one in hosted.values())
    if context.now_ms - asked_ms > _STALE_MS:
        ago = since(asked_ms, context.now_ms)
        return [f"The platform was last heard {ago} ago; since then only own looks are counted."]
    return ["Services of the workspace that are not watched here are not in it."]


def _gap_lines(ledger: Ledger, context: Context) -> list[str]:
    """Whether part of the month lies before anything was known."""
    since_ms, start_ms = ledger.known_since_ms, month_of(context.now_ms).start_ms
    if ledger.correction is not None:
        return []
    if since_ms is None:
        return ["Nothing was seen awake yet."]
    if since_ms - start_ms < _DAY_MS:
        return []
    at = moment(since_ms, context.now_ms, context.zone)
    return [f"What was spent this month before {at} is not in it: nobody watched."]
