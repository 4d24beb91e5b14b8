"""What all tables of the configuration share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from sentinel_tui.text import clean_text

_LONGEST_PATH = 1_024


def _describe(schema: dict[str, Any], table: type[BaseModel]) -> None:
    """Put the docstrings of a table's options into its JSON Schema."""
    from sentinel_tui.config.docstrings import option_docs

    docs = option_docs(table)
    for name, field in table.model_fields.items():
        schema["properties"][field.alias or name]["description"] = docs[name]


class Options(BaseModel):
    """A table of options: unknown keys are mistakes, values never change once read.

    A field named `interval_s` is written `interval` in the file, because there its value carries
    the unit: `interval = "30s"`. TOML has types, so nothing is converted: `"3"` is no number.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        json_schema_extra=_describe,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How a configuration is being read; pydantic hands it to the validators as their context.

    Attributes:
        folder: The folder of the configuration file; relative paths in it start there.
        resolve: Also try what the configuration refers to: every secret, every certificate file.
    """

    folder: Path
    resolve: bool


class Mistake(ValueError):
    """A value that cannot be used.

    Attributes:
        expected: What may stand there, as "a number from 1 to 60"; may be empty.
        mend: What to do about it, as "chmod 600 /path"; may be empty.
    """

    def __init__(self, message: str, expected: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.expected = expected
        self.mend = mend


def beside(folder: Path | None, written: str) -> Path:
    """The path that `written` means: `~` is the owner's home, a relative one starts in `folder`.

    Raises:
        Mistake: It holds characters that no honest path does, or the home of nobody.
    """
    if written != clean_text(written, _LONGEST_PATH):
        raise Mistake("is no path", "a path without hidden characters or doubled spaces")
    try:
        return (folder or Path()) / Path(written).expanduser()
    except RuntimeError:
        raise Mistake("names the home of an unknown user", "a path from / or ~/") from None
