"""What the screen knows of the store: one thread that reads, and tells when there is more to read.

The thread owns the only reading connection. Once a second it asks SQLite whether anybody wrote,
which costs microseconds, and posts `StoreChanged`; what is then read is up to the part of the
screen that can be seen. Nothing is read while the terminal is not looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from sentinel_tui.clock import Clock
from sentinel_tui.errors import SentinelError, StoreError
from sentinel_tui.paths import Paths

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Ask
    from sentinel_tui.commands.standing import Standing
    from sentinel_tui.store.past import PastReader
    from sentinel_tui.store.queries import Reader

_LOOK_EVERY_S = 1.0
_LOOKS_PER_ENGINE_CHECK = 5

Query = Callable[["Reader"], Message]
"""Reads, in the feed's thread, and returns what is to be posted."""


class StoreChanged(Message):
    """Somebody wrote, or the store was opened: what is shown may be out of date."""

    def can_replace(self, message: Message) -> bool:
        """A burst of changes is one change."""
        return isinstance(message, StoreChanged)


class StoreLost(Message):
    """The store cannot be read for now; the feed goes on trying."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class EngineSeen(Message):
    """Whether an engine answers, and what it says about itself."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing

    def can_replace(self, message: Message) -> bool:
        """Only the last word on it counts."""
        return isinstance(message, EngineSeen)


class FeedFailed(Message):
    """The reader thread ran into a mistake of ours and ended."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Feed:
    """The reader thread."""

    def __init__(self, paths: Paths, ask: Ask, clock: Clock) -> None:
        """Read nothing yet.

        Args:
            paths: Whose store.
            ask: How the engine is asked how it does; called in the thread.
            clock: The present.
        """
        self._paths = paths
        self._ask = ask
        self._clock = clock
        self._listener: MessagePump | None = None
        self._wake = threading.Condition()
        self._waiting: dict[tuple[MessagePump, str], tuple[Query, int | None]] = {}
        self._paused = False
        self._stopping = False
        self._looks = 0
        self._reader: Reader | None = None
        self._past: PastReader | None = None
        self._version: int | None = None
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._work, name="sentinel-feed", daemon=True)

    def start(self, listener: MessagePump) -> None:
        """Begin to read.

        Args:
            listener: Gets `StoreChanged`, `StoreLost`, `EngineSeen` and `FeedFailed`.
        """
        self._listener = listener
        self._thread.start()

    def stop(self) -> None:
        """Stop reading and close the store; returns when both are done."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def pause(self) -> None:
        """Look for changes no more: nobody watches the screen."""
        self._paused = True

    def resume(self) -> None:
        """Look for changes again, at once."""
        with self._wake:
            self._paused = False
            self._wake.notify()

    def look_for_engine(self) -> None:
        """Find out at once how the engine does."""
        with self._wake:
            self._looks = 0
            self._wake.notify()

    def read(
        self, asker: MessagePump, slot: str, query: Query, *, at_ms: int | None = None
    ) -> None:
        """Have something read, and the answer posted to who asked.

        Args:
            asker: Gets the message that `query` returns; nothing while the store cannot be read.
            slot: What is read; a newer question of the same asker replaces one still waiting.
            query: Reads it.
            at_ms: Read it as it stood at this instant; None: as it stands.
        """
        with self._wake:
            self._waiting[asker, slot] = query, at_ms
            self._wake.notify()

    def _work(self) -> None:
        try:
            self._read_until_stopped()
        except Exception as error:
            # A screen that quietly stopped reading would show yesterday as today.
            self._post(FeedFailed(error))
        finally:
            self._close()

    def _read_until_stopped(self) -> None:
        while True:
            with self._wake:
                if not self._waiting and not self._stopping:
                    self._wake.wait(None if self._paused else _LOOK_EVERY_S)
                if self._stopping:
                    return
                waiting, self._waiting = self._waiting, {}
            for (asker, _slot), (query, at_ms) in waiting.items():
                self._answer(asker, query, at_ms)
            if not self._paused:
                self._look()

    def _answer(self, asker: MessagePump, query: Query, at_ms: int | None) -> None:
        reader = self._open()
        if reader is None:
            return
        try:
            asker.post_message(query(reader if at_ms is None else self._as_of(at_ms)))
        except SentinelError as error:
            self._lose(str(error))

    def _look(self) -> None:
        if self._looks % _LOOKS_PER_ENGINE_CHECK == 0:
            self._look_for_engine()
        self._looks += 1
        reader = self._open()
        if reader is None:
            return
        try:
            version = reader.data_version()
        except SentinelError as error:
            self._lose(str(error))
            return
        if version != self._version:
            self._version = version
            self._post(StoreChanged())

    def _look_for_engine(self) -> None:
        # Imported here and below: the first paint waits neither for the commands nor for SQLite.
        from sentinel_tui.commands.context import Context
        from sentinel_tui.commands.standing import Standing, find_engine

        now_ms = self._clock.now_ms()
        try:
            standing = find_engine(Context(self._open(), self._ask, now_ms, UTC))
        except StoreError:
            standing = Standing(None, watching=False, now_ms=now_ms)
        self._post(EngineSeen(standing))

    def _open(self) -> Reader | None:
        """The open store, or None while there is none."""
        if self._reader is not None:
            return self._reader
        if not self._paths.store.exists():
            self._tell("nothing was recorded yet")
            return None
        from sentinel_tui.store.queries import Reader

        try:
            self._reader = Reader(self._paths)
        except SentinelError as error:
            self._tell(str(error))
            return None
        self._version, self._trouble = None, None
        return self._reader

    def _as_of(self, at_ms: int) -> Reader:
        """The store as it stood at an instant."""
        from sentinel_tui.store.past import PastReader

        if self._past is None:
            self._past = PastReader(self._paths, at_ms)
        else:
            self._past.seek(at_ms)
        return self._past

    def _lose(self, reason: str) -> None:
        self._close()
        self._tell(reason)

    def _tell(self, reason: str) -> None:
        if reason != self._trouble:
            self._trouble = reason
            self._post(StoreLost(reason))

    def _post(self, message: Message) -> None:
        if self._listener is not None:
            self._listener.post_message(message)

    def _close(self) -> None:
        for reader in (self._reader, self._past):
            if reader is not None:
                reader.close()
        self._reader = self._past = None
