"""Commands read a real store, seeded with a past; nobody answers for the engine unless asked to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from zoneinfo import ZoneInfo

import pytest
from commands_past import EVERY_MS, START_MS, Past, good
from hypothesis import HealthCheck, settings

from sentinel_tui.commands.context import Context
from sentinel_tui.domain.records import EngineRecord
from sentinel_tui.errors import EngineGone
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

# No deadlines: a busy machine is no fault of the parser.
settings.register_profile(
    "commands", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("commands")


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(config=tmp_path / "sentinel.toml", data_dir=tmp_path / "data")


@pytest.fixture
def past(paths) -> Iterator[Past]:
    """Twenty minutes of good looks at three services; tests go on from there."""
    with closing(Past(paths)) as past:
        for number in range(40):
            at_ms = START_MS + number * EVERY_MS
            for place, service in enumerate(("curator", "monetizer", "public")):
                past.see(service, good(at_ms, latency_ms=50.0 + 10 * place + number % 7))
            past.see("monetizer", good(at_ms, latency_ms=1.0), check="port")
        yield past


@pytest.fixture
def now_ms() -> int:
    return START_MS + 60 * EVERY_MS


class Engine:
    """Stands where the control socket does: says how it is, and notes what it was asked."""

    def __init__(self) -> None:
        self.record: EngineRecord | None = None
        self.answers: dict[str, object] = {}
        self.asked: list[tuple[str, dict[str, object]]] = []

    def ask(
        self, verb: str, /, *, key: str = "", timeout_s: float = 5.0, **arguments: object
    ) -> dict[str, object]:
        if self.record is None:
            raise EngineGone("no engine runs", "start one with: sentinel engine")
        if verb == "status":
            return asdict(self.record)
        self.asked.append((verb, arguments))
        answer = self.answers[verb]
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, dict)
        return answer


@pytest.fixture
def engine(now_ms) -> Engine:
    """An engine that has been watching from the start."""
    engine = Engine()
    engine.record = EngineRecord(4242, "here", "1.0", START_MS, now_ms)
    return engine


@pytest.fixture
def context(past, now_ms, engine) -> Iterator[Context]:
    with closing(Reader(past.paths)) as reader:
        yield Context(reader, engine.ask, now_ms, ZoneInfo("UTC"))
