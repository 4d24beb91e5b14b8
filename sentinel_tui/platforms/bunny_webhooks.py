"""Bunny's messages about encoding: who sent one, and of which video it tells.

A message says nothing worth keeping by itself: it is a reason to read the video again. So it does
no harm that its signature knows no time, and that an old one can be sent again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sentinel_tui.domain.video.catalog import VideoStatus
from sentinel_tui.errors import PlatformError
from sentinel_tui.platforms.bunny_values import count
from sentinel_tui.platforms.bunny_videos import video_id

SIGNATURE = "x-bunnystream-signature"
VERSION = "x-bunnystream-signature-version"
ALGORITHM = "x-bunnystream-signature-algorithm"

_VERSION = "v1"
_ALGORITHM = "hmac-sha256"
_STATUSES = {
    0: VideoStatus.UPLOADED,
    1: VideoStatus.PROCESSING,
    2: VideoStatus.TRANSCODING,
    3: VideoStatus.FINISHED,
    4: VideoStatus.TRANSCODING,
    5: VideoStatus.FAILED,
    6: VideoStatus.CREATED,
    7: VideoStatus.UPLOADED,
    8: VideoStatus.FAILED,
}
"""By the numbers of messages; those of a video are others. 4 is one resolution of several."""


class NotFromBunny(PlatformError):
    """The message is not signed with the library's key."""


@dataclass(frozen=True, slots=True)
class EncodingNotice:
    """Something happened to a video.

    Attributes:
        library_id: The library's id at Bunny.
        video: The video's id.
        status: How far it has come; unknown where the message is about something else, such as
            captions.
    """

    library_id: int
    video: str
    status: VideoStatus


def verify(body: bytes, headers: Mapping[str, str], key: str) -> EncodingNotice:
    """What a message tells, once it is certain that Bunny sent it.

    Args:
        body: The message, byte for byte.
        headers: What came with it, by names in lower case.
        key: The library's read-only key, with which Bunny signs.

    Raises:
        NotFromBunny: It is not signed, or with another key.
        PlatformError: It is signed, but not of the shape that is described.
    """
    form = (headers.get(VERSION, ""), headers.get(ALGORITHM, "").lower())
    if form != (_VERSION, _ALGORITHM):
        raise NotFromBunny(f"the message is not signed as Bunny does, by {_ALGORITHM} {_VERSION}")
    signed = hmac.digest(key.encode(), body, hashlib.sha256).hex()
    told = headers.get(SIGNATURE, "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(signed.encode(), told):
        raise NotFromBunny("the message is not signed with this library's read-only key")
    return _notice(body)


def _notice(body: bytes) -> EncodingNotice:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise PlatformError("the message is no table of JSON")
    library_id, status = count(told.get("VideoLibraryId")), count(told.get("Status"))
    video = video_id(told.get("VideoGuid"))
    if library_id is None or status is None or not video:
        raise PlatformError("the message lacks VideoLibraryId, VideoGuid or Status")
    return EncodingNotice(library_id, video, _STATUSES.get(status, VideoStatus.UNKNOWN))
