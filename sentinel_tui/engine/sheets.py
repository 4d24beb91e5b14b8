"""Sheets over the states of a service's checks, laid and lifted: in memory and in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sentinel_tui.domain.monitoring.judgement import service_state, service_transition
from sentinel_tui.domain.monitoring.states import CheckState, transition
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.watch import WatchedCheck, WatchedService
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import save_state

Change = Callable[[CheckState], CheckState]
"""Lays or lifts a sheet; leaves alone what it does not concern."""


def change_states(
    service: WatchedService, change: Change, of: Callable[[WatchedCheck], bool] = lambda _: True
) -> dict[str, CheckState]:
    """Change the states of a service's checks in memory.

    Args:
        service: The service.
        change: What to do to each state.
        of: Which of its checks.

    Returns:
        The states as they were before, for `write_states`.
    """
    before = dict(service.states)
    service.states = {
        name: change(state) if of(service.checks[name]) else state for name, state in before.items()
    }
    return before


def record_states(
    recording: Recording, service: WatchedService, before: Mapping[str, CheckState]
) -> bool:
    """Record what `change_states` changed.

    Returns:
        Whether it changed anything.
    """
    after = dict(service.states)
    if after == before:
        return False
    recording.note(partial(write_states, service=service.id, before=before, after=after))
    return True


def write_states(
    db: Database,
    *,
    service: str,
    before: Mapping[str, CheckState],
    after: Mapping[str, CheckState],
) -> None:
    """Store the states of a service's checks that no look brought them into."""
    shown, change = service_state(after), service_transition(before, after)
    for name, state in after.items():
        if state != before[name]:
            save_state(db, service, name, state, transition(before[name], state), shown, change)
