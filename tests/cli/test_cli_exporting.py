"""Reports and exports of a watch that is under way, and the way into the past."""

import csv
import io
import stat
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest


def this_month() -> str:
    return f"{datetime.now(UTC):%Y-%m}"


def test_prometheus_reads_the_last_looks(watched):
    done = watched.run("export", "prometheus")
    assert done.code == 0
    assert done.err == ""
    assert 'probe_success{service="curator",check="http",target="http://127' in done.out
    assert "sentinel_watching 1" in done.out


def test_the_file_of_the_textfile_collector_is_replaced_whole(watched, tmp_path):
    path = tmp_path / "sentinel.prom"
    path.write_text("old\n")
    done = watched.run("export", "prometheus", "--file", str(path))
    assert done.code == 0
    assert done.out == ""
    assert path.read_text().endswith("sentinel_watching 1\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_an_error_with_a_way_out(watched, tmp_path):
    done = watched.run("export", "prometheus", "--file", str(tmp_path / "nowhere" / "x.prom"))
    assert done.code == 1
    assert "nowhere" in done.err


def test_a_status_page_is_a_folder_for_any_web_server(watched, tmp_path):
    folder = tmp_path / "public" / "status"
    done = watched.run("export", "status-page", str(folder), "--title", "Our <shop>")
    assert done.code == 0
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert written == {
        *("index.html", "badge.svg"),
        *(f"badges/{service}.svg" for service in ("curator", "public", "nightly")),
    }
    page = (folder / "index.html").read_text(encoding="utf-8")
    HTMLParser().feed(page)
    assert "Our &lt;shop&gt;" in page
    assert "127.0.0.1" not in page
    assert "Europe/Paris" in page


@pytest.mark.parametrize("style", ["md", "csv", "json"])
def test_a_month_is_reported_in_each_format(watched, style):
    done = watched.run("report", "--month", this_month(), "--format", style)
    assert done.code == 0
    assert "curator" in done.out
    if style == "csv":
        rows = list(csv.DictReader(io.StringIO(done.out)))
        assert {row["service"] for row in rows} == {"curator", "public", "nightly"}


def test_a_report_can_be_put_into_a_file(watched, tmp_path):
    path = tmp_path / "month.md"
    done = watched.run("report", "--month", this_month(), "-o", str(path))
    assert done.out == ""
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("month", ["2026-13", "October", "2999-01"])
def test_a_month_that_is_none_is_refused(watched, month):
    done = watched.run("report", "--month", month)
    assert done.code == 64
    assert month in done.err
    assert done.out == ""


def test_an_incident_is_exported_as_markdown(watched):
    (incident,) = watched.run("incidents", "--json").data["incidents"]
    done = watched.run("incident", str(incident["id"]), "--format", "md")
    assert done.code == 0
    assert done.out.startswith(f"# Incident {incident['id']}: public is DOWN")
    assert "## Timeline" in done.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("2020-01-01", "12:00"), 4, "nothing had been recorded"),
        (("2999-01-01 12:00",), 64, "still to come"),
        (("soon",), 64, "no instant"),
        ((f"{datetime.now(UTC):%Y-%m-%dT%H:%M}", "--date", "2026-01-01"), 64, "twice"),
    ],
)
def test_a_replay_of_nothing_says_why(watched, words, code, said):
    done = watched.run("replay", *words)
    assert done.code == code
    assert said in done.err
