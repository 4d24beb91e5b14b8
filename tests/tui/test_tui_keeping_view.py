"""Hours, modes, weeks, cold starts and actions as lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from tui_kept import profile, week

from sentinel_tui.commands.confirming import Question
from sentinel_tui.domain.autonomy.actions import Action, Freeze, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent
from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.tui.cells import Tone, line_width, plain
from sentinel_tui.tui.view_models.actions import action_rows, step_cell
from sentinel_tui.tui.view_models.asking import approving, asking_lines
from sentinel_tui.tui.view_models.banner import frozen_line, waiting_line
from sentinel_tui.tui.view_models.changes import Changes, with_changes
from sentinel_tui.tui.view_models.cold_starts import ColdStarts, cold_start_lines
from sentinel_tui.tui.view_models.hosting import deploy_lines, hosted_line
from sentinel_tui.tui.view_models.hours import HoursSight, hours_line
from sentinel_tui.tui.view_models.modes import mode_cells, mode_strip
from sentinel_tui.tui.view_models.plot import Mark, Plot, Slices
from sentinel_tui.tui.view_models.status import COLUMNS, columns
from sentinel_tui.tui.view_models.week import grid_lines, peak_lines, week_figures
from sentinel_tui.tui.view_models.words import Times

NOW_MS = 1_800_014_400_000
HOUR_MS = 3_600_000
TIMES = Times(UTC, "UTC", NOW_MS)
DAY = Slices(NOW_MS - 24 * HOUR_MS, HOUR_MS, 24)
LASTING = HoursSight(312.9, 750.0, 640.0, 700.0)
DEPLOY = HostedDeploy("dep-1", "public", DeployStatus.LIVE, "0123456789", "Faster", "api", NOW_MS)
ACTION = Action(
    7, "k", "public", Verb.RESTART, "healing", "it is down", True, Step.WAITING, NOW_MS - 60_000
)
NAMES = {"public": "Public site"}


def text(lines) -> str:
    return "\n".join(plain(one) for one in lines)


def tones(line) -> set[Tone]:
    return {span.tone for span in line}


@pytest.mark.parametrize(
    ("sight", "told", "tone"),
    [
        (LASTING, "lasts the month", Tone.GOOD),
        (replace(LASTING, forecast_p90_h=800.0), "may not last", Tone.WARN),
        (replace(LASTING, exhausted_ms=NOW_MS + HOUR_MS), "spent by Fri 15 Jan 13h", Tone.BAD),
        (replace(LASTING, used_h=750.0), "stopped until next month", Tone.BAD),
        (HoursSight(0.0, 750.0), "no forecast yet", Tone.GOOD),
    ],
)
def test_hours_say_how_the_month_will_end(sight, told, tone):
    line = hours_line(sight, TIMES, 120)
    assert told in plain(line)
    assert tone in tones(line)


@pytest.mark.parametrize("width", [20, 40, 60, 78, 200])
def test_hours_keep_to_their_room_and_drop_the_least_first(width):
    told = plain(hours_line(LASTING, TIMES, width))
    assert line_width(hours_line(LASTING, TIMES, width)) <= width
    assert ("lasts" in told) or "forecast" not in told


def test_hours_are_never_shown_as_more_than_were_spent():
    assert "312 " in plain(hours_line(LASTING, TIMES, 120))


@pytest.mark.parametrize("width", [56, 76, 116])
def test_a_week_fits_and_shows_168_hours(width):
    lines = grid_lines(week(), 3, "10:00", width)
    assert all(line_width(one) <= width for one in lines)
    days = [plain(one) for one in lines[1:8]]
    assert [one[:3] for one in days] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert sum(one.count(sign) for one in days for sign in "▰▪▱") == 168


def test_each_hour_stands_below_its_heading_and_the_present_one_stands_out():
    lines = grid_lines([replace(one, kept=float(one.cell == 33)) for one in week()], 33, "", 76)
    assert plain(lines[2]).index("▰") == plain(lines[0]).index("09")
    assert next(span.text for span in lines[2] if span.tone is Tone.CHOSEN) == "▰"


def test_busier_hours_stand_higher_and_any_visit_is_more_than_none():
    hours = [replace(one, visits=float(one.cell)) for one in week()]
    monday, sunday = (plain(grid_lines(hours, None, "", 76)[row]) for row in (1, 7))
    assert "▁" in monday
    assert "▇" in sunday
    quiet = grid_lines([replace(one, visits=0.0) for one in hours], None, "", 76)
    assert not set(text(quiet[:8])) & set("▁▂▃▄▅▆▇")


def test_a_week_comes_to_what_its_hours_come_to():
    hours = week()
    told = plain(week_figures(hours))
    assert f"{sum(one.kept for one in hours):.0f} of 168 h" in told
    assert f"{sum(one.cold for one in hours):.1f} meet a cold start" in told


def test_busy_hours_come_with_evidence_and_quiet_ones_in_one_line():
    told = text(peak_lines(profile()))
    assert "busy   weekdays  10–13 h" in told
    assert "from 2" in told
    assert told.count("quiet  weekdays") == 1
    assert "00–07, 16–18, 23–24 h" in told
    assert "half as many again" in told


def test_too_little_data_says_how_much_is_missing():
    told = text(peak_lines(profile(days_needed=9)))
    assert "9 more days" in told
    assert "busy  " not in told


def test_modes_are_drawn_from_when_they_began_to_now():
    changes = [
        ModeChange("public", NOW_MS - 90 * HOUR_MS, Mode.ECONOMY, ""),
        ModeChange("public", NOW_MS - 6 * HOUR_MS, Mode.HYPER_VIGILANT, ""),
    ]
    first, last = mode_strip(changes, DAY)
    assert (first.start, first.end, last.end) == (0.0, 0.75, 1.0)
    assert first.sign != last.sign


def test_the_ordinary_mode_alone_is_not_worth_a_row_or_a_column():
    normal = ModeChange("public", NOW_MS - HOUR_MS, Mode.NORMAL, "")
    assert mode_strip([normal], DAY) == ()
    assert mode_strip([], DAY) == ()
    assert mode_cells({"public": Mode.NORMAL}) == {}
    assert columns(modes=False) == COLUMNS
    assert plain(mode_cells({"a": Mode.NORMAL, "b": Mode.ECONOMY})["a"]) == ""


def test_what_was_done_is_marked_below_what_failed():
    failed = Mark(0.5, "×", Tone.BAD)
    lost = replace(DEPLOY, status=DeployStatus.FAILED, live_ms=None, ended_ms=NOW_MS - HOUR_MS)
    changes = Changes(
        deploys=[replace(DEPLOY, live_ms=NOW_MS - 12 * HOUR_MS), lost],
        events=[HostEvent("evt-1", "public", NOW_MS - 200 * HOUR_MS, "server_failed", "failed")],
    )
    drawn = with_changes(Plot((), (), 1.0, marks=(failed,)), changes, DAY)
    assert drawn.marks[-1] == failed
    assert [mark.at for mark in drawn.marks[:-1]] == [0.5, 23 / 24]
    assert len({mark.sign for mark in drawn.marks}) == 3
    assert "1 failed deploy" in text(changes.lines)


def starts(*seconds: float, deploy: str = "") -> list[ColdStartRecord]:
    return [ColdStartRecord(NOW_MS, "public", one * 1_000, Cause.VISIT, deploy) for one in seconds]


def test_cold_starts_are_told_as_a_distribution_once_there_are_a_few():
    few = text(cold_start_lines(ColdStarts(starts(3, 4)), TIMES, 76))
    assert "p95" in few
    assert "█" not in few
    many = list(cold_start_lines(ColdStarts(starts(3, 4, 12, 12, 12, 200)), TIMES, 76))
    bars = {
        plain(one).split(" s ")[0].strip(): plain(one).count("█")
        for one in many
        if "█" in plain(one)
    }
    assert bars["10–20"] == max(bars.values())
    assert "over 120" in bars
    assert all(line_width(one) <= 76 for one in many)


def test_cold_starts_are_compared_by_deploy_and_name_whom_they_struck():
    both = [*starts(20, 22, 21, deploy="dep-new"), *starts(9, 10, 11, deploy="dep-old")]
    told = text(cold_start_lines(ColdStarts(both, 4, "slower since"), TIMES, 76))
    assert told.index("dep-new") < told.index("dep-old")
    assert "4 visitors met one" in told
    assert "▲ slower since" in told


def test_a_deploy_of_which_nothing_came_reads_otherwise():
    failed = replace(DEPLOY, status=DeployStatus.FAILED)
    live, lost = (plain(one) for one in deploy_lines([DEPLOY, failed], TIMES))
    assert "● live" in live
    assert "0123456 " in live
    assert "failed" in lost


def test_a_suspended_service_says_by_whom():
    hosted = HostedService("a", "srv-1", "tea-1", "free", 1, ("billing",), True, None, NOW_MS)
    assert "suspended by billing" in plain(hosted_line(hosted, TIMES))
    asleep = replace(hosted, suspenders=(), running=False)
    assert "asleep" in plain(hosted_line(asleep, TIMES))
    assert "as of 11:00" in plain(hosted_line(replace(asleep, seen_ms=NOW_MS - HOUR_MS), TIMES))
    assert "as of" not in plain(hosted_line(asleep, TIMES))


def test_each_step_has_a_sign_and_a_word_of_its_own():
    told = [plain(step_cell(step)) for step in Step]
    assert len(set(told)) == len(Step)
    assert all(step.value in one for step, one in zip(Step, told, strict=True))


@pytest.mark.parametrize(
    ("verb", "given", "told"),
    [
        (Verb.SCALE, {"instances": 3}, "3 instances"),
        (Verb.ROLLBACK, {"deploy": "dep-9"}, "dep-9"),
        (Verb.PLAN, {"plan": "starter"}, "starter"),
        (Verb.AUTO_DEPLOY, {"on": False}, "off"),
    ],
)
def test_an_action_names_its_service_and_what_is_done(verb, given, told):
    action = replace(ACTION, verb=verb, arguments=given)
    (row,) = action_rows([action], NAMES, TIMES)
    assert told in plain(row.cells["what"])
    assert "Public site" in plain(row.cells["what"])


def test_an_approval_tells_who_why_and_until_when():
    question = Question("Restart public?", ("It is away for a moment.",), "public")
    expiring = replace(ACTION, expires_ms=NOW_MS + 60_000)
    asked = approving(question, expiring, TIMES)
    told = text(asking_lines(asked, 60))
    assert "Wanted by healing: it is down" in told
    assert "12:01:00" in told
    assert "away for a moment" in told
    assert asked.typed == "public"
    assert asked.may_reject


@pytest.mark.parametrize("width", [60, 80, 120])
def test_banners_fill_their_line_and_keep_the_key_in_sight(width):
    named = {"public": "A very long name of a service that nobody would ever want to have, ever"}
    waiting = [replace(ACTION, expires_ms=NOW_MS + 60_000), ACTION]
    told = waiting_line(waiting, named, TIMES, "Y", width)
    assert line_width(told) == width
    assert "until 12:01: Y · +1 more" in plain(told)
    frozen = frozen_line(Freeze(NOW_MS, "cli", "why " * 99), TIMES, width)
    assert line_width(frozen) == width
    assert plain(frozen).startswith(" FROZEN since 12:00 by cli")
