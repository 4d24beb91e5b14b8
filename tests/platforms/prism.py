"""Prism, a program for Node that answers as a published description says, and judges what is asked.

It is never fetched: the one that `SENTINEL_PRISM` names is taken, or a `prism` on the path, and
the test is skipped where there is neither.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

_SPECS = Path(__file__).parents[3] / "shared" / "specs"
_START_S = 60.0


@asynccontextmanager
async def prism_of(spec: str, port: int) -> AsyncIterator[str]:
    """The URL of a Prism that answers as a description says; skips where there is none."""
    program = os.environ.get("SENTINEL_PRISM") or shutil.which("prism")
    if program is None:
        pytest.skip("no Prism: name one in SENTINEL_PRISM, or put `prism` on the path")
    if not (_SPECS / spec).exists():
        pytest.skip("the platform's OpenAPI file is not at hand")
    process = await asyncio.create_subprocess_exec(
        program,
        *("mock", "-h", "127.0.0.1", "-p", str(port), str(_SPECS / spec)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _listening(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listening(process: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(_START_S):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            await writer.wait_closed()
            return
    pytest.fail(f"Prism ended with {process.returncode}")
