"""What the timeline is put together from: a query of rows, and the line that a row becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sentinel_tui.domain.records import TimelineEntry

Row = tuple[Any, ...]
Source = tuple[str, Callable[[Row], TimelineEntry]]
"""A query with the values `:start`, `:end`, `:services` (JSON) and `:limit`, and its line."""

OF_ANY = "(:services = '[]' OR {column} IN (SELECT value FROM json_each(:services)))"
"""Chooses the rows about the services, or all of them where none is named."""
