"""One guarded request: bounded, unredirected, and never into a private network unless allowed."""

from __future__ import annotations

import asyncio
import socket
import ssl

import pytest
from receivers import (
    Behaviour,
    Receiver,
    answer,
    drips,
    floods,
    hangs_up,
    keeps_silent,
    serving,
)

from sentinel_tui.platforms import transport
from sentinel_tui.platforms.transport import MOST_ANSWER_BYTES, NoAnswer, exchange


async def test_what_is_sent_and_what_comes_back(receiver: Receiver) -> None:
    receiver.answers = [answer(b"taken", "X-Id: 3", status="202 Accepted")]
    url = f"http://127.0.0.1:{receiver.port}/hooks/é?a=b c&d=%20"

    got = await exchange(
        "POST", url, headers={"content-type": "text/plain"}, body=b"\xff\0 body", allow_private=True
    )

    assert (got.status, got.headers["x-id"], got.body) == (202, "3", b"taken")
    (request,) = receiver.requests
    assert (request.method, request.body) == ("POST", b"\xff\0 body")
    assert request.path == "/hooks/%C3%A9?a=b%20c&d=%20"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert "accept-encoding" not in request.headers


async def test_the_environment_names_no_proxy(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    url = f"http://127.0.0.1:{receiver.port}/"
    assert (await exchange("GET", url, headers={}, allow_private=True)).status == 200


@pytest.mark.usefixtures("trusted")
async def test_tls_is_checked_by_name(server_tls: ssl.SSLContext) -> None:
    one = Receiver()
    async with serving(one.behave, server_tls) as port:
        got = await exchange("GET", f"https://localhost:{port}/", headers={}, allow_private=True)
    assert got.status == 200


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # asyncio's server, of what we hung up on
async def test_a_certificate_nobody_trusts_is_no_receiver(server_tls: ssl.SSLContext) -> None:
    one = Receiver()
    async with serving(one.behave, server_tls) as port:
        with pytest.raises(NoAnswer, match="certificate of localhost is not trusted"):
            await exchange("GET", f"https://localhost:{port}/", headers={}, allow_private=True)
    assert one.requests == []


# -- where a message may go -------------------------------------------------------------------

PRIVATE = ["127.0.0.1", "[::1]", "10.0.0.1", "192.168.1.1", "[::ffff:127.0.0.1]", "[fd00::1]"]
FORBIDDEN = ["169.254.169.254", "[fe80::1]", "100.100.100.200", "[64:ff9b::a9fe:a9fe]", "224.0.0.1"]


@pytest.mark.parametrize("host", PRIVATE + FORBIDDEN)
async def test_private_addresses_are_not_talked_to(host: str) -> None:
    with pytest.raises(NoAnswer, match="where nothing may be sent"):
        await exchange("POST", f"https://{host}/", headers={})


@pytest.mark.parametrize("host", FORBIDDEN)
async def test_some_addresses_are_never_talked_to(host: str) -> None:
    with pytest.raises(NoAnswer, match="where nothing may be sent"):
        await exchange("POST", f"http://{host}/latest/meta-data", headers={}, allow_private=True)


@pytest.mark.parametrize("ip", ["127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"])
async def test_the_address_is_judged_not_the_name(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET

    def resolve(*_: object, **__: object) -> list[object]:
        return [(family, socket.SOCK_STREAM, 6, "", (ip, 443))]

    monkeypatch.setattr(transport.socket, "getaddrinfo", resolve)
    with pytest.raises(NoAnswer, match=r"leads to .*, where nothing may be sent"):
        await exchange("POST", "https://hooks.example.com/", headers={})


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example.com", "ftp://a/", "https://", "https://u:p@host/", "https://[::1/", "//a"],
)
async def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(NoAnswer, match="no URL"):
        await exchange("POST", url, headers={}, allow_private=True)


async def test_plain_http_is_only_for_private_receivers() -> None:
    with pytest.raises(NoAnswer, match="plain http"):
        await exchange("POST", "http://hooks.example.com/", headers={})


async def test_a_redirect_is_an_answer_like_any_other(receiver: Receiver) -> None:
    receiver.answers = [answer(b"", "Location: http://169.254.169.254/", status="307 Go")]
    url = f"http://127.0.0.1:{receiver.port}/"
    got = await exchange("POST", url, headers={}, body=b"x", allow_private=True)
    assert (got.status, len(receiver.requests)) == (307, 1)


# -- hostile receivers ------------------------------------------------------------------------

NEVER_ANSWER = {
    "silence": keeps_silent,
    "a head that never ends": drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "a flood of headers": floods(
        b"HTTP/1.1 200 OK\r\n", b"X-A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n"
    ),
    "one endless header": floods(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "a flood of 103": floods(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "a drip of 100": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "garbage": floods(b"", b"\xff\x00garbage"),
    "no status": drips(b"HTTP/1.1 OK\r\n\r\n", b" "),
    "an unasked upgrade": drips(b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n", b"x"),
    "a hang-up": hangs_up,
}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("behave", NEVER_ANSWER.values(), ids=NEVER_ANSWER)
async def test_who_never_answers_is_left_in_time(behave: Behaviour, scheme: str) -> None:
    async with serving(behave) as port:
        url = f"{scheme}://127.0.0.1:{port}/secret-path"
        with pytest.raises(NoAnswer) as nobody:
            async with asyncio.timeout(5):
                await exchange("POST", url, headers={}, allow_private=True, deadline_s=0.3)
    assert nobody.value.error.isprintable()
    assert "secret-path" not in nobody.value.error


async def test_who_hangs_up_is_said_to() -> None:
    async with serving(hangs_up) as port:
        with pytest.raises(NoAnswer, match=r"hung up|broke the connection off"):
            await exchange("GET", f"http://127.0.0.1:{port}/", headers={}, allow_private=True)


CUT = {
    "an endless body": floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "a dripping body": drips(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "endless chunks": floods(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"
    ),
    "a length it never reaches": drips(
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", b"x"
    ),
    "a broken chunk": drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz"),
}


@pytest.mark.parametrize("behave", CUT.values(), ids=CUT)
async def test_once_the_status_has_come_the_rest_is_cut(behave: Behaviour) -> None:
    async with serving(behave) as port, asyncio.timeout(5):
        url = f"http://127.0.0.1:{port}/"
        got = await exchange("POST", url, headers={}, allow_private=True, deadline_s=0.3)
    assert got.status == 200
    assert len(got.body) <= MOST_ANSWER_BYTES


async def test_nobody_listens(unused_port: int) -> None:
    with pytest.raises(NoAnswer, match="refused the connection"):
        await exchange("GET", f"http://127.0.0.1:{unused_port}/", headers={}, allow_private=True)


async def test_a_name_that_is_none() -> None:
    with pytest.raises(NoAnswer, match=r"nowhere\.invalid cannot be looked up"):
        await exchange("GET", "https://nowhere.invalid/", headers={})


async def test_a_header_that_cannot_be_sent_is_not_quoted(receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/"
    with pytest.raises(NoAnswer, match="forbids") as refused:
        await exchange("GET", url, headers={"authorization": "a\r\nb: canary"}, allow_private=True)
    assert "canary" not in refused.value.error


async def test_cancellation_passes_through() -> None:
    async with serving(keeps_silent) as port:
        url = f"http://127.0.0.1:{port}/"
        task = asyncio.create_task(exchange("GET", url, headers={}, allow_private=True))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
