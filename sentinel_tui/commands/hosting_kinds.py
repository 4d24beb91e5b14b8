"""How what is said about hours, instances, plans, deploys and actions is read from its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from sentinel_tui.commands.spec import Argument, ArgumentKind
from sentinel_tui.commands.words import Word

Value: TypeAlias = str | bool | int | float | tuple[int, int]
Read: TypeAlias = tuple[Value, int]
"""An argument's value, and how many words said it."""

PLANS = (
    *("free", "starter", "starter_plus", "standard", "standard_plus"),
    *("pro", "pro_plus", "pro_max", "pro_ultra"),
)
"""Render's plans, in its own words. Whatever else stands there is a slip, and never sent."""

UNTIL_WORDS = frozenset({"until", "till", "jusqu'a", "jusqu'au", "jusqua", "jusquau"})
ALL_WORDS = frozenset({"all", "everything", "everywhere", "tout", "tous", "toutes", "partout"})

_MOST_HOURS = 1_000_000.0
_MOST_INSTANCES = 100
_HOURS = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)h?", re.ASCII)
_BUDGET = re.compile(r"budget=(\d{1,6}(?:[.,]\d{1,3})?)h?", re.ASCII)
_COUNT = re.compile(r"\d{1,3}", re.ASCII)
_RANGE = re.compile(r"(\d{1,3})(?:-|–|\.\.)(\d{1,3})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})(?:[:h](\d{2})?)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.ASCII)
_DEPLOY = re.compile(r"dep-[a-z0-9]{1,60}", re.ASCII)
_DRY = frozenset({"dry-run", "--dry-run", "dryrun", "a-blanc", "simulation"})


def read_everywhere(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`all`, in both languages."""
    return (True, 1) if words[0] in ALL_WORDS else None


def read_until(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`18:00`, `18h`, `2026-11-23 08:00`; as `instants.read_coming` takes it."""
    if _DATE.fullmatch(words[0]) and len(words) > 1 and (time := _time(words[1])):
        return f"{words[0]} {time}", 2
    time = _time(words[0])
    return (time, 1) if time else None


def read_hours(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`312.5`, `312,5`, `312h`."""
    found = _HOURS.fullmatch(words[0])
    return (_number(found.group(1)), 1) if found else None


def read_budget(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`budget=500`, `budget 500`."""
    found = _BUDGET.fullmatch(words[0])
    if found:
        return _sensible(_number(found.group(1)), 1)
    following = _HOURS.fullmatch(words[1]) if len(words) > 1 and words[0] == "budget" else None
    return _sensible(_number(following.group(1)), 2) if following else None


def read_count(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`2`; more instances than the platform runs are a slip."""
    if not _COUNT.fullmatch(words[0]) or not 1 <= int(words[0]) <= _MOST_INSTANCES:
        return None
    return int(words[0]), 1


def read_range(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`1-3`, the fewest first."""
    found = _RANGE.fullmatch(words[0])
    if found is None:
        return None
    least, most = int(found.group(1)), int(found.group(2))
    return ((least, most), 1) if 1 <= least <= most <= _MOST_INSTANCES else None


def read_plan(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`starter`, `pro_plus`, `pro-plus`."""
    plan = words[0].replace("-", "_")
    return (plan, 1) if plan in PLANS else None


def read_commit(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`3f2a91c`."""
    return (str(words[0]), 1) if _COMMIT.fullmatch(words[0]) else None


def read_deploy(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`dep-cph1rs3idesc73a2b2mg`."""
    return (str(words[0]), 1) if _DEPLOY.fullmatch(words[0]) else None


def read_dry_run(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    """`dry-run`, `à-blanc`."""
    return (True, 1) if words[0] in _DRY else None


def said_of_hosting(kind: ArgumentKind, value: Value) -> str:
    """The words that are read back as this value, for the kinds of this module."""
    match kind:
        case ArgumentKind.EVERYWHERE:
            return "all"
        case ArgumentKind.DRY_RUN:
            return "dry-run"
        case ArgumentKind.BUDGET:
            return f"budget={value:.10g}"
        case ArgumentKind.HOURS:
            return f"{value:.10g}"
        case ArgumentKind.RANGE if isinstance(value, tuple):
            return f"{value[0]}-{value[1]}"
        case _:
            return str(value)


def _time(word: Word) -> str:
    """A time of day as `18:00`, or empty."""
    found = _TIME.fullmatch(word)
    return f"{int(found.group(1)):02d}:{found.group(2) or '00'}" if found else ""


def _sensible(budget: float, used: int) -> Read | None:
    return (budget, used) if 0 < budget <= _MOST_HOURS else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))
