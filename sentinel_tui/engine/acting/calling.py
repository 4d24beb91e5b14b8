"""One call to the platform for one action: the only place in the engine that changes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import Action
from sentinel_tui.domain.autonomy.policy import Verb

if TYPE_CHECKING:
    from sentinel_tui.platforms.render import Render

T = TypeVar("T")

_USUAL_CPU_PERCENT = 70


async def call(client: Render, host_id: str, action: Action) -> str:
    """Have the platform do what an action says, once.

    Args:
        client: Asks the platform.
        host_id: The platform's name of the service.
        action: What to do; anything but a wake.

    Returns:
        The platform's name of what was made, such as a deploy's id, or empty.

    Raises:
        PlatformRefused: It said no, and nothing was changed.
        PlatformUnsure: Nobody knows whether it was done.
        PlatformUnavailable: It was not even asked.
    """
    given = action.arguments
    match action.verb:
        case Verb.RESTART:
            await client.restart(host_id)
        case Verb.DEPLOY:
            made = await client.start_deploy(host_id, str(given.get("commit", "")))
            return made.id if made else ""
        case Verb.ROLLBACK:
            return (await client.roll_back(host_id, str(given["deploy"]))).id
        case Verb.SUSPEND:
            await client.suspend(host_id)
        case Verb.RESUME:
            await client.resume(host_id)
        case Verb.SCALE:
            await client.scale(host_id, int(given["instances"]))
        case Verb.PLAN:
            await client.set_plan(host_id, str(given["plan"]))
        case Verb.AUTOSCALE:
            await _autoscale(client, host_id, action)
        case Verb.AUTO_DEPLOY:
            await client.set_auto_deploy(host_id, on=bool(given["on"]))
        case _:
            raise ValueError(f"{action.verb} is nothing that a platform does")
    return ""


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """What `work` returns, unless it takes longer than `seconds` of the clock.

    Raises:
        TimeoutError: It did; it was cancelled.
    """
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((task, alarm), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()
        alarm.cancel()


async def _autoscale(client: Render, host_id: str, action: Action) -> None:
    given = action.arguments
    if not given.get("on", True):
        await client.stop_autoscaling(host_id)
        return
    cpu_percent = int(given.get("cpu_percent", _USUAL_CPU_PERCENT))
    await client.set_autoscaling(host_id, int(given["least"]), int(given["most"]), cpu_percent)
