"""A look-alike of Render that answers from a thread of its own, and a Sentinel that knows of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cli_world import Shell

from sentinel_tui.clock import SystemClock
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.render.api import KEY, RenderApi
from sentinel_tui.sandbox.render.workspace import Workspace

PLANS = {"curator": "free", "public": "starter", "shop": "starter", "studio": "starter"}
CHANGES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Platform:
    """Services of a workspace, and where its API is."""

    url: str
    api: RenderApi
    workspace: Workspace
    ids: dict[str, str]

    def sent(self) -> list[str]:
        """The changing calls that reached it, by what they ended in."""
        return [path.rpartition("/")[2] for method, path in self.api.calls if method in CHANGES]


@contextmanager
def platform() -> Iterator[Platform]:
    """Have a look-alike answer until it is no longer needed."""
    started: list[Platform] = []
    ready, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        clock = SystemClock()
        workspace = Workspace(clock, pays=True)
        ids = {
            name: workspace.add(name, f"https://{name}.example.com", plan).id
            for name, plan in PLANS.items()
        }
        api = RenderApi(workspace, clock)
        host = Host(api, clock)
        host.start()
        started.append(Platform(f"http://{LOOPBACK}:{host.port}/v1", api, workspace, ids))
        ready.set()
        await asyncio.to_thread(ended.wait)
        await host.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        ready.wait()
        yield started[0]
    finally:
        ended.set()
        thread.join()


def configure(shell: Shell, hosted: Platform, web: str) -> None:
    """Write a configuration that watches all of its services."""
    key = shell.config.with_name("render.key")
    key.write_text(KEY)
    key.chmod(0o600)
    services = "".join(
        f'[[services]]\nid = "{name}"\nurl = "{web}/"\nrender_service_id = "{host_id}"\n'
        + ('sleeps = { after = "15m" }\n' if PLANS[name] == "free" else "")
        for name, host_id in hosted.ids.items()
    )
    shell.config.write_text(
        f'[render]\nkey = "file:{key}"\napi = "{hosted.url}"\npoll = "10s"\nstatus_url = ""\n'
        f"{services}"
    )
    shell.config.chmod(0o600)
