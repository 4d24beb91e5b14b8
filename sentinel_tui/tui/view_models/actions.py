"""Actions as the screen tells them: what is wanted, how far it has come, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sentinel_tui.commands.confirming import described
from sentinel_tui.commands.spec import Wanted
from sentinel_tui.domain.autonomy.actions import UNDER_WAY, Action, AuditEntry, Step
from sentinel_tui.tui.cells import (
    Column,
    Line,
    Row,
    Span,
    Tone,
    cut,
    fit,
    joined,
    line,
    muted,
    wrap,
)
from sentinel_tui.tui.view_models.words import Times, counted

COLUMNS = (
    Column("step", "Step", 14, keep=100),
    Column("what", "Action", 24, keep=99, most=44),
    Column("when", "When", 12, right=True, keep=90),
    Column("by", "By", 10, keep=80),
    Column("why", "Why", 24, keep=20, most=60),
)
_STEPS = {
    Step.PROPOSED: Span("▸ proposed", Tone.MUTED),
    Step.WAITING: Span("◐ waiting", Tone.WARN),
    Step.APPROVED: Span("▸ approved", Tone.ACCENT),
    Step.STARTED: Span("↻ started", Tone.BUSY),
    Step.DONE: Span("✓ done", Tone.BUSY),
    Step.VERIFIED: Span("● verified", Tone.GOOD),
    Step.HELPLESS: Span("▲ helpless", Tone.WARN),
    Step.WORSE: Span("✖ worse", Tone.BAD),
    Step.FAILED: Span("✖ failed", Tone.BAD),
    Step.NOT_EXECUTED: Span("– not executed", Tone.MUTED),
    Step.UNKNOWN: Span("? unknown", Tone.BAD),
    Step.CANCELLED: Span("– cancelled", Tone.MUTED),
    Step.EXPIRED: Span("– expired", Tone.MUTED),
    Step.DRY_RUN: Span("– dry run", Tone.MUTED),
}
_STEP_CELLS = 16
_DIGEST_CELLS = 8
_HANGING = 6
_DOT = muted(" · ")


def step_cell(step: Step) -> Line:
    """How far an action has come: sign, word and tone."""
    return line(_STEPS[step])


def wish(action: Action, names: Mapping[str, str]) -> str:
    """What an action does, by the name of its service: "restart Public site"."""
    name = names.get(action.service, action.service)
    return described(Wanted(name, action.verb, action.arguments))


def action_rows(actions: Sequence[Action], names: Mapping[str, str], times: Times) -> list[Row]:
    """A row of the audit screen for each action."""
    return [
        Row(
            key=str(action.id),
            cells={
                "step": step_cell(action.step),
                "what": line(Span(wish(action, names), Tone.STRONG)),
                "when": line(muted(times.minute(action.created_ms))),
                "by": line(muted(action.by)),
                "why": line(action.why),
            },
        )
        for action in actions
    ]


def action_lines(
    action: Action,
    entries: Sequence[AuditEntry],
    names: Mapping[str, str],
    times: Times,
    width: int,
) -> list[Line]:
    """One action told whole: who wanted it, why, upon what, and every step it took.

    Args:
        action: The action.
        entries: What the audit keeps of it, oldest first.
        names: What services are called, by id.
        times: How instants are told.
        width: The cells of a line.
    """
    told = [
        line(*step_cell(action.step), Span(f"  {wish(action, names)}", Tone.STRONG)),
        joined(_circumstances(action, times), _DOT),
    ]
    told += _steps(entries, times)
    return [part for one in told for part in wrap(one, width, _HANGING)]


def brief_lines(actions: Sequence[Action], times: Times) -> Iterator[Line]:
    """The last actions of one service: when, how far, what, and what happened last."""
    width = max((len(times.minute(action.created_ms)) for action in actions), default=0)
    for action in actions:
        yield (
            muted(f"{times.minute(action.created_ms):>{width}}  "),
            *fit(step_cell(action.step), _STEP_CELLS),
            Span(action.verb),
            muted(f"  by {action.by}: {action.note or action.why}"),
        )


def _circumstances(action: Action, times: Times) -> list[Line]:
    told = [
        line(muted(f"no. {action.id}")),
        line(muted("wanted by "), action.by, muted(f" {times.second(action.created_ms)}")),
        line(muted("because "), action.why),
    ]
    if action.approved_ms is not None:
        approved = times.second(action.approved_ms)
        told.append(line(muted("allowed by "), action.approved_by, muted(f" {approved}")))
    if action.step is Step.WAITING and action.expires_ms is not None:
        told.append(line(Span(f"your yes counts until {times.second(action.expires_ms)}")))
    if action.effect is not None:
        told.append(line(muted("effect "), action.effect))
    if action.euros_per_month:
        told.append(line(f"{action.euros_per_month:+.2f} € a month"))
    if action.remote:
        told.append(line(muted("made "), action.remote))
    if action.undoes:
        told.append(line(muted(f"undoes no. {action.undoes}")))
    if action.incident:
        told.append(line(muted(f"for incident {action.incident}")))
    return told


def _steps(entries: Sequence[AuditEntry], times: Times) -> Iterator[Line]:
    width = max((len(times.second(entry.at_ms)) for entry in entries), default=0)
    for entry in entries:
        yield (
            muted(f"{times.second(entry.at_ms):>{width}}  "),
            *fit(step_cell(entry.step), _STEP_CELLS),
            muted(f"{entry.by}  "),
            Span(entry.text),
            Span(f"  {entry.digest[:_DIGEST_CELLS]}", Tone.FAINT),
        )


def audit_head(actions: Sequence[Action], width: int) -> Line:
    """How much there is: what waits first, then what is under way, then all."""
    waiting = sum(action.step is Step.WAITING for action in actions)
    under_way = sum(action.step in UNDER_WAY for action in actions)
    told = [line(Span("Actions", Tone.STRONG))]
    if waiting:
        told.append(line(Span(f"◐ {waiting} for your yes", Tone.WARN)))
    if under_way:
        told.append(line(Span(f"↻ {under_way} under way", Tone.BUSY)))
    told.append(line(muted(counted(len(actions), "action"))))
    return cut(joined(told, muted("  ")), width)
