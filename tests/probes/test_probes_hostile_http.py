"""Whatever a server does: one typed observation within the deadline, and nothing left behind."""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hostile import (
    OK_HEAD,
    Behaviour,
    HostileServers,
    gzip_bomb,
    hangs_up,
    left_behind,
    resets_at_once,
    says_nothing,
    unused_port,
)

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome, WakeHint
from sentinel_tui.probes.prober import Prober

AMPLE_S = 20.0
"""For what must end by itself: far more than it takes, so that only a hang gets there."""
SHORT_S = 0.3
"""For what never ends by itself."""

CHUNKED = OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GZIPPED = "Content-Encoding: gzip"
MIB = 1 << 20


@dataclass(frozen=True)
class Scenario:
    """What a server does and what must be seen of it."""

    behaviour: Callable[[HostileServers], Behaviour]
    phase: FailurePhase
    says: str
    deadline_s: float = AMPLE_S
    hint: WakeHint | None = None


def never_ends(behaviour: Callable[[HostileServers], Behaviour], says: str) -> Scenario:
    return Scenario(behaviour, FailurePhase.TIMEOUT, says, SHORT_S)


def body_fails(behaviour: Callable[[HostileServers], Behaviour], says: str) -> Scenario:
    return Scenario(behaviour, FailurePhase.BODY, says)


def head_fails(behaviour: Callable[[HostileServers], Behaviour], says: str) -> Scenario:
    return Scenario(behaviour, FailurePhase.FIRST_BYTE, says)


SILENT = Scenario(
    lambda h: h.keeps_silent(), FailurePhase.TIMEOUT, "then silence", SHORT_S, WakeHint.SILENCE
)
SCENARIOS = {
    # slow, or for ever
    "silence": SILENT,
    "silence without reading": Scenario(
        lambda h: says_nothing, FailurePhase.TIMEOUT, "then silence", SHORT_S, WakeHint.SILENCE
    ),
    "status line drips": never_ends(lambda h: h.drips(b"", b"H"), "did not end"),
    "headers drip": never_ends(lambda h: h.drips(OK_HEAD, b"X-A: b\r\n"), "did not end"),
    "body drips": never_ends(
        lambda h: h.drips(OK_HEAD + b"Content-Length: 9999\r\n\r\n", b"x"), "did not end"
    ),
    "chunks drip": never_ends(lambda h: h.drips(CHUNKED, b"1\r\nx\r\n"), "did not end"),
    "informational answers drip": never_ends(
        lambda h: h.drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "did not end"
    ),
    "head stops in the middle": never_ends(
        lambda h: h.keeps_silent(OK_HEAD + b"X-A"), "did not end"
    ),
    "body stops in the middle": never_ends(
        lambda h: h.keeps_silent(OK_HEAD + b"Content-Length: 10\r\n\r\nhalf"), "did not end"
    ),
    # too much
    "endless body": body_fails(lambda h: h.floods(OK_HEAD + b"\r\n", b"x"), "1 MiB"),
    "endless chunks": body_fails(
        lambda h: h.floods(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"), "1 MiB"
    ),
    "endless tiny chunks": body_fails(lambda h: h.floods(CHUNKED, b"1\r\nx\r\n"), "pieces"),
    "endless trailers": body_fails(
        lambda h: h.floods(CHUNKED + b"0\r\n", b"X-A: b\r\n"), "the answer"
    ),
    "a terabyte announced": body_fails(
        lambda h: h.answers(OK_HEAD + b"Content-Length: 1099511627776\r\n\r\nx"), "1 MiB"
    ),
    "more bytes announced than integers should have": body_fails(
        lambda h: h.answers(OK_HEAD + b"Content-Length: " + b"9" * 19 + b"\r\n\r\nx"), "1 MiB"
    ),
    "two mebibytes": body_fails(lambda h: h.answers(OK_HEAD + b"\r\n" + b"x" * (2 * MIB)), "1 MiB"),
    "endless header": head_fails(lambda h: h.floods(OK_HEAD + b"X-A: ", b"a"), "answer"),
    "endless headers": head_fails(lambda h: h.floods(OK_HEAD, b"X-A: b\r\n"), "answer"),
    "2,000 headers": head_fails(
        lambda h: h.answers(OK_HEAD + b"X-A: b\r\n" * 2_000 + b"\r\n"), "2000 headers"
    ),
    "few headers, but large": head_fails(
        lambda h: h.answers(OK_HEAD + (b"X-A: " + b"a" * 4_000 + b"\r\n") * 12 + b"\r\n"),
        "12 headers",
    ),
    "flood of informational answers": head_fails(
        lambda h: h.floods(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "64 KiB"
    ),
    # packed
    "gzip bomb": body_fails(lambda h: h.answers_with(gzip_bomb(), GZIPPED), "4 MiB"),
    "gzip bomb in pieces": body_fails(
        lambda h: h.answers_with(gzip.compress(b"\0" * MIB) * 10, GZIPPED), "4 MiB"
    ),
    "thousands of gzips": body_fails(
        lambda h: h.answers_with(gzip.compress(b"") * 10_000, GZIPPED), "pieces"
    ),
    "gzip cut off": body_fails(
        lambda h: h.answers_with(gzip.compress(b"hello" * 99)[:-9], GZIPPED), "middle"
    ),
    "gzip that is none": body_fails(lambda h: h.answers_with(b"plain", GZIPPED), "gzip"),
    "gzip in gzip": body_fails(
        lambda h: h.answers_with(
            gzip.compress(gzip.compress(b"x")), "Content-Encoding: gzip, gzip"
        ),
        "gzip, gzip",
    ),
    "brotli unasked": body_fails(
        lambda h: h.answers_with(b"x", "Content-Encoding: br"), "encoded as br"
    ),
    # broken off
    "closes after the request": head_fails(lambda h: h.answers(b""), "without an answer"),
    "resets after the request": head_fails(lambda h: h.resets(), "without an answer"),
    "closes in the head": head_fails(lambda h: h.answers(OK_HEAD + b"X-A: b"), "in the head"),
    "closes in the body": body_fails(
        lambda h: h.answers(OK_HEAD + b"Content-Length: 10\r\n\r\nhalf"), "broke off"
    ),
    "resets in the body": body_fails(
        lambda h: h.resets(OK_HEAD + b"Content-Length: 10\r\n\r\nhalf"), "in the middle"
    ),
    "closes in a chunk": body_fails(lambda h: h.answers(CHUNKED + b"5\r\nha"), "broke off"),
    # not HTTP
    "garbage": head_fails(lambda h: h.answers(b"\x00\xff\x1b[31mgarbage\r\n\r\n"), "no HTTP"),
    "SSH": head_fails(lambda h: h.answers(b"SSH-2.0-OpenSSH_9.2\r\n"), "in the head"),
    "HTTP/0.9": head_fails(lambda h: h.answers(b"<html>hello</html>"), "in the head"),
    "ICY": head_fails(lambda h: h.answers(b"ICY 200 OK\r\n\r\n"), "no HTTP"),
    "status 999": head_fails(lambda h: h.answers_with(b"", status="999 Odd"), "999"),
    "status 000": head_fails(lambda h: h.answers_with(b"", status="000 Odd"), ""),
    "no status": head_fails(lambda h: h.answers(b"HTTP/1.1 OK\r\n\r\n"), "no HTTP"),
    "unasked upgrade": head_fails(
        lambda h: h.answers(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "no HTTP"
    ),
    "header without colon": head_fails(lambda h: h.answers(OK_HEAD + b"nothing\r\n\r\n"), "no"),
    "NUL in a header": head_fails(lambda h: h.answers(OK_HEAD + b"X-A: \0b\r\n\r\n"), "no HTTP"),
    "length that is none": head_fails(
        lambda h: h.answers(OK_HEAD + b"Content-Length: -5\r\n\r\n"), "no HTTP"
    ),
    "two lengths": head_fails(
        lambda h: h.answers(OK_HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"), "no"
    ),
    "bad chunk": body_fails(lambda h: h.answers(CHUNKED + b"zz\r\nx\r\n"), "broke off"),
    "negative chunk": body_fails(lambda h: h.answers(CHUNKED + b"-1\r\nx\r\n"), "broke off"),
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_every_misbehaviour_is_one_typed_failure(
    name: str, hostile: HostileServers, prober: Prober
) -> None:
    scenario = SCENARIOS[name]
    port = hostile.serve(scenario.behaviour(hostile))

    seen = await prober.look(
        HttpCheck(url=f"http://127.0.0.1:{port}/"), timeout_s=scenario.deadline_s
    )

    assert left_behind(port) == []
    assert (seen.outcome, seen.phase) == (Outcome.FAIL, scenario.phase), seen
    assert scenario.says in seen.error
    assert seen.wake_hint is scenario.hint
    assert seen.latency_ms is None
    assert seen.address == f"127.0.0.1:{port}"
    assert is_harmless(seen.error)
    assert is_harmless(seen.kept)


async def test_nobody_listens(prober: Prober) -> None:
    port = unused_port()

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.CONNECT)
    assert seen.error == f"refused by 127.0.0.1:{port}"
    assert left_behind(port) == []


@pytest.mark.parametrize(
    "charset", ["zlib_codec", "idna", "punycode", "utf-7", "no-such", "utf-8\x00", "raw_unicode"]
)
async def test_a_charset_is_never_more_than_a_charset(
    charset: str, hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(
        hostile.answers_with(b"xn--hello-", f"Content-Type: text/plain; charset={charset}")
    )

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", contains="hello"))

    # A NUL is no header at all; everything else is read as UTF-8.
    expected = FailurePhase.FIRST_BYTE if "\x00" in charset else None
    assert seen.phase is expected, seen


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"a":' * 200_000,
        b'{"status": ' + b"9" * 900_000 + b"}",
        b'{"status": NaN}',
        b'{"status": 1e999}',
        b'{"status": "ok", "status": "ok"}',
        b"null",
        b"",
        b"\xff\xfe\x00",
        b'"\\ud800"',
    ],
)
async def test_a_json_bomb_is_a_failed_assertion(
    body: bytes, hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(body))
    check = HttpCheck(url=f"http://127.0.0.1:{port}/", json=[{"path": "status", "is": "ok"}])

    seen = await prober.look(check, timeout_s=AMPLE_S)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION), seen
    assert is_harmless(seen.error)


async def test_the_answer_of_a_failure_is_kept_harmless(
    hostile: HostileServers, prober: Prober
) -> None:
    nasty = "\x1b]52;c;aGk=\x07 [bold]x[/] \u202eabc \ud7ff\x9b31m\r\nsecond line\n" + "y" * 10_000
    port = hostile.serve(hostile.answers_with(nasty.encode(), status="500 Oh\x1b[31m"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.phase, seen.status) == (FailurePhase.ASSERTION, 500)
    assert seen.error == "status 500, expected 200-299"
    assert "second line" in seen.kept.split("\n")[1]
    assert len(seen.kept) <= 1_024
    assert is_harmless(seen.kept)


async def test_what_came_of_a_body_that_broke_off_is_kept(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers(OK_HEAD + b"Content-Length: 99\r\n\r\nTraceback: oh"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.phase, seen.kept) == (FailurePhase.BODY, "Traceback: oh")


async def test_a_wrong_status_is_told_even_when_the_body_never_ends(
    hostile: HostileServers, prober: Prober
) -> None:
    head = b"HTTP/1.1 503 Unavailable\r\nContent-Length: 9999\r\n\r\nnot now"
    slow = hostile.serve(hostile.drips(head, b"x"))
    broken = hostile.serve(hostile.resets(head))

    for port, kept in ((slow, ""), (broken, "not now")):
        seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"), timeout_s=SHORT_S)
        assert (seen.phase, seen.status) == (FailurePhase.ASSERTION, 503), seen
        assert (seen.wake_hint, seen.kept) == (WakeHint.GATEWAY, kept)
        assert left_behind(port) == []


async def test_the_request_is_not_taken(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(says_nothing)
    check = HttpCheck(url=f"http://127.0.0.1:{port}/", method="POST", body="x" * (16 * MIB))

    seen = await prober.look(check, timeout_s=SHORT_S)

    assert seen.phase is FailurePhase.TIMEOUT
    assert "did not take the request" in seen.error
    assert seen.wake_hint is None
    assert left_behind(port) == []


@pytest.mark.parametrize("behaviour", [hangs_up, resets_at_once])
async def test_a_server_that_does_not_even_listen(
    behaviour: Behaviour, hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(behaviour)

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    # How far the request comes before the end of the connection does is a matter of luck.
    assert seen.outcome is Outcome.FAIL
    assert seen.phase in (FailurePhase.CONNECT, FailurePhase.SEND, FailurePhase.FIRST_BYTE)
    assert f"127.0.0.1:{port}" in seen.error
    assert left_behind(port) == []


async def test_a_connection_reset_while_sending_fails_in_that_phase(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.resets())
    check = HttpCheck(url=f"http://127.0.0.1:{port}/", method="POST", body="x" * (16 * MIB))

    seen = await prober.look(check, timeout_s=AMPLE_S)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.SEND), seen
    assert left_behind(port) == []


def is_harmless(text: str) -> bool:
    """Nothing in it that a terminal acts on."""
    return all(
        char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        for char in text
    )
