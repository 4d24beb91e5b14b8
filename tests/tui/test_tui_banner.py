"""What must not be overlooked: a replay, a blind watch, silences, and channels that fail."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC

import pytest
from tui_past import NOW_MS, Past
from tui_screen import ENGINE, opened

from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.domain.notifying.notices import ChannelHealth
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.store import recorder
from sentinel_tui.tui.cells import Tone, line_width, plain
from sentinel_tui.tui.view_models.banner import offline_line, replay_line
from sentinel_tui.tui.view_models.engine import EngineSight, engine_line
from sentinel_tui.tui.view_models.words import Times

TIMES = Times(UTC, "UTC", NOW_MS)
BLIND = AlertRecord(
    1, "offline", Rule.OFFLINE, Severity.WARNING, "", "", NOW_MS, None, None, "no witness answers"
)


@pytest.mark.parametrize("width", [10, 60, 80, 120, 300])
def test_a_banner_fills_its_line_in_one_tone(width):
    for told in (replay_line(TIMES, width), offline_line(BLIND, TIMES, width)):
        assert line_width(told) == width
        assert {span.tone for span in told} == {Tone.BANNER}


def test_a_replay_says_its_instant_first_and_then_how_to_leave():
    assert plain(replay_line(TIMES, 80)).startswith(" REPLAY Fri 2027-01-15 12:00:00 UTC · esc")
    assert "( ) next mark" in plain(replay_line(TIMES, 120))


def test_blindness_says_since_when_and_why():
    told = plain(offline_line(BLIND, TIMES, 120))
    assert "OFFLINE since 12:00" in told
    assert "no witness answers" in told


def silence(kind):
    return Silence(1, kind, "api", NOW_MS, None, False, "", "tui")


def test_the_engine_line_counts_what_is_kept_quiet():
    kept = (silence(SilenceKind.SILENCE), silence(SilenceKind.MAINTENANCE))
    sight = EngineSight(ENGINE, runs=True, silences=kept)
    for width in (80, 120):
        told = plain(engine_line(sight, TIMES, width))
        assert "‖ 1 silence · ⚒ 1 in maintenance · UTC" in told
        assert len(told) <= width
    assert "sentinel stop" in plain(engine_line(sight, TIMES, 120))


def test_the_engine_line_tells_which_channel_fails():
    failing = ChannelHealth("mail", "smtp", failing_since_ms=NOW_MS, error="refused", waiting=2)
    told = plain(engine_line(EngineSight(ENGINE, runs=True, failing=(failing,)), TIMES, 120))
    assert told == "▲ channel mail takes no messages since 12:00, 2 waiting: refused"
    worse = EngineSight(replace(ENGINE, trouble="disk full"), runs=True, failing=(failing,))
    assert plain(engine_line(worse, TIMES, 120)).startswith("✖ cannot record: disk full")


async def test_a_blind_watch_is_told_on_every_tab_until_it_sees_again(watch, engine):
    async with opened(watch) as screen:
        await screen.loaded()
        assert "OFFLINE" not in screen.text
        await asyncio.to_thread(raise_offline, watch, True)
        await screen.shows("SENTINEL IS OFFLINE since 13:00")
        for key, told in (
            ("2", "acknowledged"),
            ("4", "no library is"),
            ("1", "Health"),
        ):
            await screen.press(key)
            await screen.shows(told, "SENTINEL IS OFFLINE")
        await asyncio.to_thread(raise_offline, watch, False)
        await screen.until(lambda: "OFFLINE" not in screen.text)


def raise_offline(paths, holds: bool) -> None:
    found = Finding("offline", Rule.OFFLINE, holds, Severity.WARNING, NOW_MS, "no witness answers")
    writer = Past(paths).open()
    asyncio.run(writer.run(lambda db: recorder.raise_finding(db, found, "", "")))
    writer.close()
