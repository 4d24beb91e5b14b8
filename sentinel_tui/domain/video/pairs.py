"""Which full video a public preview belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sentinel_tui.domain.video.catalog import LibraryRole, Video
from sentinel_tui.text import fold

_WORDS = re.compile(r"[^\W_]+")
_MARKS = (
    *("preview", "previews", "teaser", "trailer", "excerpt", "sample", "extrait", "extraits"),
    *("apercu", "annonce", "bande annonce", "sneak peek", "avant gout"),
    *("full", "full length", "full video", "complete", "complet", "integral", "integrale"),
    *("version complete", "version integrale", "video complete"),
)
"""What a title says of being a preview or not, which the other one's does not say."""
_MARKED = re.compile("|".join(rf"\b{mark}\b" for mark in sorted(_MARKS, key=len, reverse=True)))


def pairs(videos: Sequence[Video], roles: Mapping[str, LibraryRole]) -> dict[str, str]:
    """The full video of each preview that has one, by their ids.

    What the owner says of a preview counts. Otherwise a public video is taken for the preview of
    the one private video with the same title, whatever it says of being a preview; where several
    private ones have that title, nothing is guessed.

    Args:
        videos: Those of all libraries.
        roles: Whom each library is for.
    """
    known = {video.id for video in videos}
    private: dict[str, list[str]] = {}
    for video in videos:
        if roles.get(video.library) is LibraryRole.PRIVATE and video.gone_ms is None:
            private.setdefault(_subject(video.title), []).append(video.id)
    found = {}
    for video in videos:
        if video.full in known and video.full != video.id:
            found[video.id] = video.full
        elif not video.full and roles.get(video.library) is LibraryRole.PUBLIC:
            same = private.get(_subject(video.title), [])
            if len(same) == 1:
                found[video.id] = same[0]
    return found


def _subject(title: str) -> str:
    """What a title is about; a title of its own where nothing else is left of it."""
    words = " ".join(_WORDS.findall(fold(title)))
    return " ".join(_MARKED.sub(" ", words).split()) or words
