"""Flapping: a check that changes so often that none of its states is worth a message.

The rule is that of Nagios (base/flapping.c): of the last 20 steps from one confirmed state to the
next, the share that changed, each weighted from 0.75 for the oldest to 1.25 for the newest.
Flapping begins at 30 % and ends at 20 %. It is never entered on a change to UP (after Centreon),
so that no recovery is ever taken for the beginning of trouble; and as the share only rises with a
change, it is entered on a change to DOWN or not at all.
"""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.domain.monitoring.check_state import CheckState, State

_STEPS = 20
_ALL_STEPS = (1 << _STEPS) - 1
_WEIGHTS = tuple(1.25 - 0.5 * age / (_STEPS - 1) for age in range(_STEPS))
"""Weight of a change by its age, the newest first."""
_START = 0.30
_STOP = 0.20


def settle(check: CheckState) -> CheckState:
    """The check after a look that confirmed its verdict: one step further.

    UP and DEGRADED are the same here, for slowness is no change of state that anybody waits for.
    """
    settled = State.DOWN if check.verdict is State.DOWN else State.UP
    changed = check.settled is not None and check.settled is not settled
    flips = check.flips << 1 & _ALL_STEPS | changed
    if check.settled is settled and flips == check.flips:
        return check
    return replace(
        check,
        settled=settled,
        flips=flips,
        flapping=_flaps(check, share_changed(flips), fell=changed and settled is State.DOWN),
    )


def share_changed(flips: int) -> float:
    """The weighted share of steps that were changes, 0 to 1.

    Args:
        flips: The steps as bits, the newest lowest: 1 is a change.
    """
    if not flips:
        return 0.0
    return sum(weight for age, weight in enumerate(_WEIGHTS) if flips >> age & 1) / _STEPS


def _flaps(check: CheckState, share: float, *, fell: bool) -> bool:
    if check.flapping:
        return share > _STOP
    return fell and share >= _START
