"""The screen as a terminal sees it: quiet, deaf to nothing, harmless, and gone when it must be."""

from __future__ import annotations

import asyncio
import re
import signal
from functools import partial

import pytest
from tui_alarm import CHANNEL, alarm
from tui_past import EVERY_MS, NOW_MS, Past

from sentinel_tui.domain.monitoring.judgement import judge
from sentinel_tui.domain.monitoring.observations import Observation, Outcome, PhaseTimings
from sentinel_tui.domain.monitoring.states import CheckState, Thresholds
from sentinel_tui.store import recorder

GOODBYE = "The engine watches on. Stop it with: sentinel stop"
QUIET_S = 4.0
DEFAULT_COLOURS = (39, 49)
COLOUR = re.compile(rb"\x1b\[[0-9;:]*m")
SEQUENCE = re.compile(rb"\x1b(?:\[[0-9;:<>=?$]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


@pytest.fixture
def screen(watch, engine, open_screen):
    terminal = open_screen()
    terminal.read_until(terminal.shows("min "))
    terminal.read_until(terminal.shows("engine 4711 watches"))
    terminal.read_until_quiet()
    return terminal


def test_nothing_is_sent_when_nothing_changes(screen):
    assert screen.read_for(QUIET_S) == 0


def test_a_look_repaints_only_what_it_changed(screen, watch):
    whole = len(screen.raw)
    record_a_look(watch)
    sent = screen.read_for(QUIET_S)
    assert 0 < sent < whole / 3


def test_what_is_typed_ahead_in_one_packet_is_kept_whole(screen):
    screen.send(":why public\r")
    screen.read_until(screen.shows("▸ why public"))


def test_what_is_typed_before_the_screen_is_there_is_kept_whole(watch, engine, open_screen):
    terminal = open_screen()
    terminal.read_until(lambda one: b"\x1b[?1049h" in one.raw)
    terminal.send(":why public\r")
    terminal.read_until(terminal.shows("▸ why public"))


def test_several_commands_in_one_packet_are_all_answered(screen):
    screen.send(":help why\rhelp ack\r")
    screen.read_until(screen.shows("▸ help ack"))


def test_without_colour_no_colour_is_sent(watch, engine, open_screen):
    terminal = open_screen(NO_COLOR="1")
    terminal.read_until(terminal.shows("min "))
    terminal.send("2")
    terminal.read_until(terminal.shows("acknowledged 0"))
    codes = {code for found in COLOUR.findall(terminal.raw) for code in parameters(found)}
    assert codes <= {0, 1, 2, 3, 4, 7, *DEFAULT_COLOURS}


def parameters(sequence: bytes) -> list[int]:
    return [int(part) for part in re.split(rb"[;:]", sequence[2:-1]) if part]


def test_over_ssh_a_screen_costs_fewer_bytes(watch, engine, open_screen):
    sizes = []
    for connection in ("", "192.0.2.1 50000 192.0.2.2 22"):
        terminal = open_screen(SSH_CONNECTION=connection)
        terminal.read_until(terminal.shows("min "))
        terminal.read_until_quiet()
        sizes.append(len(terminal.raw))
        terminal.close()
    assert sizes[1] < sizes[0]


def test_hostile_text_sends_the_terminal_no_command(hostile_watch, engine, open_screen):
    terminal = open_screen(columns=120, rows=40)
    terminal.read_until(terminal.shows("min "))
    for keys, there in (("2", "nobody has it"), ("\r", "Lost"), (":why service-2\r", "▸ why")):
        terminal.send(keys)
        terminal.read_until(terminal.shows(there))
    terminal.read_until_quiet()
    assert b"]52;" not in SEQUENCE.sub(b"", terminal.raw).replace("·]52;".encode(), b"")
    for sequence in SEQUENCE.findall(bytes(terminal.raw)):
        assert not sequence.startswith((b"\x1b]52", b"\x1b]0;", b"\x1b]2;"))
    text = SEQUENCE.sub(b"", bytes(terminal.raw)).decode()
    assert not [char for char in text if "\x80" <= char <= "\x9f"]
    assert not [char for char in text if "\u202a" <= char <= "\u202e"]
    assert "\x07" not in text


def test_an_alarm_rings_the_terminal_once_where_it_is_wanted(watch, engine, open_screen):
    watch.config.write_text(
        f'[[channels]]\nname = "{CHANNEL}"\nkind = "terminal"\ndesktop = "osc9"\n'
    )
    terminal = open_screen(TMUX="")
    terminal.read_until(terminal.shows("min "))
    terminal.read_until(terminal.shows("engine 4711 watches"))
    assert bells(terminal) == 0
    alarm(watch)
    terminal.read_until(terminal.shows("Curator is DOWN"))
    terminal.read_for(QUIET_S)
    assert bells(terminal) == 1
    assert bytes(terminal.raw).count(b"\x1b]9;Sentinel: ") == 1


def bells(terminal) -> int:
    """How often it was rung; the same character also ends some of Textual's own sequences."""
    return SEQUENCE.sub(b"", bytes(terminal.raw)).count(b"\a")


def test_leaving_says_that_the_engine_watches_on(screen):
    screen.send("q")
    assert screen.wait() == 0
    assert GOODBYE in screen.text


def test_ctrl_c_leaves_too(screen):
    screen.send("\x03")
    assert screen.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_signal_ends_the_screen_and_gives_the_terminal_back(screen, number):
    screen.signal(number)
    assert screen.wait() == 128 + number
    assert screen.raw.rfind(b"\x1b[?1049l") > screen.raw.rfind(b"\x1b[?1049h")


def test_a_terminal_that_hangs_up_ends_the_screen(screen):
    screen.hang_up()
    assert screen.wait() != 0


def test_a_terminal_that_hangs_up_unheard_ends_the_screen(watch, engine, open_screen):
    terminal = open_screen(SENTINEL_TEST_IGNORE_HUP="1")
    terminal.read_until(terminal.shows("min "))
    terminal.hang_up()
    assert terminal.wait() != 0


def test_a_terminal_that_stalls_and_hangs_up_ends_the_screen(screen, watch):
    for _ in range(3):
        record_a_look(watch)
    screen.send("2\t1\t" * 200)
    screen.hang_up()
    assert screen.wait() != 0


def test_a_terminal_that_stalls_for_a_while_goes_on_where_it_was(screen, watch):
    screen.send("21" * 40)
    record_a_look(watch)
    screen.read_until(screen.shows("min "))
    screen.send("j")
    screen.read_until(screen.shows("Monetizer · http"))


def record_a_look(paths) -> None:
    """One more look, as the engine would record it."""
    past = Past(paths)
    writer = past.open()

    def job(db):
        states = recorder.load_states(db)
        keys = recorder.register(db, past.config.services)
        state: CheckState = states["curator", "http"]
        seen = Observation(
            NOW_MS - EVERY_MS + 1_000 * (state.fast_looks % 20),
            Outcome.OK,
            PhaseTimings(total_ms=80.0 + state.fast_looks),
            latency_ms=80.0 + state.fast_looks,
            status=200,
        )
        judged = judge("curator", "http", {"http": state}, seen, Thresholds())
        recorder.record(db, [(keys["curator", "http"], judged)], NOW_MS)

    asyncio.run(writer.run(partial(job)))
    writer.close()
