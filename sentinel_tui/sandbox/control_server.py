"""The sandbox's side of its control socket: orders in, answers out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from pathlib import Path
from typing import Any

from sentinel_tui.errors import SentinelError, UsageError
from sentinel_tui.sandbox.listener import Listener
from sentinel_tui.sandbox.world import World

_PATIENCE_S = 5.0


class SandboxControl:
    """Takes orders for a world on a socket that only its owner can open."""

    def __init__(self, path: Path, world: World) -> None:
        """Listen to nobody yet.

        Args:
            path: Where the socket lies.
            world: Which world is broken and mended.
        """
        self._path = path
        self._world = world
        self._listener: Listener | None = None

    def start(self) -> None:
        """Listen.

        Raises:
            SentinelError: Another sandbox listens there, or no socket can be made there.
        """
        self._listener = Listener(_bind(self._path), self._converse)

    async def stop(self) -> None:
        """Stop listening, and end the conversations there are."""
        if self._listener is not None:
            self._path.unlink(missing_ok=True)
            await self._listener.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while line := await reader.readline():
                    writer.write(json.dumps(await self._reply(line)).encode() + b"\n")
                    await writer.drain()
        except ValueError:
            pass  # A line without an end is not listened to.

    async def _reply(self, line: bytes) -> dict[str, Any]:
        try:
            return {"ok": True, "text": await self._obey(_parse(line))}
        except SentinelError as error:
            hint, code = error.hint, error.exit_code
            return {"ok": False, "error": str(error), "hint": hint, "code": code}

    async def _obey(self, order: dict[str, Any]) -> str:
        match order:
            case {
                "verb": "break",
                "service": str(name),
                "how": str(how),
                "for_s": float() | int() as for_s,
            }:
                return await self._world.break_service(name, how, float(for_s))
            case {"verb": "mend", "service": str(name)}:
                return await self._world.mend(name)
        raise UsageError("the sandbox knows two orders: break a service, and mend a service")


def _parse(line: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        order = json.loads(line)
        if isinstance(order, dict):
            return order
    raise UsageError("an order is one line that holds a JSON object")


def _bind(path: Path) -> socket.socket:
    """A socket that was never open to others, not even for a moment."""
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old_umask = os.umask(0o177)
    try:
        _clear(path)
        control.bind(str(path))
    except OSError as error:
        control.close()
        raise SentinelError(
            f"no control socket can be made at {path}: {error}",
            "a socket's path takes about 100 characters; set SENTINEL_DEMO_DIR to a shorter one",
        ) from None
    except SentinelError:
        control.close()
        raise
    finally:
        os.umask(old_umask)
    return control


def _clear(path: Path) -> None:
    """Remove a socket that a killed sandbox left behind.

    Raises:
        SentinelError: A sandbox still listens on it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise SentinelError(f"another demo runs in {path.parent}", "end that one first")
    path.unlink(missing_ok=True)
