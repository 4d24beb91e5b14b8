# ruff: noqa: D106 (a `Meta` is peewee's way of naming options, no class to explain)
"""What every table of the store has in common."""

from __future__ import annotations

from peewee import Model


class StrictModel(Model):
    """A STRICT table: SQLite refuses what PostgreSQL would refuse."""

    class Meta:
        strict_tables = True
        legacy_table_names = False
