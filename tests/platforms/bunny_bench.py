"""A library on the sandbox's Bunny look-alike, and clients that ask it and other servers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from receivers import Receiver, answer

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.platforms.bunny import Bunny
from sentinel_tui.sandbox.bunny.api import BunnyApi
from sentinel_tui.sandbox.bunny.library import BunnyLibrary
from sentinel_tui.sandbox.films import Film, Survival, film_id
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.viewing import Audience

NAME = "previews"


class HastyClock(FakeClock):
    """A clock whose sleepers wake at once: what they wait for passes on it, and nowhere else."""

    def __init__(self) -> None:
        super().__init__()
        self.slept_s = 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept_s += seconds

    def elapsed_s(self) -> float:
        return super().elapsed_s() + self.slept_s


def film(
    clock: FakeClock, title: str, age_days: float, members: Mapping[str, Any] | None = None
) -> Film:
    """A film of five minutes that some watch, or one with other members."""
    one = Film(
        id=film_id(NAME, title),
        library=NAME,
        title=title,
        length_s=300.0,
        published_ms=clock.now_ms() - round(age_days * DAY_MS),
        fans=8.0,
        survival=_SURVIVAL,
    )
    return replace(one, **(members or {}))


_SURVIVAL = Survival((0.0, 0.2, 1.0), (1.0, 0.6, 0.3))


class Bench:
    """A library with films in it, its API on a port, and the clock they go by."""

    def __init__(self, films: list[Film], clock: FakeClock) -> None:
        self.clock = clock
        self.library = BunnyLibrary(NAME, 4_711, Audience(films, seed=3))
        self.api = BunnyApi([self.library], clock)
        self.host = Host(self.api, clock)
        self.host.start()
        self.client_clock = HastyClock()
        self.client = self.client_with(self.library.key)

    def client_with(self, key: str, **more: Any) -> Bunny:
        return Bunny(
            Secret(key),
            self.library.id,
            NAME,
            self.client_clock,
            base_url=f"http://{LOOPBACK}:{self.host.port}",
            allow_private=True,
            **more,
        )


def asking(receiver: Receiver, *answers: Any) -> Bunny:
    """A client of a server that answers with these, one after the other."""
    receiver.answers = [answer(json.dumps(one).encode()) for one in answers]
    url = f"http://{LOOPBACK}:{receiver.port}"
    key = Secret("canary-of-the-library")
    return Bunny(key, 7, NAME, HastyClock(), base_url=url, allow_private=True)


def row(number: int, **members: Any) -> dict[str, Any]:
    """The least that a video of Bunny's is made of, and more."""
    least = {
        "guid": f"00000000-0000-4000-8000-{number:012}",
        "title": f"Video {number}",
        "dateUploaded": "2027-01-01T10:00:00",
        "views": number,
        "length": 60,
        "status": 4,
        "averageWatchTime": 30,
        "totalWatchTime": 30 * number,
    }
    return least | members


def page(rows: list[Any], total: int) -> dict[str, Any]:
    return {"totalItems": total, "currentPage": 1, "itemsPerPage": 1_000, "items": rows}
