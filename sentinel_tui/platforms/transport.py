"""One guarded request over HTTP/1.1, for everything that Sentinel says to others.

Bounds hold for all of it, lookup and handshake included: a total deadline, a cap on the answer, no
redirects, no proxy, no cookies, a connection of its own. The address is judged as it is connected
to, after the name was resolved, so that no name can lead a message into a private network.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import h11

from sentinel_tui.config.trust import system_trust
from sentinel_tui.domain.addresses import NOT_FORBIDDEN, PUBLIC_ONLY, reach
from sentinel_tui.platforms.threads import in_thread

DEADLINE_S = 10.0
"""How long a request may take in all."""
MOST_ANSWER_BYTES = 65_536
"""How much of an answer is read, its head included."""

_READ_BYTES = 16_384
_PATIENCE_S = 3.0
_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/%:@!$&'()*+,;=~?"


class NoAnswer(Exception):
    """Nobody answered the request, or not in HTTP.

    Attributes:
        error: Why, in one sentence that quotes neither path nor query of the URL.
        sent: Whether the other side may have got the request all the same.
    """

    def __init__(self, error: str, *, sent: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: The status, 200 to 599 and whatever else was sent.
        headers: By their names in lower case; of several with one name the last.
        body: As much of the body as came within the bounds.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Target(NamedTuple):
    """Where a URL leads."""

    scheme: str
    host: str
    port: int
    path: str


async def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    allow_private: bool = False,
    deadline_s: float = DEADLINE_S,
    most_bytes: int = MOST_ANSWER_BYTES,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Send one request and give back the answer, whatever its status.

    The status is what counts: once it has come, an answer that does not end is cut, no failure.

    Args:
        method: GET or POST.
        url: Where to; https, or plain http too where private addresses are allowed.
        headers: What to send besides host, length and connection.
        body: What to send after them.
        allow_private: Whether it may go to this machine or its own network. Link-local addresses
            and those at which clouds keep their secrets are never talked to.
        deadline_s: How long all of it may take.
        most_bytes: How much of the answer is read, its head included.
        trust: Whose certificates are trusted; left out, the system's, read anew.

    Raises:
        NoAnswer: There was no answer in time, or the URL leads where none may be sent.
    """
    target = _target(url, allow_private=allow_private)
    talk: _Talk | None = None
    try:
        async with asyncio.timeout(deadline_s):
            sock = await _connected(target, allow_private=allow_private)
            talk = await _begin(target, sock, trust, most_bytes)
            await talk.send(method, headers, body)
            await talk.read()
    except (OSError, h11.RemoteProtocolError) as error:  # a TimeoutError is an OSError
        if talk is None or talk.status is None:
            raise NoAnswer(_broken(target.host, error, deadline_s), sent=talk is not None) from None
    except h11.LocalProtocolError:
        # The library's own words quote the header, which may be a secret.
        raise NoAnswer("the request cannot be sent: HTTP forbids characters in it") from None
    finally:
        if talk is not None:
            talk.close()
    return talk.answer()


async def _begin(
    target: _Target, sock: socket.socket, trust: ssl.SSLContext | None, most_bytes: int
) -> _Talk:
    try:
        tls = (trust or await in_thread(system_trust)) if target.scheme == "https" else None
        reader, writer = await asyncio.open_connection(
            sock=sock, ssl=tls, server_hostname=target.host if tls else None
        )
    except BaseException:
        sock.close()
        raise
    return _Talk(target, reader, writer, most_bytes)


class _Talk:
    """One connection, for one request and its answer."""

    def __init__(
        self,
        target: _Target,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        most_bytes: int,
    ) -> None:
        self.status: int | None = None
        self._most_bytes = most_bytes
        self._target = target
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=32_768)
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    async def send(self, method: str, headers: Mapping[str, str], body: bytes) -> None:
        sent = {"host": _authority(self._target), "connection": "close", **headers}
        if body or method == "POST":
            sent["content-length"] = str(len(body))
        head = h11.Request(method=method, target=self._target.path, headers=list(sent.items()))
        parts = [head, h11.Data(data=body), h11.EndOfMessage()]
        self._writer.write(b"".join(self._http.send(part) or b"" for part in parts))
        await self._writer.drain()

    async def read(self) -> None:
        """Read until the answer ends or is larger than anybody needs."""
        received = 0
        while True:
            event = self._http.next_event()
            match event:
                case h11.NEED_DATA:
                    if received > self._most_bytes:
                        break
                    data = await self._reader.read(_READ_BYTES)
                    if not data and not received:
                        host = self._target.host
                        raise NoAnswer(f"{host} hung up without an answer", sent=True)
                    received += len(data)
                    self._http.receive_data(data)
                case h11.Response():
                    self.status = event.status_code
                    self._headers = {
                        name.decode("latin-1"): value.decode("latin-1")
                        for name, value in event.headers
                    }
                case h11.Data():
                    self._body += event.data
                case h11.EndOfMessage() | h11.ConnectionClosed():
                    break
        if self.status is None:
            why = f"the answer of {self._target.host} has a head without an end"
            raise NoAnswer(why, sent=True)

    def answer(self) -> Answer:
        return Answer(self.status or 0, self._headers, bytes(self._body[: self._most_bytes]))

    def close(self) -> None:
        """Give the connection back at once; nothing is waited for."""
        self._writer.transport.abort()


def _target(url: str, *, allow_private: bool) -> _Target:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = "", 0
    if not host or "@" in parts.netloc:
        raise NoAnswer("this is no URL that can be talked to; write https:// and a host")
    if parts.scheme != "https" and not allow_private:
        raise NoAnswer(f"{host} would be told over plain http; use https, or set allow_private")
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    query = f"?{quote(parts.query, safe=_PATH_SAFE)}" if parts.query else ""
    return _Target(parts.scheme, host, port, path + query)


def _authority(target: _Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == _PORTS[target.scheme] else f"{host}:{target.port}"


async def _connected(target: _Target, *, allow_private: bool) -> socket.socket:
    """A connection to the first of the host's addresses that takes one and may be talked to."""
    lookup = partial(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
    try:
        found = await in_thread(lookup)
    except OSError:
        raise NoAnswer(f"{target.host} cannot be looked up") from None
    allowed = NOT_FORBIDDEN if allow_private else PUBLIC_ONLY
    permitted = [one for one in found if reach(str(one[4][0]).partition("%")[0]) in allowed]
    if not permitted:
        hint = "" if allow_private else "; set allow_private if it is your own network"
        raise NoAnswer(f"{target.host} leads to {found[0][4][0]}, where nothing may be sent{hint}")
    fault: OSError | None = None
    for family, kind, _, _, address in permitted:
        try:
            async with asyncio.timeout(None if address is permitted[-1][4] else _PATIENCE_S):
                return await _open(family, kind, address)
        except OSError as error:  # a TimeoutError is one
            fault = error
    raise fault or OSError("no address")


async def _open(family: int, kind: int, address: object) -> socket.socket:
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address)  # type: ignore[arg-type]  # getaddrinfo's own
    except BaseException:
        sock.close()
        raise
    return sock


def _broken(host: str, error: Exception, deadline_s: float) -> str:
    match error:
        case TimeoutError():
            return f"{host} did not answer within {deadline_s:g} s"
        case ssl.SSLCertVerificationError():
            return f"the certificate of {host} is not trusted: {error.verify_message}"
        case h11.RemoteProtocolError():
            return f"the answer of {host} is no HTTP"
        case ConnectionRefusedError():
            return f"{host} refused the connection"
        case ConnectionError():
            return f"{host} broke the connection off"
        case ssl.SSLError():
            return f"{host}: TLS failed: {(error.reason or 'unknown').replace('_', ' ').lower()}"
        case _:
            return f"{host} cannot be reached: {getattr(error, 'strerror', None) or error}"
