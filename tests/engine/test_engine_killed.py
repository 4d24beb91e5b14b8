"""An engine killed at any moment loses nothing it acknowledged, and doubles nothing."""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from engine_process import WITHIN_S, Notified, loopback_services

from sentinel_tui.client import Client
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.engine.engine import main
from sentinel_tui.errors import EngineError
from sentinel_tui.paths import Paths
from sentinel_tui.store.backup import check
from sentinel_tui.store.queries import Reader

_KILLS = 100
_NERVOUS = "{ confirm_cycles = 1, burst = [], recover_cycles = 1, recover_after = 0 }"


@pytest.fixture
def paths(paths: Paths) -> Iterator[Paths]:
    """Services that flap each second, so that alerts open and resolve all the time."""
    with loopback_services() as services:
        flapping = "\n".join(
            f"""
            [[services]]
            id = "flap-{n}"
            thresholds = {_NERVOUS}
            checks = [
              {{ kind = "http", url = "{services.url("flap")}", interval = "1s" }},
              {{ kind = "heartbeat", every = "1h" }},
            ]
            """
            for n in range(8)
        )
        paths.config.write_text(flapping)
        yield paths


@pytest.fixture
def notified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notified]:
    with closing(Notified(tmp_path / "notify")) as notified:
        monkeypatch.setenv("NOTIFY_SOCKET", str(notified.path))
        yield notified


@dataclass
class Witness:
    """Asks things of engines that are about to die, and remembers what they acknowledged."""

    paths: Paths
    client: Client
    random: random.Random
    paused: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: dict[int, int] = field(default_factory=dict)
    asked: int = 0

    def ask(self) -> None:
        """Ask one thing; an engine that died before it answered promised nothing."""
        self.asked += 1
        try:
            self.random.choice([self._pause_and_resume, self._acknowledge, self._probe])()
        except EngineError:
            return

    def _pause_and_resume(self) -> None:
        service = f"flap-{self.random.randrange(8)}"
        for verb in ("pause", "resume"):
            key = f"{verb}-{self.asked}"
            self.paused[key] = self.client.ask(verb, key=key, service=service)

    def _probe(self) -> None:
        self.client.ask("probe", timeout_s=WITHIN_S)

    def _acknowledge(self) -> None:
        with closing(Reader(self.paths)) as reader:
            open_alerts = [alert.id for alert in reader.alerts(open_only=True)]
        for number in open_alerts[:2]:
            answer = self.client.ask("acknowledge", alert=number)
            self.acknowledged[number] = answer["acknowledged_ms"]


def _start(paths: Paths, notified: Notified) -> ForkServerProcess:
    """An engine that watches, forked from a server that has everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sentinel_tui.engine.engine", "sentinel_tui.probes.prober"])
    engine = context.Process(target=main, args=(paths,))
    engine.start()
    notified.wait_for("READY=1")
    return engine


def _kill_while_asking(engine: ForkServerProcess, witness: Witness) -> None:
    for _ in range(witness.random.randrange(4)):
        witness.ask()
    asking = threading.Thread(target=witness.ask)
    asking.start()
    engine.kill()
    engine.join(WITHIN_S)
    asking.join(WITHIN_S)
    engine.close()


def test_what_was_acknowledged_survives_a_hundred_kills(paths: Paths, notified: Notified) -> None:
    same_each_time = random.Random(20_261_122)  # noqa: S311 (nothing secret hangs on it)
    witness = Witness(paths, Client(paths, "test"), same_each_time)
    for _ in range(_KILLS):
        _kill_while_asking(_start(paths, notified), witness)
    assert check(paths.store) == []

    last = _start(paths, notified)
    try:
        # The same key again: the old answer, and nothing is done twice.
        repeated = {
            key: witness.client.ask(key.split("-")[0], key=key, service="flap-0")
            for key in witness.paused
        }
    finally:
        last.terminate()
        last.join(WITHIN_S)
    assert last.exitcode == 0
    last.close()

    with closing(Reader(paths)) as reader:
        alerts = {alert.id: alert for alert in reader.alerts(limit=100_000)}
        entries = reader.timeline(0, 2**53, limit=100_000)
    assert repeated == witness.paused
    assert len(witness.paused) > _KILLS / 2
    assert len(witness.acknowledged) > _KILLS / 20
    assert {number: alerts[number].acknowledged_ms for number in witness.acknowledged} == (
        witness.acknowledged
    )
    twice_open = Counter(alert.fingerprint for alert in alerts.values() if alert.open)
    assert all(count == 1 for count in twice_open.values())
    starts = [one for one in entries if one.kind is EntryKind.ENGINE and "started" in one.text]
    assert len(starts) <= _KILLS + 1
