"""An engine that takes events in and is killed again and again, and what it acknowledged before."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import random
import socket
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sentinel_tui.engine.engine import main as be_engine
from sentinel_tui.paths import Paths
from sentinel_tui.store.backup import check
from sentinel_tui.store.driver import open_reader

TOKEN = "0123456789abcdef0123456789abcdef"

_WITHIN_S = 20.0
_LOOK_EVERY_S = 0.01
_LANES = 3
_MOST_AT_ONCE = 40


def config_text(port: int) -> str:
    """A configuration with a library, and one source that may tell as much as it likes."""
    return f"""
    [network]
    witnesses = []

    [[services]]
    id = "public"
    role = "public"
    checks = [{{ kind = "heartbeat", every = "1h" }}]

    [[videos.libraries]]
    name = "previews"
    role = "public"

    [ingest]
    listen = "127.0.0.1:{port}"

    [[ingest.sources]]
    name = "pages"
    token = "{TOKEN}"
    scopes = ["views", "actions", "beats", "read"]
    per_s = 100000
    burst = 1000000
    """


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Teller:
    """Tells an engine of events over one connection.

    Raises:
        OSError: Nobody listens.
    """

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WITHIN_S)
        self._connection.connect()

    def tell(self, path: str, events: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """Tell of events; returns the status of the answer, and what it says.

        Raises:
            OSError: The connection broke off before an answer came.
        """
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
        try:
            self._connection.request("POST", path, json.dumps(events), headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (http.client.HTTPException, ValueError) as error:
            raise OSError("the connection broke off") from error

    def close(self) -> None:
        self._connection.close()


@dataclass
class Acknowledged:
    """The ids that were answered with 202, and those that were told at all."""

    views: set[str] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


def kill_and_count(folder: Path, kills: int) -> dict[str, int]:
    """Kill an engine so often while it is told of events on several connections.

    Returns:
        How many events were told and acknowledged, and of these how many are stored, missing, or
        stored more than once; and how many rows are no event that was ever told.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths, port = Paths(folder / "sentinel.toml", folder / "data"), free_port()
    paths.config.write_text(config_text(port))
    acknowledged, chance = Acknowledged(), random.Random(20_261_123)  # noqa: S311 (no secret)
    for round_number in range(kills):
        engine = _start(paths)
        lanes = [
            threading.Thread(target=_tell_until_it_dies, args=(port, lane, acknowledged))
            for lane in (f"{round_number}-{number}" for number in range(_LANES))
        ]
        for lane in lanes:
            lane.start()
        _kill_once_it_takes(engine, acknowledged, chance)
        for lane in lanes:
            lane.join(_WITHIN_S)
    assert check(paths.store) == []
    return _count(paths, acknowledged)


def _start(paths: Paths) -> ForkServerProcess:
    """An engine, forked from a server that has everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sentinel_tui.engine.engine", "sentinel_tui.probes.prober"])
    engine = context.Process(target=be_engine, args=(paths,))
    engine.start()
    return engine


def _kill_once_it_takes(
    engine: ForkServerProcess, acknowledged: Acknowledged, chance: random.Random
) -> None:
    """Kill it a moment after it began to take events in, in the midst of others."""
    before, give_up_s = len(acknowledged.views), time.monotonic() + _WITHIN_S
    wanted = before + chance.randrange(1, 400)
    while len(acknowledged.views) < wanted:
        if time.monotonic() > give_up_s or not engine.is_alive():
            raise TimeoutError("the engine takes nothing in")
        time.sleep(_LOOK_EVERY_S * chance.random())
    engine.kill()
    engine.join(_WITHIN_S)
    engine.close()


def _tell_until_it_dies(port: int, lane: str, acknowledged: Acknowledged) -> None:
    """Tell batch after batch, some of them twice, until the connection breaks."""
    give_up_s = time.monotonic() + _WITHIN_S
    while time.monotonic() < give_up_s:
        with suppress(ConnectionRefusedError), closing(Teller(port)) as teller:
            with suppress(OSError):
                _tell_batches(teller, lane, acknowledged)
            return
        time.sleep(_LOOK_EVERY_S)


def _tell_batches(teller: Teller, lane: str, acknowledged: Acknowledged) -> None:
    chance = random.Random(lane)  # noqa: S311 (no secret)
    for number in range(1_000_000):
        kind = "actions" if number % 5 == 4 else "views"
        events = [
            _event(kind, f"{lane}-{number}-{one}") for one in range(chance.randrange(_MOST_AT_ONCE))
        ] or [_event(kind, f"{lane}-{number}")]
        for _ in range(1 + (number % 7 == 0)):
            _tell_once(teller, kind, events, acknowledged)


def _tell_once(
    teller: Teller, kind: str, events: list[dict[str, Any]], acknowledged: Acknowledged
) -> None:
    ids = {str(event["id"]) for event in events}
    with acknowledged.lock:
        acknowledged.told |= ids
    status, said = teller.tell(f"/v1/{kind}", events)
    if status == 202 and said["accepted"] == len(events):
        with acknowledged.lock:
            (acknowledged.views if kind == "views" else acknowledged.actions).update(ids)


def _event(kind: str, one: str) -> dict[str, Any]:
    if kind == "actions":
        return {"id": one, "action": "upload_video", "service": "public"}
    return {
        "id": one,
        "viewer_token": f"viewer-{one[-1]}",
        "video_id": "spring-teaser",
        "library": "previews",
        "event": "progress",
        "position": 12.5,
    }


def _count(paths: Paths, acknowledged: Acknowledged) -> dict[str, int]:
    with closing(open_reader(paths.store)) as connection:
        rows = Counter(
            one
            for table in ("view_events", "user_actions")
            for (one,) in connection.execute(f"SELECT id FROM {table}")  # noqa: S608 (constants)
        )
    promised = acknowledged.views | acknowledged.actions
    return {
        "told": len(acknowledged.told),
        "acknowledged": len(promised),
        "stored": len(promised & rows.keys()),
        "missing": len(promised - rows.keys()),
        "twice": sum(count > 1 for count in rows.values()),
        "never_told": len(rows.keys() - acknowledged.told),
    }
