"""What tests of reading videos are made with: two small libraries at the look-alike of Bunny."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import closing
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from sentinel_tui.clock import Clock, FakeClock
from sentinel_tui.config.model import Config
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.libraries import Libraries
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.workers.bunny import LibraryRounds
from sentinel_tui.errors import SecretError
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.bunny import Bunny
from sentinel_tui.sandbox.bunny.api import BunnyApi
from sentinel_tui.sandbox.bunny.library import BunnyLibrary
from sentinel_tui.sandbox.films import Film, Survival, film_id
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.viewing import Audience
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.videos import register_libraries
from sentinel_tui.store.writer import StoreWriter

T = TypeVar("T")

NOON_MS = 1_800_014_400_000
"""2027-01-15 12:00 UTC."""

IDS = {"previews": 4_711, "courses": 4_712}


def films(library: str, count: int, fans: float = 8.0, length_s: float = 90.0) -> list[Film]:
    """Films of a library, one each week, the newest a week old."""
    stays = Survival((0.0, 0.3, 1.0), (1.0, 0.7, 0.4))
    return [
        Film(
            id=film_id(library, f"{library} {number}"),
            library=library,
            title=f"{library} {number}",
            length_s=length_s,
            published_ms=NOON_MS - 7 * number * DAY_MS,
            fans=fans,
            survival=stays,
        )
        for number in range(1, count + 1)
    ]


class Bunnies:
    """The platform, asked over a real socket.

    Attributes:
        libraries: Its libraries, by their owner's names for them.
        api: Its API.
    """

    def __init__(self, clock: Clock, there: list[Film]) -> None:
        audience = Audience(there, seed=5)
        self.libraries = {
            name: BunnyLibrary(name, library_id, audience) for name, library_id in IDS.items()
        }
        self.api = BunnyApi(list(self.libraries.values()), clock)
        self.keys = {name: one.key for name, one in self.libraries.items()}
        self._host = Host(self.api, clock)
        self._host.start()

    def options(self, name: str, **other: Any) -> dict[str, Any]:
        """A library's table in the configuration."""
        role = "public" if name == "previews" else "private"
        asked = {"bunny_id": IDS[name], "key": f"env:{name.upper()}_KEY"}
        return {"name": name, "role": role, **asked, **other}

    def connect(self, options: LibraryOptions, requests_per_s: int, clock: Clock) -> Bunny | None:
        """Makes the engine's client: the real one."""
        if options.bunny_id is None:
            return None
        return Bunny(
            Secret(self.keys[options.name]),
            options.bunny_id,
            options.name,
            clock,
            base_url=f"http://{LOOPBACK}:{self._host.port}",
            requests_per_s=requests_per_s,
            allow_private=True,
        )

    def asked(self, part: str = "") -> list[str]:
        """The paths that were asked for so far, with their queries."""
        asked = (f"{one.path}?{one.query}" for one in self.api.calls)
        return [one for one in asked if part in one]

    async def stop(self) -> None:
        await self._host.stop()


async def while_time_passes(clock: FakeClock, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns; the clock goes on only as fast as real sockets answer."""
    task = asyncio.ensure_future(work)
    while not (await asyncio.wait([task], timeout=0.002))[0]:
        await clock.advance(0.1)
    return await task


class Reading:
    """The worker on a real store, and what a test wants to know of it."""

    def __init__(
        self, clock: FakeClock, paths: Paths, writer: StoreWriter, bunnies: Bunnies
    ) -> None:
        self.clock = clock
        self.bunnies = bunnies
        self.online = True
        self._paths = paths
        self._writer = writer
        self._recording = Recording(writer, clock)
        self.libraries = Libraries(self._recording)
        alerts = OwnAlerts(self._recording, [])
        edges = Edges(None, library=self._connect)  # type: ignore[arg-type] # nobody is looked at
        self.rounds = LibraryRounds(
            clock, writer, self.libraries, alerts, edges, lambda: not self.online
        )
        self.secret_error = ""

    async def go_by(self, *libraries: dict[str, Any], **options: object) -> None:
        """Go by a configuration, as an engine does that starts."""
        tables = {"requests_per_s": 10, **options, "libraries": list(libraries)}
        config = Config.model_validate({"services": [], "videos": tables})
        roles = {one.name: LibraryRole(one.role) for one in config.videos.libraries}
        await self._writer.run(lambda db: register_libraries(db, roles))
        with self.read() as reader:
            self.libraries.remember(reader.libraries())
        self.rounds.go_by(config)

    async def round(self, *names: str) -> None:
        await while_time_passes(self.clock, self.rounds.read(names or ["previews"], lambda: None))
        await self._recording.flush()

    async def pass_by(self, seconds: float) -> None:
        """Have the worker run by itself for so long."""
        worker = asyncio.ensure_future(self.rounds.run(lambda: None))
        until_s = self.clock.elapsed_s() + seconds
        while self.clock.elapsed_s() < until_s:
            await self.clock.advance(0.5)
            await asyncio.sleep(0.002)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await self._recording.flush()

    def read(self) -> closing[Reader]:
        return closing(Reader(self._paths))

    def alerts(self) -> list[AlertRecord]:
        with self.read() as reader:
            return [one for one in reader.alerts() if one.rule is Rule.LIBRARY]

    def statistics(self, video: str = "") -> list[tuple[int, str]]:
        """From when and of which video statistics were asked for, in order."""
        asked = [parse_qs(urlsplit(one).query) for one in self.bunnies.asked("/statistics")]
        told = [(_ms(one["dateFrom"][0]), one.get("videoGuid", [""])[0]) for one in asked]
        return [one for one in told if video in ("", one[1])]

    def _connect(self, options: LibraryOptions, requests_per_s: int, clock: object) -> Bunny | None:
        if self.secret_error:
            raise SecretError(self.secret_error)
        return self.bunnies.connect(options, requests_per_s, self.clock)


def _ms(written: str) -> int:
    return round(datetime.fromisoformat(written).timestamp() * 1_000)
