"""The body of an answer: unpacked within bounds, and read as text whatever it claims to be."""

from __future__ import annotations

import zlib

from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.faults import ProbeFailure, said

MOST_UNPACKED_BYTES = 4_194_304

_GZIP = 16 + zlib.MAX_WBITS
_MOST_GZIP_MEMBERS = 16
_GZIP_NAMES = ("gzip", "x-gzip")
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
"""The only codecs used. Python has others that unpack archives or take seconds for a page."""


def unpack(raw: bytes, encoding: str) -> bytes:
    """The body without its content encoding.

    Args:
        raw: As it came.
        encoding: The `content-encoding` header; empty for none.

    Raises:
        ProbeFailure: It was encoded otherwise than asked for, is cut off, or grows too large.
    """
    name = encoding.strip().casefold()
    if name in ("", "identity"):
        return raw
    if name not in _GZIP_NAMES:
        raise _failure(f"the answer is encoded as {said(name, 60)}, only gzip was asked for")
    try:
        return _gunzip(raw)
    except zlib.error as error:
        raise _failure(f"the answer is broken gzip: {said(error)}") from error


def decode(body: bytes, content_type: str) -> str:
    """The body as text; what cannot be read as text becomes a replacement character."""
    return body.decode(_codec(content_type), errors="replace")


def _gunzip(raw: bytes) -> bytes:
    unpacked, rest = b"", raw
    for _ in range(_MOST_GZIP_MEMBERS):
        if not rest:
            return unpacked
        member = zlib.decompressobj(_GZIP)
        # One byte more than allowed shows that there is more, without unpacking it.
        unpacked += member.decompress(rest, MOST_UNPACKED_BYTES + 1 - len(unpacked))
        if len(unpacked) > MOST_UNPACKED_BYTES:
            raise _failure("the answer unpacks to more than 4 MiB")
        if not member.eof:
            raise _failure("the answer ends in the middle of its gzip")
        rest = member.unused_data
    raise _failure("the answer is made of too many pieces of gzip")


def _codec(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        key, _, value = parameter.partition("=")
        if key.strip().casefold() == "charset":
            return _CODECS.get(value.strip().strip("\"'").casefold(), "utf-8")
    return "utf-8"


def _failure(error: str) -> ProbeFailure:
    return ProbeFailure(FailurePhase.BODY, error)
