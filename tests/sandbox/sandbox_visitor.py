"""A client of the sandbox that moves the sandbox's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx

from sentinel_tui.clock import FakeClock

_MOST_STEPS = 5_000


class Visitor:
    """Asks services over real sockets while the fake clock moves on by small steps."""

    def __init__(self, clock: FakeClock, client: httpx.AsyncClient) -> None:
        self._clock = clock
        self._client = client

    async def get(self, url: str, step_s: float = 0.05, **headers: str) -> httpx.Response:
        """The response, however long the world's clock has to move for it."""
        return await self.finish(self._client.get(url, headers=headers), step_s)

    async def send(self, method: str, url: str, body: object, **headers: str) -> httpx.Response:
        """The response to any request."""
        request = self._client.request(method, url, json=body, headers=headers)
        response: httpx.Response = await self.finish(request)
        return response

    async def finish(self, work: Coroutine[Any, Any, Any], step_s: float = 0.05) -> Any:
        """What `work` returns, moving the clock on until it does."""
        task = asyncio.create_task(work)
        await self.move_until(task.done, step_s)
        return await task

    async def begin(self, url: str, **headers: str) -> asyncio.Task[httpx.Response]:
        """A request that is on its way and has reached the service; the clock stands still."""
        task = asyncio.create_task(self._client.get(url, headers=headers))
        await self._clock.settle(500)
        return task

    async def move_until(self, reached: Callable[[], bool], step_s: float = 0.05) -> None:
        """Move the clock on until something holds."""
        for _ in range(_MOST_STEPS):
            if reached():
                return
            await self._clock.advance(step_s)
        raise AssertionError("the world never came to that")
