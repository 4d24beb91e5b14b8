"""What happens on the writer's thread: fenced transactions, one savepoint for each job."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from peewee import PeeweeException

from sentinel_tui.clock import Clock
from sentinel_tui.domain.notifying.policy import Orders
from sentinel_tui.errors import StoreError, StoreFull, StoreUnsafe
from sentinel_tui.store import lease
from sentinel_tui.store.database import Database
from sentinel_tui.store.driver import is_damage, is_full, sqlite, store_error
from sentinel_tui.store.guard import Ballast, OpenFiles, Room, Space

_GROUP_ROWS = 500
"""A transaction ends once it changed this many rows, so that nobody waits long for the next."""

_SQLITE_ERRORS = (sqlite.Error, PeeweeException)


@dataclass(slots=True)
class Succession:
    """Jobs of which each builds on those before it.

    Attributes:
        refused: Why one of them was not carried out for want of room; those behind it are not
            carried out either, for what comes later must not be known before what it follows.
    """

    refused: StoreFull | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do on the writing connection.

    Attributes:
        work: What to do.
        durable: Its commit must survive a power cut.
        alone: It runs outside any transaction.
        succession: What it is a part of, or None.
        done: Takes what came of it.
    """

    work: Callable[[Database], Any]
    durable: bool = False
    alone: bool = False
    succession: Succession | None = None
    done: Future[Any] = field(default_factory=Future)


class WritingSession:
    """The writing connection, from opening to closing.

    Attributes:
        lost: Another writer took over, or the file was replaced: nothing is written any more.
        trouble: What keeps the store from recording all it is given, or an empty string.
        warning: What will become trouble when nobody sees to it, or an empty string.
    """

    def __init__(self, db: Database, clock: Clock, holder: lease.Holder, epoch: int) -> None:
        self.lost = False
        self.trouble = ""
        self.warning = ""
        self._db = db
        self._clock = clock
        self._holder = holder
        self._epoch = epoch
        self._folder = db.path.parent
        self._files = OpenFiles.at(db.path)
        self._ballast = Ballast(self._folder)
        self._full_synchronous = False
        self._damaged = False

    @property
    def orders(self) -> Orders:
        """What the jobs go by; see `Database`."""
        return self._db.orders

    @orders.setter
    def orders(self, orders: Orders) -> None:
        self._db.orders = orders

    def carry_out(self, jobs: deque[Job]) -> None:
        """Do all jobs in order, in as few transactions as their size allows."""
        while jobs:
            if self.lost:
                _fail(jobs, _lost_error(self._db))
            elif jobs[0].alone:
                self._run_alone(jobs.popleft())
            else:
                self._run_group(jobs)

    def close(self) -> None:
        """Mark a clean stop, unless the next start had better look closely, and close."""
        if not self.lost and not self._damaged:
            # Where this fails, the next start finds a stop that was not clean, and checks the file.
            with suppress(*_SQLITE_ERRORS, StoreError, OSError):
                self._say_goodbye()
        self._db.close()

    def _say_goodbye(self) -> None:
        with self._transaction(durable=True):
            lease.release(self._db, self._holder, self._epoch, self._clock.now_ms())
        # A reader that is busy must not hold up a stop.
        with self._db.impatient():
            self._db.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _run_alone(self, job: Job) -> None:
        try:
            result = job.work(self._db)
        except _SQLITE_ERRORS as error:
            job.done.set_exception(self._translate(error))
        except Exception as error:
            job.done.set_exception(error)
        else:
            job.done.set_result(result)

    def _run_group(self, jobs: deque[Job]) -> None:
        """Commit as many jobs as fit into one transaction, and only then tell who waits."""
        taken: list[Job] = []
        outcomes: list[_Outcome] = []
        before = self._db.raw.total_changes
        try:
            self._look_at_space()
            with self._transaction(durable=any(job.durable for job in jobs)):
                while jobs and not jobs[0].alone:
                    taken.append(jobs.popleft())
                    outcomes.append(self._attempt(taken[-1]))
                    if self._db.raw.total_changes - before >= _GROUP_ROWS:
                        break
        except Exception as error:
            # Whatever it is, the thread lives on, and nobody waits for an answer for ever.
            self._undone(jobs, taken, error)
            return
        for job, outcome in zip(taken, outcomes, strict=True):
            outcome.tell(job.done)

    @contextmanager
    def _transaction(self, *, durable: bool) -> Iterator[None]:
        """A transaction that fails unless this is still the writer of the file at its path."""
        self._choose_synchronous(full=durable)
        raw = self._db.raw
        raw.execute("BEGIN IMMEDIATE")
        try:
            self._fence()
            yield
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise

    def _fence(self) -> None:
        if OpenFiles.at(self._db.path) != self._files:
            self.lost = True
            raise StoreUnsafe(
                f"{self._db.path} was replaced or deleted while the engine had it open",
                "start the engine again; nothing of Sentinel's but the engine may touch that file",
            )
        if not lease.renew(self._db, self._holder, self._epoch, self._clock.now_ms()):
            self.lost = True
            raise _lost_error(self._db)

    def _attempt(self, job: Job) -> _Outcome:
        """Do one job in a savepoint; only what spoils the whole transaction is raised."""
        if job.succession is not None and job.succession.refused is not None:
            return _Outcome(error=job.succession.refused)
        raw = self._db.raw
        raw.execute("SAVEPOINT job")
        try:
            outcome = _Outcome(job.work(self._db))
        except _SQLITE_ERRORS as error:
            if is_full(error) or not raw.in_transaction:
                raise
            outcome = _Outcome(error=self._translate(error))
        except Exception as error:
            outcome = _Outcome(error=error)
        if outcome.error is not None:
            raw.execute("ROLLBACK TO job")
        raw.execute("RELEASE job")
        return outcome

    def _undone(self, jobs: deque[Job], taken: list[Job], error: Exception) -> None:
        """A transaction failed as a whole: try it again in the ballast's room, or say so."""
        if is_full(error) and self._ballast.drop():
            jobs.extendleft(reversed(taken))
            return
        if not isinstance(error, StoreError):
            error = self._translate(error)
        if isinstance(error, StoreFull):
            self.trouble = str(error)
        # An error before the first job still has to reach somebody, or they would wait for ever.
        _fail(deque(taken) or jobs, error)

    def _translate(self, error: Exception) -> StoreError:
        self._damaged = self._damaged or is_damage(error)
        translated = store_error(error, self._db.path)
        translated.__cause__ = error
        return translated

    def _look_at_space(self) -> None:
        space = Space.of(self._folder)
        scarce = space.room is Room.SCARCE
        self._db.samples_dropped = scarce
        self.trouble = space.warning(self._folder) if scarce else ""
        self.warning = space.warning(self._folder)

    def _choose_synchronous(self, *, full: bool) -> None:
        if full is not self._full_synchronous:
            self._db.raw.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
            self._full_synchronous = full


@dataclass(slots=True)
class _Outcome:
    """What came of a job; told once its transaction is committed."""

    result: Any = None
    error: Exception | None = None

    def tell(self, done: Future[Any]) -> None:
        if self.error is not None:
            done.set_exception(self.error)
        else:
            done.set_result(self.result)


def _lost_error(db: Database) -> StoreError:
    return StoreError(
        f"another engine took over {db.path}", "this one stops; `sentinel status` shows the other"
    )


def _fail(jobs: deque[Job], error: Exception) -> None:
    while jobs:
        job = jobs.popleft()
        if job.succession is not None and isinstance(error, StoreFull):
            job.succession.refused = error
        job.done.set_exception(error)
