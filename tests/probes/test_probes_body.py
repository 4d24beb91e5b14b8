"""Bodies are unpacked within bounds and read as text whatever they claim to be."""

from __future__ import annotations

import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.body import MOST_UNPACKED_BYTES, decode, unpack
from sentinel_tui.probes.faults import ProbeFailure


@given(st.lists(st.binary(max_size=500), min_size=1, max_size=4))
def test_gzip_in_one_or_several_members_comes_out_as_it_went_in(members: list[bytes]) -> None:
    packed = b"".join(gzip.compress(member) for member in members)

    assert unpack(packed, "gzip") == b"".join(members)


@given(st.binary(min_size=1, max_size=500), st.data())
def test_gzip_that_is_cut_off_is_a_failure(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(1, len(packed) - 1))

    with pytest.raises(ProbeFailure) as failure:
        unpack(packed[:cut], "gzip")

    assert failure.value.phase is FailurePhase.BODY


@given(st.binary(max_size=200))
def test_any_bytes_are_either_gzip_or_a_failure(raw: bytes) -> None:
    with contextlib.suppress(ProbeFailure):
        assert isinstance(unpack(raw, "gzip"), bytes)


def test_exactly_as_much_as_allowed_is_allowed() -> None:
    assert len(unpack(gzip.compress(bytes(MOST_UNPACKED_BYTES)), "gzip")) == MOST_UNPACKED_BYTES
    with pytest.raises(ProbeFailure, match="4 MiB"):
        unpack(gzip.compress(bytes(MOST_UNPACKED_BYTES + 1)), "gzip")


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_what_is_not_packed_stays_as_it_is(encoding: str) -> None:
    assert unpack(b"\x1f\x8bplain", encoding) == b"\x1f\x8bplain"


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "gzip,br", "\x1b[31m"])
def test_what_was_not_asked_for_is_a_failure(encoding: str) -> None:
    with pytest.raises(ProbeFailure, match="only gzip was asked for") as failure:
        unpack(b"x", encoding)

    assert "\x1b" not in failure.value.error


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("", "é".encode(), "é"),
        ("text/html", "é".encode(), "é"),
        ("text/html; charset=utf-8", "é".encode(), "é"),
        ('text/html; Charset="ISO-8859-1"', b"\xe9", "é"),
        ("text/html; charset=windows-1252", b"\x80", "€"),
        ("text/html; charset=utf-16", "é".encode("utf-16"), "é"),
        ("text/html; a=b; charset=us-ascii", b"\xe9", "\ufffd"),
        ("text/html; charset=", b"\xff", "\ufffd"),
        ("text/html; charset=zlib_codec", b"x\x9c", "x\ufffd"),
        ("text/html; charset=idna", b"xn--", "xn--"),
    ],
)
def test_text(content_type: str, body: bytes, text: str) -> None:
    assert decode(body, content_type) == text


@given(st.binary(max_size=300), st.text(max_size=30))
def test_text_never_raises(body: bytes, charset: str) -> None:
    assert isinstance(decode(body, f"text/plain; charset={charset}"), str)
