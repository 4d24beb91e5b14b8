"""A crash of the screen tells where, and nothing of what."""

from __future__ import annotations

import stat

import pytest
from tui_screen import opened

from sentinel_tui.tui.crash import crash_file, crash_report, farewell, keep_crash


def failing(token: str) -> None:
    secret = token.upper()
    raise RuntimeError(f"cannot use {token} {secret}")


def crashed() -> RuntimeError:
    try:
        failing("hunter2")
    except RuntimeError as error:
        return error
    raise AssertionError


def test_a_report_holds_frames_and_no_data():
    report = crash_report(crashed())
    assert "RuntimeError" in report
    assert "in failing" in report
    assert "hunter2" not in report.lower()


def test_what_led_to_an_error_is_reported_too():
    try:
        try:
            failing("hunter2")
        except RuntimeError as error:
            raise KeyError("hunter2") from error
    except KeyError as error:
        report = crash_report(error)
    assert "KeyError" in report
    assert "RuntimeError" in report
    assert "hunter2" not in report


def test_a_report_is_kept_for_the_owner_alone(paths):
    kept = keep_crash(paths, crashed())
    assert kept == crash_file(paths)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert keep_crash(paths, crashed()) == kept


def test_a_report_that_cannot_be_kept_stops_nothing(paths):
    paths.data_dir.write_text("a file where the folder should be")
    assert keep_crash(paths, crashed()) is None
    assert "hunter2" not in farewell(crashed(), None)


async def crash_on(watch) -> None:
    async with opened(watch) as screen:
        await screen.shows("min ")
        screen.app.call_later(failing, "hunter2")
        await screen.until(lambda: not screen.app.is_running)


async def test_a_crash_is_shown_without_a_single_variable(watch, engine, capsys):
    with pytest.raises(RuntimeError):
        await crash_on(watch)
    shown = "".join(capsys.readouterr())
    assert "The screen failed (RuntimeError at test_tui_crash.py" in shown
    assert "goes on watching" in " ".join(shown.split())
    assert "hunter2" not in shown.lower()
