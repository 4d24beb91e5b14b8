"""Waiting for whichever comes first: a moment or a signal."""

from __future__ import annotations

import asyncio

from sentinel_tui.clock import Clock


async def pause(clock: Clock, seconds: float, signal: asyncio.Event) -> bool:
    """Wait `seconds`, or less when `signal` is set meanwhile. The signal is left as it is.

    Returns:
        Whether the signal ended the wait.
    """
    if signal.is_set():
        # Yielding keeps a caller that never clears its signal from holding up the loop.
        await asyncio.sleep(0)
        return True
    sleeping = asyncio.ensure_future(clock.sleep(seconds))
    signalled = asyncio.ensure_future(signal.wait())
    try:
        await asyncio.wait((sleeping, signalled), return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeping.cancel()
        signalled.cancel()
    return signal.is_set()
