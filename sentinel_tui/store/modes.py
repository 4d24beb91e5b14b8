"""The modes of services: set by hand, and as they changed."""

from __future__ import annotations

from sentinel_tui.domain.keepalive.modes import ModeChange, ModeSetting
from sentinel_tui.store import keeping_models, keeping_reading
from sentinel_tui.store.database import Database


def set_mode(db: Database, setting: ModeSetting) -> None:
    """Note a mode that the owner set; it takes the place of the one set before it."""
    db.write(
        "UPDATE mode_settings SET ended_ms = ? WHERE service = ? AND ended_ms IS NULL",
        (setting.at_ms, setting.service),
    )
    db.insert(
        keeping_models.ModeSetting,
        service=setting.service,
        mode=setting.mode.value,
        at_ms=setting.at_ms,
        until_ms=setting.until_ms,
        author=setting.by,
    )


def clear_mode(db: Database, service: str, at_ms: int) -> None:
    """Take back what the owner set: for one service, or, without one, everything."""
    db.write(
        "UPDATE mode_settings SET ended_ms = ? WHERE ended_ms IS NULL AND (? = '' OR service = ?)",
        (at_ms, service, service),
    )


def mode_settings(db: Database, now_ms: int) -> list[ModeSetting]:
    """What the owner set and is still in force: for all services first, then by service."""
    return keeping_reading.mode_settings(db.raw, now_ms)


def change_mode(db: Database, change: ModeChange) -> None:
    """Note that a service came into a mode; the timeline tells it."""
    db.insert(
        keeping_models.ModeChange,
        service=change.service,
        at_ms=change.at_ms,
        mode=change.mode.value,
        reason=change.reason,
    )


def last_modes(db: Database) -> dict[str, ModeChange]:
    """How each configured service came into its mode, by service id."""
    return keeping_reading.last_modes(db.raw)
