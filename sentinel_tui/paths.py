"""Where Sentinel keeps its files on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_APP = "sentinel"


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one watch. Two watches never share any of them.

    Attributes:
        config: The TOML configuration.
        data_dir: Holds the store and everything that must lie beside it; mode 0700.
    """

    config: Path
    data_dir: Path

    @property
    def store(self) -> Path:
        """The SQLite store."""
        return self.data_dir / "sentinel.db"

    @property
    def lock(self) -> Path:
        """Held by the one engine of this store. Never the store itself: see `store/driver.py`."""
        return self.data_dir / "engine.lock"

    @property
    def socket(self) -> Path:
        """The engine's control socket; mode 0600."""
        return self.data_dir / "engine.sock"

    @property
    def log(self) -> Path:
        """What the engine says when no terminal listens."""
        return self.data_dir / "engine.log"

    @property
    def frozen(self) -> Path:
        """While this file is there, nothing is done to any service; anybody may put it there."""
        return self.data_dir / "frozen"

    @property
    def viewer_key(self) -> Path:
        """With what viewers' tokens are hashed, unless the configuration says; mode 0600."""
        return self.data_dir / "viewer.key"

    @property
    def backups(self) -> Path:
        """Copies of the store, newest last by name."""
        return self.data_dir / "backups"


def default_paths(config: Path | None = None, data_dir: Path | None = None) -> Paths:
    """The owner's files, or those that the environment or the arguments name.

    Args:
        config: `--config`; else `SENTINEL_CONFIG`; else the platform's configuration folder.
        data_dir: `--data-dir`; else `SENTINEL_DATA_DIR`; else the platform's data folder.
    """
    named_config = config or _from_environment("SENTINEL_CONFIG")
    named_data = data_dir or _from_environment("SENTINEL_DATA_DIR")
    return Paths(
        config=named_config or platformdirs.user_config_path(_APP) / "sentinel.toml",
        data_dir=named_data or platformdirs.user_data_path(_APP),
    )


def demo_paths() -> Paths:
    """The demo's own files, apart from the owner's."""
    folder = _from_environment("SENTINEL_DEMO_DIR") or platformdirs.user_data_path("sentinel-demo")
    return Paths(config=folder / "sentinel.toml", data_dir=folder)


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value).expanduser() if value else None
