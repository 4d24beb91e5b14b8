"""What every tab shows, run in the feed's thread: what is open, what is quiet, what fails."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        messages: What went out lately over this terminal's channels, newest first.
    """

    cases: Sequence[Case]
    names: Mapping[str, str]
    silences: Sequence[Silence] = ()
    failing: Sequence[ChannelHealth] = ()
    offline: AlertRecord | None = None
    messages: Sequence[Message] = ()


def read_headline(
    reader: Reader,
    now_ms: int,
    acknowledged_s: float,
    terminals: Collection[str] = (),
    since_ms: int = 0,
) -> Headline:
    """Read what every tab shows.

    Args:
        reader: The store.
        now_ms: The present.
        acknowledged_s: For how long an acknowledgement counts.
        terminals: Channels whose messages this terminal is to ring for.
        since_ms: Only messages since this instant.
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
        messages=[
            message
            for channel in terminals
            for message in reader.messages(channel, limit=_MOST_MESSAGES, since_ms=since_ms)
        ],
    )
