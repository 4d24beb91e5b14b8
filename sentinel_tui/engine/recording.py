"""What was judged, on its way into the store: one transaction a tick, and patience when it is full.

Looks go on whatever the store does. What cannot be written waits here, bounded: single samples
are given up first and oldest first, changes of state and what follows from them never.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.engine.waiting import pause
from sentinel_tui.errors import StoreError, StoreFull
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import record, set_next_looks
from sentinel_tui.store.writer import StoreWriter, Succession
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

Job = Callable[[Database], Any]
"""Something to write, other than a judgement."""

_TICK_S = 0.5
_BEAT_EVERY_S = 30.0
_RETRY_S = 5.0
_MOST_WAITING = 10_000
_JUDGEMENTS_A_JOB = 500


@dataclass(frozen=True, slots=True)
class _Judged:
    check_key: int
    judgement: Judgement

    @property
    def matters(self) -> bool:
        """Whether it must survive a power cut: it changed a state, or opened an alert."""
        one = self.judgement
        changed = one.change is not None or one.service_change is not None
        told = any(finding.holds for finding in one.findings)
        return changed or told or one.cold_start_ms is not None


_Entry = _Judged | Job


class Recording:
    """The way into the store for everything the engine saw, in the order it was seen.

    Attributes:
        upcoming_ms: Tells when checks look next, by the store's numbers, as far as that changed;
            written along with what was seen.
        trouble: Why nothing can be recorded at the moment, or empty.
        given_up: Samples that were dropped because too many waited.
    """

    def __init__(self, writer: StoreWriter, clock: Clock) -> None:
        self.upcoming_ms: Callable[[], Mapping[int, int | None]] = dict
        self.trouble = ""
        self.given_up = 0
        self._writer = writer
        self._clock = clock
        self._entries: list[_Entry] = []
        self._something_waits = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """How many entries are not in the store yet."""
        return len(self._entries)

    def add(self, check_key: int, judgement: Judgement) -> None:
        """Record a judgement with the next tick."""
        self._put(_Judged(check_key, judgement))

    def note(self, job: Job) -> None:
        """Write something that must not be lost, with the next tick or when there is room again."""
        self._put(job)

    async def run(self, beat: Callable[[], None]) -> None:
        """Write what waits, one transaction a tick, for ever."""
        while True:
            beat()
            if not await pause(self._clock, _BEAT_EVERY_S, self._something_waits):
                continue
            await self._clock.sleep(_TICK_S)
            try:
                await self.flush()
            except StoreFull:
                # Expected to pass when somebody makes room; `trouble` says so meanwhile.
                await self._clock.sleep(_RETRY_S)

    async def flush(self) -> None:
        """Write what waits, now.

        Raises:
            StoreFull: There is no room; what was not written goes on waiting.
            StoreError: The store failed; what was not written goes on waiting.
        """
        async with self._one_at_a_time:
            entries, self._entries = self._entries, []
            self._something_waits.clear()
            refused, error = await self._write(entries)
            if error is None:
                self._end_trouble()
                await self._write_plans()
                return
            self._entries = refused + self._entries
            self._something_waits.set()
            self._begin_trouble(error)
            raise error

    async def _write_plans(self) -> None:
        """Follow up with what is planned now, for by now the looks that were judged have a next."""
        next_ms = self.upcoming_ms()
        if next_ms:
            await self._writer.run(partial(set_next_looks, next_ms=next_ms))

    async def _write(self, entries: list[_Entry]) -> tuple[list[_Entry], StoreError | None]:
        """Hand everything to the writer at once, which makes one transaction of it.

        Returns:
            What the store refused, and why; nothing and None when it took everything.
        """
        groups, succession = list(_grouped(entries)), Succession()
        handed_over = (self._hand_over(group, succession) for group in groups)
        results = await asyncio.gather(*handed_over, return_exceptions=True)
        refused: list[_Entry] = []
        error: StoreError | None = None
        for group, result in zip(groups, results, strict=True):
            if isinstance(result, StoreError):
                refused += group
                error = result
            elif isinstance(result, BaseException):
                # A fault of our own: trying again would hold up everything behind it for ever.
                log.error("%d entries could not be recorded", len(group), exc_info=result)
        return refused, error

    async def _hand_over(self, group: list[_Entry], succession: Succession) -> None:
        job = _job(group, self._clock.now_ms())
        await self._writer.run(job, durable=_matters(group), succession=succession)

    def _put(self, entry: _Entry) -> None:
        self._entries.append(entry)
        if len(self._entries) > _MOST_WAITING:
            self._give_up_samples()
        self._something_waits.set()

    def _give_up_samples(self) -> None:
        """Make room by dropping the oldest judgements that changed nothing."""
        surplus = len(self._entries) - _MOST_WAITING * 9 // 10
        kept: list[_Entry] = []
        for entry in self._entries:
            if surplus > 0 and isinstance(entry, _Judged) and not entry.matters:
                surplus -= 1
                self.given_up += 1
            else:
                kept.append(entry)
        self._entries = kept

    def _begin_trouble(self, error: StoreError) -> None:
        if not self.trouble:
            log.error("cannot record: %s", error)
        self.trouble = f"cannot record: {clean_text(error)}"

    def _end_trouble(self) -> None:
        if self.trouble:
            log.info("recording again")
            self.trouble = ""


def _grouped(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """Entries in their order: judgements in a row together, everything else by itself."""
    group: list[_Entry] = []
    for entry in entries:
        together = isinstance(entry, _Judged) and len(group) < _JUDGEMENTS_A_JOB
        if group and not (together and isinstance(group[-1], _Judged)):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _job(group: Sequence[_Entry], now_ms: int) -> Job:
    first = group[0]
    if not isinstance(first, _Judged):
        return first
    judged = [(one.check_key, one.judgement) for one in group if isinstance(one, _Judged)]
    return partial(record, judgements=judged, at_ms=now_ms)


def _matters(group: Sequence[_Entry]) -> bool:
    """Whether a power cut must not take it: a change of state, or anything that was noted."""
    return any(one.matters if isinstance(one, _Judged) else True for one in group)
