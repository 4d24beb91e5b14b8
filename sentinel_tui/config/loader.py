"""Reading the configuration, with every mistake in it told at once: file, line, key, remedy."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sentinel_tui.config.base import Reading
from sentinel_tui.config.crosschecks import find_contradictions
from sentinel_tui.config.doubts import find_doubts
from sentinel_tui.config.model import CHECK_NAME_TWICE, NOTHING_TO_LOOK_AT, Config
from sentinel_tui.config.positions import Path as KeyPath
from sentinel_tui.config.positions import find_lines, nearest_line
from sentinel_tui.config.problems import ConfigInvalid, ConfigMissing, Problem, Wording, dotted
from sentinel_tui.config.syntax import Parsed, SyntaxMistake, parse_toml
from sentinel_tui.errors import ConfigError
from sentinel_tui.text import clean_text

__all__ = ["ConfigInvalid", "ConfigMissing", "Loaded", "Problem", "load"]

_LARGEST_BYTES = 1_048_576
_TOLD_BY_CROSSCHECKS = frozenset({CHECK_NAME_TWICE, NOTHING_TO_LOOK_AT})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that can be used.

    Attributes:
        config: What it says.
        warnings: What it had better not say, such as a secret in clear.
    """

    config: Config
    warnings: tuple[Problem, ...]


def load(path: Path, *, resolve: bool = True) -> Loaded:
    """Read the configuration at `path`.

    Args:
        path: The TOML file.
        resolve: Also try every secret and certificate file it refers to. The engine needs them;
            a screen that only wants to know the colours does not, and may not be allowed to.

    Raises:
        ConfigMissing: There is no such file.
        ConfigInvalid: It holds mistakes; `problems` lists every one.
        ConfigError: It cannot be read at all.
    """
    text, mode = _read(path)
    parsed = parse_toml(text)
    report = _Report(path, parsed)
    config = _validate(parsed, Reading(path.absolute().parent, resolve), report)
    if report.problems or config is None:
        raise ConfigInvalid(report.sorted_problems())
    report.problems.clear()
    report.add_all(find_doubts(config, is_open=bool(mode & (stat.S_IRGRP | stat.S_IROTH))))
    return Loaded(config, tuple(report.sorted_problems()))


class _Report:
    """Collects problems and knows where in the file they lie."""

    def __init__(self, file: Path, parsed: Parsed) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self.lines = find_lines(parsed.text) if parsed.tables is not None else {}
        self._set_aside = parsed.set_aside
        for mistake in parsed.mistakes:
            self._add_syntax(mistake)

    def add_all(self, findings: Iterable[tuple[KeyPath, Wording]]) -> None:
        """Add what was found, except where the file could not be read in the first place."""
        for path, wording in findings:
            line = nearest_line(self.lines, path)
            if line not in self._set_aside:
                self._add(line, dotted(path), wording)

    def sorted_problems(self) -> list[Problem]:
        """The problems in the order of the file, none of them twice."""
        return sorted(dict.fromkeys(self.problems), key=lambda problem: problem.line)

    def _add_syntax(self, mistake: SyntaxMistake) -> None:
        paths = [path for path, line in self.lines.items() if line == mistake.line]
        key = dotted(max(paths, key=len)) if paths and mistake.key else mistake.key
        self._add(mistake.line, key, Wording(mistake.message, mistake.expected, mistake.mend))

    def _add(self, line: int, key: str, wording: Wording) -> None:
        # The border: keys and messages may quote what the file says.
        cleaned = (clean_text(text) for text in (key, *wording))
        self.problems.append(Problem(self._file, line, *cleaned))


def _validate(parsed: Parsed, reading: Reading, report: _Report) -> Config | None:
    if parsed.tables is None:
        return None
    report.add_all(find_contradictions(parsed.tables, report.lines))
    try:
        return Config.model_validate(parsed.tables, context=reading, by_alias=True, by_name=False)
    except ValidationError as error:
        report.add_all(_model_findings(error, parsed.tables))
    return None


def _model_findings(
    error: ValidationError, data: dict[str, Any]
) -> Iterator[tuple[KeyPath, Wording]]:
    # Here, because a file without mistakes needs neither the words nor the schema behind them.
    from sentinel_tui.config.wording import describe, path_of

    for one in error.errors(include_url=False, include_input=False):
        if one["type"] not in _TOLD_BY_CROSSCHECKS:
            path = path_of(one["loc"], data)
            yield path, describe(one, path, data)


def _read(path: Path) -> tuple[str, int]:
    """The file's text and its mode."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            data = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigMissing(
            f"there is no configuration at {path}", "write one with `sentinel init URL`"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"the configuration {path} cannot be read: {error.strerror}",
            "name another one with --config or SENTINEL_CONFIG",
        ) from None
    if len(data) > _LARGEST_BYTES:
        raise ConfigError(f"the configuration {path} is larger than 1 MiB", "split it")
    return _decode(path, data), status.st_mode


def _decode(path: Path, data: bytes) -> str:
    try:
        # Some editors put a byte order mark first, which TOML does not know.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    raise ConfigInvalid(
        [Problem(path, line, "", "is not UTF-8 text", "UTF-8", "save the file as UTF-8")]
    )
