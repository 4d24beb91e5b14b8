"""Whether Sentinel sees anything at all: failures are believed only while its own network is there.

Witnesses are asked after each failed look. Without enough of them the look says nothing, and
Sentinel is offline until they answer again: told at once, written down once, as one gap.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import (
    Check,
    DnsCheck,
    DomainCheck,
    HttpCheck,
    IcmpCheck,
    TcpCheck,
    TlsCheck,
)
from sentinel_tui.config.network import NetworkOptions
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.own_network import Ask, OwnNetwork, is_loopback
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.waiting import pause
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import add_event, add_gap

log = logging.getLogger(__name__)

_ASK_AGAIN_S = 3.0
_BEAT_EVERY_S = 30.0
_LONGEST_START_S = 60.0
_RELAPSE_S, _STEADY_S = 300.0, 30.0
"""Gone again so soon after it was back, the network has to be there this long to be believed."""
_NO_NETWORK = "Sentinel's own network is gone"


class Sight:
    """Doubts failures, and knows since when Sentinel is offline.

    Attributes:
        ready: Set once the first looks may begin.
        offline_since_ms: Since when Sentinel sees nothing, or None.
        waits_for: What keeps the first looks waiting, or empty.
        back_s: Elapsed time at which it was last back, or 0 when it was never gone.
    """

    def __init__(
        self,
        clock: Clock,
        recording: Recording,
        own_alerts: OwnAlerts,
        ask: Ask | None,
        targets: Callable[[], Iterable[Check]],
        on_return: Callable[[], None],
    ) -> None:
        """See, as far as anybody knows.

        Args:
            clock: The time.
            recording: The way into the store.
            own_alerts: Told when Sentinel goes offline and when it is back.
            ask: How to ask one witness; over the network where it is None.
            targets: What is looked at; the start waits only where it is out there.
            on_return: Told when Sentinel sees again.
        """
        self.ready = asyncio.Event()
        self.offline_since_ms: int | None = None
        self.waits_for = ""
        self.back_s = 0.0
        self._options = NetworkOptions(witnesses=[], quorum=1)
        self._network = OwnNetwork(clock, (), 1, ask)
        self._zone = "UTC"
        self._clock = clock
        self._ask = ask
        self._recording = recording
        self._own_alerts = own_alerts
        self._targets = targets
        self._on_return = on_return
        self._gone = asyncio.Event()
        self._back_ms = 0
        self._steady_since_s: float | None = None

    def go_by(self, options: NetworkOptions, zone: str) -> None:
        """Ask these witnesses from now on, and tell the time in this zone."""
        self._zone = zone
        if options != self._options:
            self._network.close()
            self._options = options
            self._network = OwnNetwork(self._clock, options.witnesses, options.quorum, self._ask)

    def close(self) -> None:
        """Give back what asking holds."""
        self._network.close()

    def remember(self, offline_since_ms: int) -> None:
        """Go on where an earlier engine was offline."""
        self._lose(offline_since_ms)

    def doubts(self, check: Check) -> bool:
        """Whether a failure of this check may be our own network's."""
        return self._network.may_doubt(_host(check))

    async def vouch(self, check: Check, seen: Observation) -> Observation:
        """`seen` as far as it may be believed: inconclusive where our own network may have failed.

        Args:
            check: What was looked at.
            seen: What was seen.
        """
        if seen.outcome is not Outcome.FAIL or not self.doubts(check):
            return seen
        if self.offline_since_ms is None and not await self._is_online():
            self._lose(seen.at_ms)
        if self.offline_since_ms is None and seen.at_ms >= self._back_ms:
            return seen
        return replace(
            seen,
            outcome=Outcome.INCONCLUSIVE,
            latency_ms=None,
            phase=None,
            wake_hint=None,
            error=_NO_NETWORK,
        )

    async def run(self, beat: Callable[[], None]) -> None:
        """Wait for the network at the start, and for its return whenever it is gone, for ever."""
        try:
            await self._wait_at_start(beat)
        finally:
            # Whatever became of the wait: nobody is served by an engine that never looks.
            self.waits_for = ""
            self.ready.set()
        while True:
            beat()
            if self.offline_since_ms is None:
                await pause(self._clock, _BEAT_EVERY_S, self._gone)
            elif await self._is_online() and self._is_steady():
                self._return()
            else:
                await self._clock.sleep(_ASK_AGAIN_S)

    async def _wait_at_start(self, beat: Callable[[], None]) -> None:
        """Give the network of a machine that has only just started a minute to come up."""
        if self.ready.is_set() or not any(map(self.doubts, self._targets())):
            return
        began_ms, give_up_s = self._clock.now_ms(), self._clock.elapsed_s() + _LONGEST_START_S
        while not await self._is_online():
            beat()
            self.waits_for = "the first looks wait for Sentinel's own network"
            if self._clock.elapsed_s() >= give_up_s:
                log.warning("no own network after %.0f s; looking all the same", _LONGEST_START_S)
                self._lose(began_ms)
                return
            await self._clock.sleep(_ASK_AGAIN_S)
        if self.offline_since_ms is not None:
            self._return()

    async def _is_online(self) -> bool:
        online = await self._network.online_since(self._clock.elapsed_s())
        if not online:
            self._steady_since_s = None
        elif self._steady_since_s is None:
            self._steady_since_s = self._clock.elapsed_s()
        return online

    def _is_steady(self) -> bool:
        """Whether it may be called back: after a relapse only once it has stayed for a while."""
        now_s = self._clock.elapsed_s()
        if not self.back_s or now_s - self.back_s >= _RELAPSE_S or self._steady_since_s is None:
            return True
        return now_s - self._steady_since_s >= _STEADY_S

    def _lose(self, since_ms: int) -> None:
        if self.offline_since_ms is not None:
            self.offline_since_ms = min(self.offline_since_ms, since_ms)
            return
        log.warning("offline: not enough witnesses of our own network answer")
        self.offline_since_ms = since_ms
        self._gone.set()
        self._own_alerts.tell(_finding(since_ms, holds=True))

    def _return(self) -> None:
        since_ms, now_ms = self.offline_since_ms, self._clock.now_ms()
        if since_ms is None:
            return
        self.offline_since_ms = None
        self._gone.clear()
        self.back_s, self._back_ms = self._clock.elapsed_s(), now_ms
        text = f"Sentinel was offline {_span(since_ms, now_ms, self._zone)}"
        log.warning("%s", text)
        self._recording.note(partial(_write, from_ms=since_ms, to_ms=now_ms, text=text))
        self._own_alerts.tell(_finding(now_ms, holds=False))
        self._on_return()


def _host(check: Check) -> str:
    """Which machine a check talks to; empty for one it does not name, out there somewhere."""
    match check:
        case HttpCheck():
            return urlsplit(check.url).hostname or ""
        case TcpCheck() | TlsCheck() | IcmpCheck():
            return check.host
        case DomainCheck():
            return urlsplit(check.rdap_url).hostname or ""
        case DnsCheck():
            whole, host = check.resolver, check.resolver.rpartition(":")[0]
            return whole if is_loopback(whole) else host
        case _:
            return ""


def _finding(at_ms: int, *, holds: bool) -> Finding:
    return Finding(
        fingerprint=fingerprint(Rule.OFFLINE, ""),
        rule=Rule.OFFLINE,
        holds=holds,
        severity=Severity.WARNING,
        at_ms=at_ms,
        reason=f"{_NO_NETWORK}: nothing can be seen" if holds else "online again",
    )


def _write(db: Database, *, from_ms: int, to_ms: int, text: str) -> None:
    add_gap(db, from_ms, to_ms, "Sentinel was offline")
    add_event(db, to_ms, EntryKind.ENGINE, text)


def _span(from_ms: int, to_ms: int, zone: str) -> str:
    """Two moments as a person says them; with their dates when those differ."""
    place = ZoneInfo(zone)
    begin, end = (datetime.fromtimestamp(one / 1_000, place) for one in (from_ms, to_ms))
    shown = "%H:%M" if begin.date() == end.date() else "%Y-%m-%d %H:%M"
    return f"{begin:{shown}} to {end:{shown}}"
