"""Names are looked up in threads of our own, which hold nothing else up."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator

import pytest

from sentinel_tui.probes import resolver as module
from sentinel_tui.probes.resolver import Address, Resolver, literal_address
from sentinel_tui.probes.trail import Trail


@pytest.fixture
async def resolver() -> AsyncIterator[Resolver]:
    one = Resolver()
    yield one
    one.close()


class StuckSystem:
    """A system's resolver that answers when it is let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        self.go.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> StuckSystem:
    system = StuckSystem()
    monkeypatch.setattr(module.socket, "getaddrinfo", system)
    return system


async def test_this_machine_knows_itself(resolver: Resolver) -> None:
    found = await resolver.addresses("localhost", "4", Trail())

    assert found == [Address(socket.AF_INET, "127.0.0.1")]


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", ".", "\udcff"])
async def test_what_is_no_name_is_an_error_like_any_other(host: str, resolver: Resolver) -> None:
    with pytest.raises(socket.gaierror):
        await resolver.addresses(host, "any", Trail())


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", Address(socket.AF_INET, "127.0.0.1")),
        ("::1", Address(socket.AF_INET6, "::1")),
        ("127.1", None),
        ("0x7f.0.0.1", None),
        ("localhost", None),
        ("", None),
        ("a\0b", None),
    ],
)
def test_literal_addresses(host: str, expected: Address | None) -> None:
    assert literal_address(host) == expected


def test_addresses_as_people_write_them() -> None:
    assert Address(socket.AF_INET, "192.0.2.1").with_port(80) == "192.0.2.1:80"
    assert Address(socket.AF_INET6, "::1").with_port(80) == "[::1]:80"


async def test_the_same_question_is_asked_once_at_a_time(
    resolver: Resolver, stuck: StuckSystem
) -> None:
    looks = [
        asyncio.create_task(resolver.addresses("shop.example", "any", Trail())) for _ in range(50)
    ]
    await asyncio.sleep(0)
    stuck.go.set()

    answers = await asyncio.gather(*looks)

    assert stuck.asked == ["shop.example"]
    assert {answer[0].ip for answer in answers} == {"192.0.2.1"}
    await resolver.addresses("shop.example", "any", Trail())
    assert stuck.asked == ["shop.example"] * 2


async def test_a_lookup_that_only_waited_for_a_thread_says_so(
    resolver: Resolver, stuck: StuckSystem
) -> None:
    trails = [Trail() for _ in range(12)]
    looks = [
        asyncio.create_task(resolver.addresses(f"n{number}.example", "any", trail))
        for number, trail in enumerate(trails)
    ]
    while len(stuck.asked) < module._MOST_THREADS:
        await asyncio.sleep(0)
    for look in looks:
        look.cancel()
    await asyncio.gather(*looks, return_exceptions=True)

    waited = [trail for trail in trails if trail.own_fault]
    assert len(waited) == len(trails) - module._MOST_THREADS
    stuck.go.set()


async def test_threads_end_with_the_resolver(stuck: StuckSystem) -> None:
    stuck.go.set()
    before = set(threading.enumerate())
    resolver = Resolver()
    await resolver.addresses("shop.example", "any", Trail())
    ours = set(threading.enumerate()) - before

    resolver.close()

    assert ours
    for thread in ours:
        thread.join(10)
        assert not thread.is_alive()
