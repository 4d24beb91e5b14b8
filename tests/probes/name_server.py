"""A small real name server on loopback, over UDP and TCP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Answer = Callable[[dns.message.Message], list[bytes]]


class NameServer:
    """Answers every question by `answer`, which returns the datagrams to send.

    Attributes:
        port: Where it listens.
        asked: The questions that came by UDP.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._stream = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._stream.getsockname()[1])
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", self.port))
        self.asked: list[str] = []
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._udp, self._tcp)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", ("127.0.0.1", self.port))
        self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        for thread in self._threads:
            thread.join(10)
        self._datagrams.close()

    def _udp(self) -> None:
        while True:
            wire, sender = self._datagrams.recvfrom(4_096)
            if not wire:
                return
            question = dns.message.from_wire(wire)
            self.asked.append(str(question.question[0]))
            for datagram in self._answer(question):
                self._datagrams.sendto(datagram, sender)

    def _tcp(self) -> None:
        while True:
            try:
                talk, _ = self._stream.accept()
            except OSError:
                return
            with talk, contextlib.suppress(OSError):
                talk.settimeout(5)
                wire = talk.recv(4_096)[2:]
                whole = response(dns.message.from_wire(wire), "shop.example. 60 IN A 192.0.2.9")
                message = whole.to_wire()
                talk.sendall(len(message).to_bytes(2, "big") + message)


def response(
    question: dns.message.Message, *records: str, rcode: int = dns.rcode.NOERROR
) -> dns.message.Message:
    """An answer to `question` with these records, written as in a zone file."""
    answer = dns.message.make_response(question)
    answer.set_rcode(rcode)
    for record in records:
        name, ttl, family, kind, data = record.split(" ", 4)
        answer.answer.append(dns.rrset.from_text(name, int(ttl), family, kind, data))
    return answer


def zone(*records: str, rcode: int = dns.rcode.NOERROR) -> Answer:
    """Answers everything with the same records."""
    return lambda question: [response(question, *records, rcode=rcode).to_wire()]


def truncated(question: dns.message.Message) -> list[bytes]:
    """Says that the answer does not fit into a datagram."""
    answer = response(question)
    answer.flags |= dns.flags.TC
    return [answer.to_wire()]


def forged_first(question: dns.message.Message) -> list[bytes]:
    """Sends what is no answer to the question, and only then one that is."""
    other_id = response(question, "shop.example. 60 IN A 203.0.113.66")
    other_id.id ^= 1
    other_name = dns.message.make_response(dns.message.make_query("evil.example", "A"))
    other_name.id = question.id
    right = response(question, "shop.example. 60 IN A 192.0.2.1")
    return [b"\x00", b"\xff" * 40, other_id.to_wire(), other_name.to_wire(), right.to_wire()]


def silence(question: dns.message.Message) -> list[bytes]:
    """Never answers."""
    return []
