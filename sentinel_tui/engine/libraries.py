"""Where each library of videos stands: shared by who reads it, who studies it and who shows it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.domain.video.catalog import Library, LibraryRole
from sentinel_tui.engine.recording import Recording
from sentinel_tui.store.videos import save_library

if TYPE_CHECKING:
    from sentinel_tui.platforms.bunny import Bunny

_MOST_NOTICES = 1_000
"""Notices can be sent again by whoever saw one: more than these wait for nobody."""


class Libraries:
    """The configured libraries, as they were when they were read last.

    Attributes:
        options: What is configured of them, by name.
        clients: What asks the platform, of those it can be asked of.
        known: How each stands, by name.
        called: Set when somebody wants something read at once.
        changed: Whether something was read, or said, that no study has seen.
        stirred: Set when there may be a reason to study.
    """

    def __init__(self, recording: Recording) -> None:
        """Know of no library yet.

        Args:
            recording: The way into the store.
        """
        self.options: Mapping[str, LibraryOptions] = {}
        self.clients: dict[str, Bunny] = {}
        self.known: dict[str, Library] = {}
        self.called = asyncio.Event()
        self.changed = False
        self.stirred = asyncio.Event()
        self._recording = recording
        self._past: dict[str, Library] = {}
        self._wanted: set[str] = set()
        self._notices: deque[tuple[str, str]] = deque(maxlen=_MOST_NOTICES)
        self._left_out: dict[str, tuple[str, ...]] = {}

    @property
    def roles(self) -> dict[str, LibraryRole]:
        """Whom each is for."""
        return {name: one.role for name, one in self.known.items()}

    @property
    def trouble(self) -> str:
        """What keeps libraries from being read, or empty."""
        troubles = (f"{one.name}: {one.trouble}" for one in self.known.values() if one.trouble)
        return "; ".join(troubles)

    def remember(self, libraries: Iterable[Library]) -> None:
        """Take up how an earlier engine left them."""
        self._past = {one.name: one for one in libraries}

    def go_by(self, options: Iterable[LibraryOptions]) -> None:
        """Know these libraries from now on, and no others; the store has them registered."""
        before = self.roles
        self._past |= self.known
        self.options = {one.name: one for one in options}
        self.clients, self.known = {}, {}
        for name, one in self.options.items():
            role = LibraryRole(one.role)
            past = self._past.get(name, Library(name, role))
            self.known[name] = replace(past, role=role, trouble="")
            if past.trouble:
                self._save(name)
        if before and before != self.roles:
            self.note_change()

    def stand(self, name: str, **changes: Any) -> None:
        """Note how a library stands now; one that is no longer configured is left alone.

        Args:
            name: Which.
            changes: Attributes of `Library` with their new values.
        """
        before = self.known.get(name)
        if before is None:
            return
        after = self.known[name] = replace(before, **changes)
        if (before.waiting, before.trouble) != (after.waiting, after.trouble):
            self._save(name)

    def note_change(self) -> None:
        """Note that something was read, or said, that no study has seen."""
        self.changed = True
        self.stirred.set()

    def want(self, names: Iterable[str]) -> None:
        """Have some libraries read at once."""
        self._wanted.update(names)
        self.called.set()

    def notice(self, library: str, video: str) -> None:
        """Have one video read before all others: its platform says that something became of it.

        Args:
            library: The library it lies in; one that cannot be asked is left alone.
            video: The video's id.
        """
        if library in self.clients and (library, video) not in self._notices:
            self._notices.append((library, video))
            self.called.set()

    def leave_out(self, library: str, videos: tuple[str, ...]) -> bool:
        """Note what of a library's list could not be read; returns whether that is news.

        Args:
            library: Which.
            videos: Of each video that was left out, what is wrong with it.
        """
        before, self._left_out[library] = self._left_out.get(library, ()), videos
        return bool(videos) and videos != before

    def take_wanted(self) -> set[str]:
        """Whom somebody wants read; asked again, nobody."""
        wanted, self._wanted = self._wanted, set()
        return wanted

    def take_notices(self, library: str) -> list[str]:
        """The videos of a library that are to be read before all others; asked again, none."""
        taken = [video for name, video in self._notices if name == library]
        left = [one for one in self._notices if one[0] != library]
        self._notices = deque(left, maxlen=_MOST_NOTICES)
        return taken

    def _save(self, name: str) -> None:
        self._recording.note(partial(save_library, library=self.known[name]))
