"""`sentinel plan --simulate` on logs of visits: its figures, and what it says of bad ones."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sentinel_tui.__main__ import main
from sentinel_tui.cli.root import sentinel
from sentinel_tui.cli.visit_logs import first_monday, read_visit_log
from sentinel_tui.errors import UsageError

MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 (logs tell the time on the wall)


def office_hours(weeks: int) -> list[datetime]:
    """Somebody who comes at ten on every week-day."""
    days = (MONDAY + timedelta(days=number, hours=10) for number in range(weeks * 7))
    return [day for day in days if day.weekday() < 5]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "visits.csv.gz"
    lines = ["timestamp,user", *(f"{one.isoformat()}+01:00,7" for one in office_hours(11))]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def ask(*words: str) -> Result:
    return CliRunner().invoke(sentinel, ["plan", *words], standalone_mode=False)


def test_the_plan_and_the_usual_ways_on_the_same_visits(log: Path) -> None:
    told = json.loads(ask("--simulate", str(log), "--budget", "60", "--json").output)
    for one in (told, told["always_on"], told["fixed_hours"]):
        assert one["sessions"] == (told["weeks"] - 6) * 5
        assert 0 <= one["cold"] + one["refused"] <= one["sessions"]
        assert one["hours_per_month"] > 0
    assert told["cold"] < told["sessions"] / 4
    assert told["always_on"]["refused"] > told["refused"]


def test_the_same_for_people(log: Path) -> None:
    lines = ask("--simulate", str(log), "--budget", "60").output.splitlines()
    assert "60 hours a month" in lines[0]
    assert [line.split("  ")[0] for line in lines[3:]] == [
        "the plan",
        "always on",
        "8 to 18, Mon to Fri",
    ]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("2026-01-06 09:00:00,x\n2026-01-05T08:00:00Z,y\n", 2),
        ("when\n1767603600\n1767603600000\n", 2),
        ("\n\n2026-01-06T09:00:00-07:00\n", 1),
    ],
)
def test_times_are_understood_as_people_write_them(tmp_path: Path, text: str, times: int) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    read = read_visit_log(path)
    assert len(read) == times
    assert read == sorted(read)


def test_a_log_counts_from_its_first_whole_monday() -> None:
    assert first_monday([MONDAY]) == MONDAY
    assert first_monday([MONDAY + timedelta(hours=1)]) == MONDAY
    assert first_monday([MONDAY - timedelta(days=3)]) == MONDAY


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no times"),
        (b"when\n", "holds no times"),
        (b"2026-01-06\nyesterday\n", "2: 'yesterday' is no time"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_bad_log_is_named_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said) as refused:
        read_visit_log(path)
    assert str(path) in str(refused.value)


def test_a_broken_gzip_is_said_to_be_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"2026-01-06\n" * 500)[:40])
    with pytest.raises(UsageError, match="cannot be read"):
        read_visit_log(path)


def test_too_short_a_log_says_how_much_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("\n".join(one.isoformat() for one in office_hours(3)), encoding="utf-8")
    refused = ask("--simulate", str(path))
    assert isinstance(refused.exception, UsageError)
    assert "7 whole weeks" in str(refused.exception)


def test_logs_are_tried_with_a_budget_and_the_plan_that_holds_with_another_one(log: Path) -> None:
    for words in (("--simulate",), ("--simulate", str(log), "--what-if", "budget=5")):
        assert isinstance(ask(*words).exception, UsageError)


def test_a_log_without_simulate_says_how_to_try_it(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["sentinel", "plan", str(log)])
    assert main() == UsageError.exit_code
    assert "--simulate" in capsys.readouterr().err
