"""Questions put to name servers directly, without the system's resolver in between."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage

_PATIENCE_S = 2.0
"""How long a name server is given before the next one, or the same one again, is asked."""
_LIFE_SIGN_S = 1.0
_LARGEST_DATAGRAM_BYTES = 65_535


class NameServer(NamedTuple):
    """Where a name server listens."""

    ip: str
    port: int = 53

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"

    @property
    def family(self) -> int:
        """Its family of addresses."""
        return socket.AF_INET6 if ":" in self.ip else socket.AF_INET


def system_name_servers() -> list[NameServer]:
    """The name servers this machine is set up to ask; none where it is set up badly."""
    from dns.exception import DNSException
    from dns.resolver import Resolver

    try:
        system = Resolver()
    except (DNSException, OSError):
        return []
    return [NameServer(str(ip), system.port) for ip in system.nameservers]


async def ask(servers: Sequence[NameServer], question: QueryMessage) -> Message:
    """The answer of the first server that gives one, asked in turn until the caller's deadline.

    Raises:
        OSError: None of them can be reached.
    """
    errors = 0
    for server in itertools.cycle(servers):
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await _ask_one(server, question)
        except TimeoutError:
            errors = 0
        except OSError:
            errors += 1
            if errors == len(servers):
                raise
    raise OSError("there is no name server to ask")


async def name_server_answers(servers: Sequence[NameServer] | None = None) -> bool:
    """Whether any of this machine's name servers shows life, whatever it answers."""
    import dns.message

    question = dns.message.make_query(".", "NS")
    try:
        async with asyncio.timeout(_LIFE_SIGN_S):
            await ask(system_name_servers() if servers is None else servers, question)
    except OSError:  # a TimeoutError is one
        return False
    return True


async def _ask_one(server: NameServer, question: QueryMessage) -> Message:
    answer = await _ask_by_datagram(server, question)
    return await _ask_by_stream(server, question) if _is_cut_off(answer) else answer


async def _ask_by_datagram(server: NameServer, question: QueryMessage) -> Message:
    loop = asyncio.get_running_loop()
    with socket.socket(server.family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        # Connected, so that the system drops what others send and tells when nobody listens.
        await loop.sock_connect(sock, (server.ip, server.port))
        await loop.sock_sendall(sock, question.to_wire())
        while True:
            answer = _understood(await loop.sock_recv(sock, _LARGEST_DATAGRAM_BYTES), question)
            if answer is not None:
                return answer


async def _ask_by_stream(server: NameServer, question: QueryMessage) -> Message:
    loop = asyncio.get_running_loop()
    with socket.socket(server.family, socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, (server.ip, server.port))
        await loop.sock_sendall(sock, question.to_wire(prepend_length=True))
        size = int.from_bytes(await _receive_exactly(sock, 2), "big")
        answer = _understood(await _receive_exactly(sock, size), question)
    if answer is None:
        raise ConnectionError(f"{server} answered something else than was asked")
    return answer


async def _receive_exactly(sock: socket.socket, size: int) -> bytes:
    loop = asyncio.get_running_loop()
    received = b""
    while len(received) < size:
        part = await loop.sock_recv(sock, size - len(received))
        if not part:
            raise ConnectionResetError("the name server closed the connection")
        received += part
    return received


def _understood(datagram: bytes, question: QueryMessage) -> Message | None:
    """The message, or None for what is no answer to the question: late, forged or broken."""
    import dns.exception
    import dns.message

    try:
        message = dns.message.from_wire(datagram)
    except (dns.exception.DNSException, ValueError):
        return None
    return message if question.is_response(message) else None


def _is_cut_off(message: Message) -> bool:
    import dns.flags

    return bool(message.flags & dns.flags.TC)
