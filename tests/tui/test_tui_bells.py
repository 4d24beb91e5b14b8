"""Ringing for what a terminal channel was told: once, and with nothing in it that could do harm."""

from __future__ import annotations

import asyncio

import pytest
from tui_alarm import alarm
from tui_past import HOSTILE, NOW_MS
from tui_screen import opened

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import Message, NoticeKind
from sentinel_tui.tui.bells import Bell, Bells, desktop_notice
from sentinel_tui.tui.preferences import read_preferences


def message(key="1/alarm", *, channel="here", at_ms=NOW_MS, title="✖ Gateway is DOWN"):
    return Message(key, channel, Severity.CRITICAL, title, "", NoticeKind.ALARM, (1,), at_ms)


def rung(bell=Bell(), *messages, in_tmux=False):  # noqa: B008 (frozen)
    bells, written = Bells({"here": bell}, NOW_MS, in_tmux=in_tmux), []
    bells.ring(messages, written.append)
    bells.ring(messages, written.append)
    return written


def test_a_new_message_rings_once():
    assert rung(Bell(), message()) == ["\a"]


@pytest.mark.parametrize(
    "other", [message(at_ms=NOW_MS - 1), message(channel="mail")], ids=["old", "elsewhere"]
)
def test_old_messages_and_those_of_other_channels_do_not_ring(other):
    assert rung(Bell(), other) == []


@pytest.mark.parametrize(
    ("desktop", "sequence"),
    [
        ("osc9", "\x1b]9;Sentinel: ✖ Gateway is DOWN\x1b\\"),
        ("osc777", "\x1b]777;notify;Sentinel;✖ Gateway is DOWN\x1b\\"),
        ("none", ""),
        ("no such", ""),
    ],
)
def test_the_desktop_is_told_as_the_owner_wants(desktop, sequence):
    assert rung(Bell(audible=False, desktop=desktop), message()) == [sequence]
    assert rung(Bell(desktop=desktop), message()) == [f"\a{sequence}"]


@pytest.mark.parametrize("desktop", ["osc9", "osc777"])
def test_no_title_can_end_the_sequence_or_become_another(desktop):
    sequence = desktop_notice(desktop, f"4;1;{HOSTILE}\x07\x9c")
    body = sequence.removeprefix("\x1b]").removesuffix("\x1b\\")
    assert body.isprintable()
    assert body.count(";") == {"osc9": 1, "osc777": 3}[desktop]
    assert len(body) < 300


def test_tmux_is_asked_to_pass_it_on():
    wrapped = rung(Bell(audible=False, desktop="osc9"), message(), in_tmux=True)[0]
    assert wrapped == "\x1bPtmux;\x1b\x1b]9;Sentinel: ✖ Gateway is DOWN\x1b\x1b\\\x1b\\"


def test_terminal_channels_are_read_from_the_configuration(tmp_path):
    file = tmp_path / "sentinel.toml"
    file.write_text(
        "[[channels]]\nname = 'here'\nkind = 'terminal'\ndesktop = 'osc9'\n"
        "[[channels]]\nname = 'quiet'\nkind = 'terminal'\nbell = false\n"
        "[[channels]]\nname = 'mail'\nkind = 'smtp'\n"
        "[notifications]\nacknowledged_for = '2h'\n"
        "[[services]]\nid = 'api'\nobjective = 99.9\n"
    )
    preferences = read_preferences(file)
    assert preferences.bells == {"here": Bell(True, "osc9"), "quiet": Bell(False, "none")}
    assert preferences.acknowledged_s == 7_200
    assert preferences.objectives == {"api": 99.9}


@pytest.mark.parametrize(
    "text",
    [
        "channels = 3\nservices = 'x'\nnotifications = 1",
        "channels = [1]\nservices = [{objective = 'x'}]",
        "[notifications]\nacknowledged_for = 'soon'",
    ],
)
def test_what_is_wrong_there_is_left_at_its_default(tmp_path, text):
    file = tmp_path / "sentinel.toml"
    file.write_text(text)
    preferences = read_preferences(file)
    assert (preferences.bells, preferences.objectives) == ({}, {})
    assert preferences.acknowledged_s == 14_400


async def test_the_screen_rings_for_what_is_told_while_it_is_open(watch, engine):
    async with opened(watch, bells={"here": Bell()}) as screen:
        written = ringing(screen)
        await screen.loaded()
        await asyncio.to_thread(alarm, watch)
        await screen.until(lambda: written == ["\a"])
        screen.app.action_refresh_data()
        await screen.shows("✖2")
        assert written == ["\a"]


async def test_it_rings_also_while_nobody_looks(watch, engine):
    from textual.events import AppBlur

    async with opened(watch, bells={"here": Bell()}) as screen:
        written = ringing(screen)
        await screen.loaded()
        screen.app.post_message(AppBlur())
        await screen.pilot.pause()
        await asyncio.to_thread(alarm, watch)
        await screen.until(lambda: written == ["\a"])


def ringing(screen) -> list[str]:
    written: list[str] = []
    screen.app.write_through = written.append
    return written
