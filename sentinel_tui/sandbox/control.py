"""How other processes break and mend the services of a running demo.

One JSON object a line over a socket in the demo's folder that only its owner can open:

    {"verb": "break", "service": "public", "how": "hang", "for_s": 60}
    {"ok": true, "text": "public takes requests and never answers for 1m"}
    {"ok": false, "error": "…", "hint": "…", "code": 64}
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from sentinel_tui.errors import SentinelError, UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.text import clean_text

_PATIENCE_S = 5.0
_LONGEST_ANSWER_BYTES = 4_096


def socket_path(paths: Paths) -> Path:
    """Where a demo's sandbox listens."""
    return paths.data_dir / "sandbox.sock"


def break_in(paths: Paths, name: str, how: str = "500", for_s: float = 60.0) -> str:
    """Break a service of the demo that runs.

    Args:
        paths: The demo's files.
        name: Which service, or `inbox`, `render`, `bunny` or `network`.
        how: In which way: 500, refuse, hang, slow, drip, sleep, deploy; the network: cut, slow,
            lossy.
        for_s: For how long.

    Returns:
        What happens now, in one line.

    Raises:
        UsageError: There is no such service or way.
        SentinelError: No demo runs there.
    """
    return _ask(paths, {"verb": "break", "service": name, "how": how, "for_s": for_s})


def mend_in(paths: Paths, name: str) -> str:
    """End what is wrong with a service of the demo that runs; otherwise like `break_in`."""
    return _ask(paths, {"verb": "mend", "service": name})


def demo_runs(paths: Paths) -> bool:
    """Whether a demo's sandbox listens there."""
    try:
        _connect(paths).close()
    except SentinelError:
        return False
    return True


def _ask(paths: Paths, request: dict[str, Any]) -> str:
    with _connect(paths) as connection:
        try:
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answers:
                answer = json.loads(answers.readline(_LONGEST_ANSWER_BYTES))
        except (OSError, ValueError):
            raise SentinelError("the demo went away before it answered") from None
    if answer["ok"]:
        return clean_text(answer["text"])
    kind = UsageError if answer["code"] == UsageError.exit_code else SentinelError
    raise kind(clean_text(answer["error"]), clean_text(answer["hint"]))


def _connect(paths: Paths) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_PATIENCE_S)
    try:
        connection.connect(str(socket_path(paths)))
    except OSError:
        connection.close()
        raise SentinelError(
            f"no demo runs in {paths.data_dir}", "start one in another terminal: sentinel demo"
        ) from None
    return connection
