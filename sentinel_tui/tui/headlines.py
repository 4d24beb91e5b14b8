"""What every tab shows, run in the feed's thread: what is open, what is quiet, what fails."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sentinel_tui.domain.autonomy.actions import Action, Freeze, Step
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.domain.notifying.notices import ChannelHealth, Message
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.tui.incident_readings import read_open_cases, read_surroundings
from sentinel_tui.tui.view_models.cases import Case

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_MOST_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Headline:
    """What every tab shows.

    Attributes:
        cases: What is open, newest first.
        names: What services are called, by id.
        silences: What is in force.
        failing: Channels that take no messages.
        offline: The open alert about Sentinel's own network, or None while it sees.
        waiting: Actions that wait for the owner's yes, the oldest first.
        frozen: The stop of all actions that is in force, or None.
        messages: What went out lately over this terminal's channels, newest first.
    """

    cases: Sequence[Case]
    names: Mapping[str, str]
    silences: Sequence[Silence] = ()
    failing: Sequence[ChannelHealth] = ()
    offline: AlertRecord | None = None
    waiting: Sequence[Action] = ()
    frozen: Freeze | None = None
    messages: Sequence[Message] = ()


def read_headline(
    reader: Reader,
    now_ms: int,
    acknowledged_s: float,
    terminals: Collection[str] = (),
    since_ms: int = 0,
    frozen_file: Path | None = None,
) -> Headline:
    """Read what every tab shows.

    Args:
        reader: The store.
        now_ms: The present.
        acknowledged_s: For how long an acknowledgement counts.
        terminals: Channels whose messages this terminal is to ring for.
        since_ms: Only messages since this instant.
        frozen_file: While it is there, all actions are stopped, whatever the store says.
    """
    around = read_surroundings(reader, now_ms, acknowledged_s)
    cases = read_open_cases(reader, around)
    blind = (alert for case in cases for alert in case.open_alerts if alert.rule is Rule.OFFLINE)
    return Headline(
        cases=cases,
        names=around.names,
        silences=around.silences,
        failing=[one for one in reader.channels() if one.failing_since_ms is not None],
        offline=next(blind, None),
        waiting=_waiting(reader, now_ms),
        frozen=reader.frozen() or _frozen_by(frozen_file),
        messages=[
            message
            for channel in terminals
            for message in reader.messages(channel, limit=_MOST_MESSAGES, since_ms=since_ms)
        ],
    )


def _frozen_by(file: Path | None) -> Freeze | None:
    """The stop that lies in a file being there, which anybody can put there without an engine."""
    try:
        since_s = None if file is None else file.stat().st_mtime
    except OSError:
        return None
    return None if since_s is None else Freeze(round(since_s * 1_000), "a file", str(file))


def _waiting(reader: Reader, now_ms: int) -> list[Action]:
    """What waits for a yes that would still count."""
    waiting = [
        action
        for action in reader.actions(open_only=True)
        if action.step is Step.WAITING and (action.expires_ms is None or action.expires_ms > now_ms)
    ]
    return sorted(waiting, key=lambda action: action.created_ms)
