"""`sentinel video`: exports of any platform, and what it says of bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sentinel_tui.cli.root import sentinel
from sentinel_tui.errors import UsageError

HEADING = "video_id,length_s,views,completed,hold\n"


def ask(*words: str) -> Result:
    return CliRunner().invoke(sentinel, ["video", *words], standalone_mode=False)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "videos.csv"
    path.write_text(
        HEADING + "intro,90,400,300,0.8\ntalk,1800,250,20,0.25\nnever,60,0,0,\nnew,95,2,1,0.5\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def heatmaps(tmp_path: Path) -> Path:
    path = tmp_path / "heat.json"
    heat = {"0": 100, "1": 60, "2": 50, "3": 40, "total": 9}
    videos = [
        {"video_id": 7, "length_s": 120, "average_watch_s": 60, "heatmap": heat},
        {"video_id": "short", "length_s": 20, "average_watch_s": 9, "heatmap": {"1": 5}},
    ]
    path.write_text(json.dumps(videos), encoding="utf-8")
    return path


def test_scores_for_programs(table: Path) -> None:
    told = json.loads(ask("score", str(table), "--json").output)
    assert [one["video_id"] for one in told] == ["intro", "talk", "new"]
    for one in told:
        assert one["score_lo"] <= one["score"] <= one["score_hi"]
        assert one["completion_lo"] <= one["completion"] <= one["completion_hi"]
    assert told[0]["confidence"] > told[2]["confidence"]


def test_scores_for_people_best_first(table: Path) -> None:
    lines = ask("score", str(table)).output.splitlines()
    scores = [int(line.split()[1]) for line in lines[1:]]
    assert scores == sorted(scores, reverse=True)


def test_seconds_watched_do_as_well_as_a_share(tmp_path: Path, table: Path) -> None:
    other = tmp_path / "seconds.csv"
    other.write_text(
        "video_id,length_s,views,completed,watch_s\nintro,90,400,300,72\ntalk,1800,250,20,450\n"
        "new,95,2,1,47.5\n",
        encoding="utf-8",
    )
    assert ask("score", str(other), "--json").output == ask("score", str(table), "--json").output


def test_retention_for_programs_and_for_people(heatmaps: Path) -> None:
    told = json.loads(ask("retention", str(heatmaps), "--json").output)
    assert [one["video_id"] for one in told] == [7, "short"]
    assert 0 < told[0]["completion"] < 1
    assert told[1]["bounce_30s"] is None
    lines = ask("retention", str(heatmaps)).output.splitlines()
    assert "estimated" in lines[0]
    assert "too short" in lines[2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("video_id,views\n", "no column length_s, completed, hold"),
        (HEADING + "a,60,ten,0,0.5\n", ":2: views is 'ten'"),
        (HEADING + "a,60,1,2,0.5\n", ":2: more views completed"),
        (HEADING + "a,0,1,1,0.5\n", ":2: length_s is 0"),
        (HEADING + "a,60,1.5,1,0.5\n", ":2: views is 1.5"),
        (HEADING + "a,nan,1,1,0.5\n", ":2: length_s is nan"),
        (HEADING + "a,60\n", ":2: views is missing"),
    ],
)
def test_a_bad_table_is_named_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    refused = ask("score", str(path)).exception
    assert isinstance(refused, UsageError)
    assert said in str(refused)
    assert str(path) in str(refused)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"{}", "holds no list"),
        (b"[5]", "video 1 has no heatmap"),
        (b'[{"heatmap": {"x": 1}}]', "no segments"),
        (b'[{"heatmap": {"99999999": 1}}]', "no segments"),
        (b'[{"heatmap": {"0": 0}}]', "cold everywhere"),
        (b'[{"heatmap": {"0": null}}]', "0 is missing"),
        (b'[{"heatmap": {"0": 1}, "length_s": "x"}]', "length_s is 'x'"),
    ],
)
def test_bad_heatmaps_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    refused = ask("retention", str(path)).exception
    assert isinstance(refused, UsageError)
    assert said in str(refused)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for kind in ("score", "retention"):
        assert "cannot be read" in str(ask(kind, str(tmp_path / "none")).exception)
