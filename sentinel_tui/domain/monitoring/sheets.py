"""Sheets: what lies over a check's verdict, hides it, and changes no counter below.

The owner lays PAUSED and MAINT, the plan lays ASLEEP: these freeze what is below them, and of two
the stronger stays, PAUSED over MAINT over ASLEEP. UNKNOWN (our own side could not see) and WAKING
(somebody asked for it) only wait for the next look, which lifts them.
"""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.domain.monitoring.check_state import CheckState, State
from sentinel_tui.domain.monitoring.observations import Observation

FROZEN = (State.ASLEEP, State.MAINT, State.PAUSED)
"""Sheets that freeze what is below them; each gives way to those after it."""


def pause(check: CheckState, at_ms: int, reason: str) -> CheckState:
    """The check as the owner's pause leaves it: verdict and counters frozen under the sheet."""
    return _cover(check, State.PAUSED, at_ms, reason)


def resume(check: CheckState, at_ms: int) -> CheckState:
    """The check after a pause: unknown until the next look, then on from where it was."""
    return _uncover(check, State.PAUSED, State.UNKNOWN, at_ms, "resumed")


def maintain(check: CheckState, at_ms: int, reason: str) -> CheckState:
    """The check in maintenance: looked at as ever, and none of it counts. A pause stays a pause."""
    return _cover(check, State.MAINT, at_ms, reason)


def end_maintenance(check: CheckState, at_ms: int) -> CheckState:
    """The check after a maintenance: unknown until the look that has to follow at once."""
    return _uncover(check, State.MAINT, State.UNKNOWN, at_ms, "maintenance is over")


def rest(check: CheckState, at_ms: int, reason: str) -> CheckState:
    """The check asleep by plan. A pause or a maintenance stays what it is."""
    return _cover(check, State.ASLEEP, at_ms, reason)


def rouse(check: CheckState, at_ms: int) -> CheckState:
    """The check at the end of planned sleep, as somebody asks for it: waking until the look."""
    return _uncover(check, State.ASLEEP, State.WAKING, at_ms, "asked for after planned sleep")


def is_frozen(check: CheckState) -> bool:
    """Whether a sheet lies over it under which nothing counts."""
    return check.sheet in FROZEN


def lay(check: CheckState, sheet: State, at_ms: int, reason: str) -> CheckState:
    """The check under a sheet; the one that lies there already stays as it is."""
    if check.sheet is sheet:
        return check
    return replace(check, sheet=sheet, since_ms=max(at_ms, check.since_ms), reason=reason)


def lift(check: CheckState, at_ms: int) -> CheckState:
    """The check without a sheet."""
    if check.sheet is None:
        return check
    # What went on under the sheet was not seen: a wake is timed anew from the first look after it.
    return replace(check, sheet=None, since_ms=max(at_ms, check.since_ms), wake_started_ms=None)


def look_under(check: CheckState, seen: Observation) -> CheckState:
    """A frozen check after a look: only when it was looked at, and whether it answered.

    That much tells the end of a maintenance that lasts until the service is healthy.
    """
    if seen.good:
        return replace(check, last_ms=seen.at_ms, last_good_ms=seen.at_ms)
    return replace(check, last_ms=seen.at_ms)


def _cover(check: CheckState, sheet: State, at_ms: int, reason: str) -> CheckState:
    if is_frozen(check) and FROZEN.index(sheet) < FROZEN.index(check.sheet):
        return check
    return lay(check, sheet, at_ms, reason)


def _uncover(check: CheckState, sheet: State, left: State, at_ms: int, reason: str) -> CheckState:
    """The check with `left` over it in place of `sheet`, where that lay there."""
    return lay(check, left, at_ms, reason) if check.sheet is sheet else check
