"""Reports of players: from what was told over the wire to events as they are kept.

Viewers' tokens end here: what goes on is a keyed hash of them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.domain.video.events import PASSING, PlayerEvent, ViewEvent
from sentinel_tui.engine.ingest.fields import Unfit, identifier, instant_ms, members, number
from sentinel_tui.text import clean_text

_FIELDS = frozenset({"id", "viewer_token", "video_id", "library", "event", "t", "position"})
_EVENTS = {
    **{event.value: event for event in PlayerEvent},
    "timeupdate": PlayerEvent.PROGRESS,
    "seeked": PlayerEvent.SEEK,
}
"""The words of the wire, and those that player.js itself has for the same."""
_LONGEST_TOKEN = 400
_ANONYMOUS = "anonymous:"
"""What the token of a player begins with that knows no more than that it is one visit."""
_HASH_CHARACTERS = 32
_LIBRARY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LONGEST_VIDEO_S = 1_000_000.0


class ViewReports:
    """Makes view events of what players report."""

    def __init__(self, viewer_key: bytes, libraries: Iterable[LibraryOptions]) -> None:
        """Take reports about these libraries.

        Args:
            viewer_key: With what viewers' tokens are hashed.
            libraries: The configured libraries; where there are none, any name will do.
        """
        self._key = viewer_key
        self._libraries = _names_of(libraries)

    def event(self, raw: object, now_ms: int) -> ViewEvent:
        """The event that a report tells of.

        Args:
            raw: The report as it was read from JSON.
            now_ms: The present.

        Raises:
            Unfit: It cannot be taken.
        """
        told = members(raw, _FIELDS)
        viewer = self._viewer(told)
        video = identifier(told, "video_id")
        library = self._library(told)
        event = _kind(told)
        at_ms = instant_ms(told, "t", now_ms)
        position_s = _position_s(told, event)
        one = identifier(told, "id", needed=False) or _made_of(
            viewer, video, library, event, at_ms, position_s
        )
        return ViewEvent(viewer, video, library, event, at_ms, position_s, one)

    def _viewer(self, told: Mapping[str, object]) -> str:
        token = told.get("viewer_token")
        if token is None or token == "":
            return ""
        if not isinstance(token, str) or len(token) > _LONGEST_TOKEN:
            raise Unfit(
                "viewer_token", f"viewer_token is a text of up to {_LONGEST_TOKEN} characters"
            )
        # Cleaned like everything that comes over the control socket, so that both tell the same.
        said = clean_text(token, _LONGEST_TOKEN)
        hashed = hmac.digest(self._key, said.encode(), "sha256").hex()[:_HASH_CHARACTERS]
        return PASSING + hashed if said.startswith(_ANONYMOUS) else hashed

    def _library(self, told: Mapping[str, object]) -> str:
        name = told.get("library")
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        if not isinstance(name, str) or not name:
            raise Unfit("library", "library is missing")
        if self._libraries is None:
            if _LIBRARY.fullmatch(name):
                return name
            raise Unfit("library", "library is lower-case letters, digits, - and _")
        if name not in self._libraries:
            known = ", ".join(sorted(set(self._libraries.values())))
            raise Unfit("library", f"library is none of those configured: {known}")
        return self._libraries[name]


def _names_of(libraries: Iterable[LibraryOptions]) -> dict[str, str] | None:
    """Names by what may stand for them: themselves, and the library's number at Bunny."""
    names: dict[str, str] = {}
    for one in libraries:
        names[one.name] = one.name
        if one.bunny_id is not None:
            names.setdefault(str(one.bunny_id), one.name)
    return names or None


def _kind(told: Mapping[str, object]) -> PlayerEvent:
    word = told.get("event")
    event = _EVENTS.get(word) if isinstance(word, str) else None
    if event is None:
        raise Unfit("event", f"event is one of {', '.join(_EVENTS)}")
    return event


def _position_s(told: Mapping[str, object], event: PlayerEvent) -> float:
    position_s = number(told, "position")
    if position_s is None:
        if event is PlayerEvent.PLAY:
            return 0.0
        raise Unfit("position", "position is missing: seconds from the beginning of the video")
    if position_s > _LONGEST_VIDEO_S:
        raise Unfit("position", "position is in seconds, and no video is that long")
    return position_s


def _made_of(*parts: object) -> str:
    """An id for an event that was told without: told again it is the same."""
    said = "\x1f".join(map(str, parts)).encode()
    return hashlib.sha256(said).hexdigest()[:_HASH_CHARACTERS]
