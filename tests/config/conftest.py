"""Configuration files in a folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sentinel_tui.config import redaction

WriteConfig = Callable[..., Path]


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with no secret known; a process otherwise never forgets one."""
    monkeypatch.setattr(redaction, "_known", redaction.Redactor())


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Writes TOML into a file that only its owner can read, and says where."""

    def write(text: str, mode: int = 0o600) -> Path:
        path = tmp_path / "sentinel.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def secret_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a secret into a file, and says where."""

    def write(content: bytes, mode: int = 0o600, name: str = "token") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(mode)
        return path

    return write
