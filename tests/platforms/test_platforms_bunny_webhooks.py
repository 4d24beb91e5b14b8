"""Messages about encoding: only Bunny's own are believed."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.video.catalog import VideoStatus
from sentinel_tui.errors import PlatformError
from sentinel_tui.platforms.bunny_webhooks import (
    ALGORITHM,
    SIGNATURE,
    VERSION,
    NotFromBunny,
    verify,
)
from sentinel_tui.sandbox.bunny.library import BunnyLibrary
from sentinel_tui.sandbox.bunny.look_alike import encoding_notice
from sentinel_tui.sandbox.viewing import Audience

KEY = "read-only-key"
VIDEO = "657bb740-a71b-4529-a012-528021c31a92"


def signed(body: bytes, key: str = KEY) -> dict[str, str]:
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return {VERSION: "v1", ALGORITHM: "hmac-sha256", SIGNATURE: signature}


def test_what_the_look_alike_sends_is_believed(clock: FakeClock) -> None:
    library = BunnyLibrary("previews", 133, Audience([], seed=1))
    body, headers = encoding_notice(library, VIDEO, 3)
    notice = verify(body, headers, library.key)
    assert (notice.library_id, notice.video) == (133, VIDEO)
    # 3 is finished here, where a video's own 3 is still being transcoded.
    assert notice.status is VideoStatus.FINISHED


def test_anything_else_about_a_video_is_of_no_known_status() -> None:
    for number in (9, 10, 4_000):
        body = f'{{"VideoLibraryId":1,"VideoGuid":"{VIDEO}","Status":{number}}}'.encode()
        assert verify(body, signed(body), KEY).status is VideoStatus.UNKNOWN


def test_whatever_is_not_signed_by_the_librarys_key_is_refused() -> None:
    body = f'{{"VideoLibraryId":1,"VideoGuid":"{VIDEO}","Status":3}}'.encode()
    good = signed(body)
    forged = [
        {},
        signed(body, "another-key"),
        signed(body + b" "),
        good | {SIGNATURE: ""},
        good | {SIGNATURE: good[SIGNATURE][:-1]},
        good | {SIGNATURE: good[SIGNATURE].upper()},
        good | {SIGNATURE: "\udcff\xe9"},
        good | {VERSION: "v2"},
        good | {ALGORITHM: "none"},
        {SIGNATURE: good[SIGNATURE]},
    ]
    for headers in forged:
        with pytest.raises(NotFromBunny) as refused:
            verify(body, headers, KEY)
        assert KEY not in str(refused.value)
    assert verify(body, good, KEY).video == VIDEO


def test_a_signed_message_of_another_shape_is_refused_too() -> None:
    bodies = [
        b"",
        b"null",
        b"[1]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"VideoLibraryId":1,"VideoGuid":"../x","Status":3}',
        b'{"VideoLibraryId":1,"VideoGuid":7,"Status":3}',
        b'{"VideoLibraryId":"1","VideoGuid":"a-b","Status":3}',
        b'{"VideoLibraryId":1,"VideoGuid":"a-b","Status":NaN}',
    ]
    for body in bodies:
        with pytest.raises(PlatformError) as refused:
            verify(body, signed(body), KEY)
        assert not isinstance(refused.value, NotFromBunny)
