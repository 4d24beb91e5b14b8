"""`sentinel check URL`: one look at any URL, without a configuration or an engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from sentinel_tui.cli.output import json_option, print_answer
from sentinel_tui.commands.answers import Answer
from sentinel_tui.commands.records import timings_data
from sentinel_tui.errors import UsageError
from sentinel_tui.text import clean_text, format_latency, parse_duration_s

if TYPE_CHECKING:
    from sentinel_tui.domain.monitoring.observations import Observation, PhaseTimings

_LONGEST_S = 60.0
_BAR_CELLS = 48
_KEPT_LINES = 5
_SIGNS = {"ok": "●", "slow": "▲", "fail": "✖", "inconclusive": "?"}
_PHASES = ("dns", "connect", "tls", "first_byte", "body")


@click.command("check")
@click.argument("url")
@click.option("--timeout", default="10s", show_default=True, help="The deadline of the look.")
@json_option
def check(url: str, timeout: str, json: bool) -> int:
    """Look at a URL once and show how long each phase took.

    Besides http and https, tcp://HOST:PORT, tls://HOST, dns://NAME, ping://HOST
    and domain://NAME are understood.
    """
    from sentinel_tui.probes.one_shot import as_json, check_once

    wanted = url if "://" in url else f"https://{url}"
    seen = asyncio.run(check_once(wanted, _timeout_s(timeout)))
    answer = Answer(
        title=_title(wanted, seen),
        lines=tuple(_lines(seen)),
        data=as_json(wanted, seen),
        exit_code=0 if seen.good else 1,
    )
    return print_answer(answer, json=json)


def phase_bars(timings: PhaseTimings, cells: int = _BAR_CELLS) -> list[str]:
    """One line for each phase there was, its bar starting where the one before ended."""
    durations_ms = timings_data(timings)
    spent = [(name, durations_ms[name]) for name in _PHASES]
    whole_ms = max(timings.total_ms, sum(spent_ms or 0.0 for _, spent_ms in spent))
    lines, before_ms = [], 0.0
    for name, spent_ms in spent:
        if spent_ms is None:
            continue
        start = round(before_ms / whole_ms * cells) if whole_ms else 0
        length = max(1, round(spent_ms / whole_ms * cells)) if whole_ms else 1
        start = min(start, cells - length)
        bar = " " * start + "█" * length
        lines.append(f"{name.replace('_', ' '):<12}{bar:<{cells}}{format_latency(spent_ms):>11}")
        before_ms += spent_ms
    lines.append(f"{'total':<12}{'':<{cells}}{format_latency(timings.total_ms):>11}")
    return lines


def _timeout_s(text: str) -> float:
    try:
        seconds = parse_duration_s(text)
    except ValueError as error:
        raise UsageError(f"--timeout: {error}") from None
    if not 0 < seconds <= _LONGEST_S:
        raise UsageError(f"--timeout is more than nothing and at most {_LONGEST_S:.0f}s")
    return seconds


def _title(url: str, seen: Observation) -> str:
    word = seen.outcome.word
    parts = [f"{_SIGNS[word]} {word}"]
    if seen.status is not None:
        parts.append(str(seen.status))
    if seen.phase is not None:
        parts.append(f"in {seen.phase.replace('_', ' ')}")
    return f"{' '.join(parts)}: {clean_text(url)}"


def _lines(seen: Observation) -> list[str]:
    lines = phase_bars(seen.timings)
    if seen.error:
        lines += ["", f"What went wrong: {seen.error}"]
    if seen.address:
        lines.append(f"Address: {seen.address}")
    if seen.kept:
        lines += ["The answer began:", *(f"  {line}" for line in _first_lines(seen.kept))]
    return lines


def _first_lines(kept: str) -> list[str]:
    return [line for line in kept.splitlines() if line.strip()][:_KEPT_LINES]
