"""The one writer of a store, for code that runs on an event loop.

Jobs are queued for a thread of their own; what is waiting when the thread gets round to it becomes
one transaction. So a slow disk makes the groups larger and never the queue longer, and a lone job
waits for nobody. A transaction is fsynced when one of its jobs is durable; otherwise a power cut
may take the newest observations, but never an intent or an alert, and never the store.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.notifying.policy import Orders
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store.database import Database
from sentinel_tui.store.lease import Holder
from sentinel_tui.store.opening import open_for_writing
from sentinel_tui.store.session import Job, Succession, WritingSession

__all__ = ["Database", "Holder", "StoreWriter", "Succession"]

T = TypeVar("T")

_LONGEST_CLOSE_S = 10.0


class StoreWriter:
    """Runs jobs on the store's one writing connection. Made by `open`.

    Attributes:
        epoch: The lease's epoch; a newer one makes this writer lose.
        notices: What the owner should know about how the store was opened, one line each.
    """

    def __init__(self) -> None:
        self.epoch = 0
        self.notices: tuple[str, ...] = ()
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._session: WritingSession | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def open(
        cls, paths: Paths, clock: Clock, limits: RetentionOptions, holder: Holder
    ) -> StoreWriter:
        """Open the store, migrated and checked, and take the lease.

        Blocks for as long as a migration or, after a crash, a check of the file takes.

        Args:
            paths: The watch whose store is opened.
            clock: Gives the instants of the lease.
            limits: How large the store may grow, and how many copies of it are kept.
            holder: Who writes; usually `Holder.here()`.

        Raises:
            StoreUnsafe: The store lies where, or is owned so, that it cannot be kept safe.
            StoreTooNew: A newer Sentinel wrote it.
            StoreError: It cannot be opened.
        """
        writer = cls()
        opened: Future[None] = Future()
        writer._thread = threading.Thread(
            target=writer._live,
            args=(paths, clock, limits, holder, opened),
            name="store-writer",
            daemon=True,
        )
        writer._thread.start()
        opened.result()
        return writer

    @property
    def lost(self) -> bool:
        """Another writer took over, or the file was replaced: nothing is written any more."""
        return self._session is not None and self._session.lost

    @property
    def trouble(self) -> str:
        """What keeps the store from recording all it is given, or an empty string."""
        return self._session.trouble if self._session else ""

    @property
    def warning(self) -> str:
        """What will become trouble when nobody sees to it, or an empty string."""
        return self._session.warning if self._session else ""

    @property
    def orders(self) -> Orders:
        """What the jobs go by: whom to tell what, and what depends on what.

        It never changes itself; a new configuration brings another one, which holds from the next
        job on.
        """
        return self._opened.orders

    @orders.setter
    def orders(self, orders: Orders) -> None:
        self._opened.orders = orders

    async def run(
        self,
        job: Callable[[Database], T],
        *,
        durable: bool = False,
        succession: Succession | None = None,
    ) -> T:
        """Run a job inside a transaction, shared with whatever else is waiting.

        The job has a savepoint of its own, so one that fails spoils no other. It is carried out
        even when whoever waits for it is cancelled, and again when a full disk undid the first
        attempt: it must do nothing but use the database it is given.

        Args:
            job: What to do. Its result is returned once it is committed.
            durable: Return only when a power cut can no longer undo it.
            succession: Jobs before it without which it must not be carried out.

        Raises:
            StoreFull: No space is left; the job was not carried out, later ones are tried again.
            StoreError: The store cannot be written, or another writer took over.
        """
        return await self._hand_over(Job(job, durable=durable, succession=succession))

    async def run_alone(self, job: Callable[[Database], T]) -> T:
        """Run a job outside any transaction, such as a checkpoint.

        Raises:
            StoreError: The store cannot be written, or another writer took over.
        """
        return await self._hand_over(Job(job, alone=True))

    def close(self) -> None:
        """Carry out what is waiting, mark a clean stop, and close. Doing it again is harmless."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_LONGEST_CLOSE_S)

    @property
    def _opened(self) -> WritingSession:
        if self._session is None:
            raise StoreError("the store is not open")
        return self._session

    async def _hand_over(self, job: Job) -> T:
        with self._changed:
            if self._closing:
                raise StoreError("the store is closed; the engine is stopping")
            self._jobs.append(job)
            self._changed.notify()
        # Shielded, because what happened must be recorded even if nobody waits for it any more.
        result: T = await asyncio.shield(asyncio.wrap_future(job.done))
        return result

    def _live(
        self,
        paths: Paths,
        clock: Clock,
        limits: RetentionOptions,
        holder: Holder,
        opened: Future[None],
    ) -> None:
        """The thread: opens, works until told to close, and closes."""
        try:
            store = open_for_writing(paths, clock, limits, holder)
        except Exception as error:
            opened.set_exception(error)
            return
        session = WritingSession(store.db, clock, holder, store.epoch)
        self._session, self.epoch, self.notices = session, store.epoch, store.notices
        opened.set_result(None)
        while jobs := self._wait_for_jobs():
            session.carry_out(jobs)
        session.close()

    def _wait_for_jobs(self) -> deque[Job]:
        """Everything that waits; empty once the writer is closing and nothing does."""
        with self._changed:
            while not self._jobs and not self._closing:
                self._changed.wait()
            jobs, self._jobs = self._jobs, deque()
        return jobs
