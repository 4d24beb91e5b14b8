"""`sentinel demo`: the sandbox as a child process, and a configuration that watches it.

Everything lies in the demo's own folder. The owner's store and configuration are never touched:
a configuration that the demo did not write is refused.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sentinel_tui.client import Client
from sentinel_tui.errors import ConfigError, SentinelError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.control import break_in, demo_runs, mend_in
from sentinel_tui.sandbox.demo_config import (
    INBOX_SECRET,
    INBOX_URL,
    INGEST_TOKEN,
    MARK,
    RENDER_KEY,
    VIEWING_SINCE,
    demo_config,
    library_key,
)
from sentinel_tui.text import clean_block, clean_text

_START_S = 15.0
_STOP_S = 3.0
_LONGEST_LINE_BYTES = 65_536


class DemoHandle:
    """A demo that runs: its files, and its sandbox, which ends with this process.

    Attributes:
        paths: The demo's own files.
        urls: Where each service says how it is, by name.
    """

    def __init__(
        self, paths: Paths, urls: Mapping[str, str], sandbox: subprocess.Popen[bytes]
    ) -> None:
        self.paths = paths
        self.urls = urls
        self._sandbox = sandbox

    def break_service(self, name: str, how: str = "500", for_s: float = 60.0) -> str:
        """Break a service now; see `break_in`."""
        return break_in(self.paths, name, how, for_s)

    def mend(self, name: str) -> str:
        """End what is wrong with a service; see `mend_in`."""
        return mend_in(self.paths, name)

    def stop(self) -> None:
        """End the sandbox; harmless when it has ended. The engine is not this handle's to end."""
        _end(self._sandbox)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start_demo(paths: Paths, *, fresh: bool = False) -> DemoHandle:
    """Start the sandbox and write the configuration that watches it.

    Args:
        paths: The demo's own files.
        fresh: Forget what an earlier demo recorded; otherwise its history is kept.

    Raises:
        ConfigError: The configuration there is somebody's own.
        SentinelError: A demo already runs there, or the sandbox did not start.
    """
    _refuse_strangers_config(paths.config)
    if demo_runs(paths):
        raise SentinelError(
            f"a demo already runs in {paths.data_dir}",
            "break its services with: sentinel demo --break public",
        )
    paths.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if fresh:
        _forget(paths)
    sandbox = _spawn(paths)
    try:
        said = _where(sandbox, paths)
        urls = dict(said["urls"])
        for name, secret in _secrets(said).items():
            _write(paths.data_dir / name, secret)
        _write(paths.config, demo_config(said, paths.data_dir))
    except BaseException:
        _end(sandbox)
        raise
    return DemoHandle(paths, urls, sandbox)


def _refuse_strangers_config(config: Path) -> None:
    try:
        begins = config.read_text(encoding="utf-8", errors="replace")[: len(MARK)]
    except FileNotFoundError:
        return
    if begins != MARK:
        raise ConfigError(
            f"{config} was not written by the demo, so the demo leaves it alone",
            "set SENTINEL_DEMO_DIR to a folder of its own",
        )


def _forget(paths: Paths) -> None:
    """Remove the store of an earlier demo, its copies, and since when people watch in it."""
    if Client(paths).engine_runs():
        raise SentinelError(
            f"an engine still records in {paths.data_dir}",
            f"end it first: sentinel --data-dir {paths.data_dir} stop",
        )
    for folder in (paths.data_dir, paths.backups):
        for file in folder.glob(f"{paths.store.name}*"):
            file.unlink()
    (paths.data_dir / VIEWING_SINCE).unlink(missing_ok=True)


def _spawn(paths: Paths) -> subprocess.Popen[bytes]:
    log = os.open(
        paths.data_dir / "sandbox.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600
    )
    try:
        return subprocess.Popen(  # noqa: S603 (this Python, this package, a folder as argument)
            [sys.executable, "-m", "sentinel_tui.sandbox", str(paths.data_dir.absolute())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # Keys such as Ctrl-C are for the screen; the sandbox ends when its input closes.
            start_new_session=True,
        )
    finally:
        os.close(log)


def _where(sandbox: subprocess.Popen[bytes], paths: Paths) -> dict[str, Any]:
    """What the sandbox says when it is ready: where its services, witnesses and inbox are."""
    assert sandbox.stdout is not None  # noqa: S101 (it was started with a pipe)
    said = _first_line(sandbox.stdout)
    if "urls" in said:
        return said
    log = paths.data_dir / "sandbox.log"
    raise SentinelError(
        clean_text(said.get("error") or "the demo's services did not start"),
        clean_text(said.get("hint") or _last_words(log) or f"see {log}"),
    )


def _secrets(said: Mapping[str, Any]) -> dict[str, str]:
    """What lies in files of its own, so that it does not stand in the configuration, by name."""
    return {
        INBOX_URL: said["inbox"]["url"],
        INBOX_SECRET: said["inbox"]["secret"],
        RENDER_KEY: said["render"]["key"],
        INGEST_TOKEN: said["ingest"]["token"],
        **{library_key(one["name"]): one["key"] for one in said["bunny"]["libraries"]},
    }


def _first_line(said: IO[bytes]) -> dict[str, Any]:
    """The JSON object on the first line, or an empty one when none came in time."""
    line, give_up_s = b"", time.monotonic() + _START_S
    while not line.endswith(b"\n") and len(line) < _LONGEST_LINE_BYTES:
        ready, _, _ = select.select([said], [], [], max(0.0, give_up_s - time.monotonic()))
        part = os.read(said.fileno(), _LONGEST_LINE_BYTES) if ready else b""
        if not part:
            return {}
        line += part
    return dict(json.loads(line))


def _last_words(log: Path) -> str:
    lines = clean_block(log.read_text(errors="replace")[-1_000:]).strip().splitlines()
    return lines[-1] if lines else ""


def _write(path: Path, text: str) -> None:
    """Put a file in place whole, readable by its owner only."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(path)


def _end(sandbox: subprocess.Popen[bytes]) -> None:
    for pipe in (sandbox.stdin, sandbox.stdout):
        if pipe is not None:
            pipe.close()
    try:
        sandbox.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        sandbox.kill()
        sandbox.wait()
