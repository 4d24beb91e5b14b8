"""What happened, told from a shell: one event, or a file of them, once however often."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_world import Shell

from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import open_reader

_VIEWER = "bob@shop.example"
_NOBODYS = "657bb740-a71b-4529-a012-528021c31a92"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A Sentinel that knows two libraries."""
    folder = tmp_path_factory.mktemp("shop")
    shell = Shell(folder / "sentinel.toml", folder / "data")
    shell.config.write_text(
        """
        network = { witnesses = [] }
        services = [{ id = "curator", checks = [{ kind = "heartbeat", every = "1h" }] }]

        [videos]
        libraries = [
          { name = "previews", role = "public" },
          { name = "films", role = "private" },
        ]
        """
    )
    yield shell
    shell.run("stop")


def stored(shell: Shell, sql: str) -> list[tuple[Any, ...]]:
    with closing(open_reader(Paths(shell.config, shell.data_dir).store)) as connection:
        return [tuple(row) for row in connection.execute(sql)]


def count(shell: Shell, table: str, identity: str) -> int:
    sql = f"SELECT count(*) FROM {table} WHERE id LIKE '{identity}%'"  # noqa: S608 (constants)
    return int(stored(shell, sql)[0][0])


def event(number: int, **told: object) -> dict[str, object]:
    return {
        "id": f"file-{number}",
        "viewer_token": _VIEWER,
        "video_id": "spring-teaser",
        "library": "previews",
        "event": "progress",
        "t": "2026-11-02T10:00:00+01:00",
        "position": number / 2,
        **told,
    }


def test_one_view_is_told_and_told_again_it_is_known(shop: Shell) -> None:
    words = ["track", "view", "spring-teaser", "--library", "previews", "--viewer", _VIEWER]
    words += ["--event", "ended", "--position", "61.5", "--at", "2026-11-01T09:00:00Z"]
    assert shop.run(*words).out == "Taken.\n"
    again = shop.run(*words, "--json")
    assert (again.code, again.data["new"], again.data["known"]) == (0, 0, 1)
    sql = "SELECT viewer, position_s, at_ms FROM view_events WHERE event = 'ended'"
    ((viewer, position_s, at_ms),) = stored(shop, sql)
    assert (position_s, at_ms) == (61.5, 1_793_523_600_000)
    assert "bob" not in viewer


def test_one_action_is_told_with_its_context(shop: Shell) -> None:
    done = shop.run(
        "track", "action", "upload_video", "title=Été", "size=big", "--service", "curator"
    )
    assert (done.code, done.out) == (0, "Taken.\n")
    ((action, service, context),) = stored(
        shop, "SELECT action, service, context FROM user_actions"
    )
    assert (action, service, json.loads(context)) == (
        "upload_video",
        "curator",
        {"title": "Été", "size": "big"},
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("view", "spring-teaser", "--library", "nowhere"), "library"),
        (("view", "spring-teaser", "--library", "films", "--at", "soon"), "t is a time"),
        (
            ("view", "spring-teaser", "--library", "films", "--event", "pause"),
            "position is missing",
        ),
        (("action", "upload_video", "title"), "NAME=VALUE"),
        (("action", "upload_video", "--at", "2999-01-01"), "in the future"),
    ],
)
def test_what_cannot_be_taken_is_said_and_is_an_error(
    shop: Shell, words: tuple[str, ...], said: str
) -> None:
    done = shop.run("track", *words)
    assert done.code == 64
    assert said in done.err


def test_a_file_of_lines_is_taken_in_whole_and_once(shop: Shell, tmp_path: Path) -> None:
    file = tmp_path / "views.jsonl"
    lines = [json.dumps(event(number)) for number in range(250)]
    lines[100] = "{not json"
    lines[200] = json.dumps(event(200, event="dance"))
    # More than a request over the control socket may hold: it alone is refused.
    lines[210] = json.dumps(event(210, context={str(one): "x" * 600 for one in range(150)}))
    file.write_text("\n".join(lines) + "\n\n")
    done = shop.run("import", "views", str(file), "--json")
    assert (done.code, done.data["new"], done.data["known"]) == (1, 247, 0)
    assert [one["line"] for one in done.data["rejected"]] == [101, 201, 211]
    assert count(shop, "view_events", "file-") == 247
    again = shop.run("import", "views", str(file))
    assert "0 events taken, 247 known already." in again.out
    assert "line 201: event is one of play" in again.err


def test_a_log_of_the_delivery_is_of_a_library_and_its_videos(shop: Shell, tmp_path: Path) -> None:
    log = tmp_path / "zone.log"
    piece = f"https://vz-1.b-cdn.net/{_NOBODYS}/720p/video3.ts"
    log.write_text(f"HIT|200|1793523600000|9|7|192.0.2.0|-|{piece}|FR|Player/1|abc|FR\nno line\n")
    words = ("import", "cdn-log", str(log), "--anonymised", "network", "--library")
    done = shop.run(*words, "films")
    assert done.out == "Viewers of 0 videos estimated.\n"
    assert "1 other video" in done.err
    assert "no library" in shop.run(*words, "nowhere").err
    log.write_text("hello\n")
    assert "piece of a video" in shop.run(*words, "films").err


def test_a_line_in_another_encoding_keeps_no_other_from_being_taken(
    shop: Shell, tmp_path: Path
) -> None:
    lines = [json.dumps(event(number, id=f"latin-{number}")).encode() for number in range(3)]
    lines[1] = lines[1].replace(b"spring", b"\xe9t\xe9")
    file = tmp_path / "latin.jsonl"
    file.write_bytes(b"\n".join(lines))
    table = tmp_path / "latin.csv"
    table.write_bytes(b"id,action,title\nlatin-a,upload,caf\xe9\nlatin-b,upload,tea\n")
    for kind, path, new, line in (("views", file, 2, 2), ("actions", table, 1, 2)):
        done = shop.run("import", kind, str(path), "--json")
        assert (done.data["new"], [one["line"] for one in done.data["rejected"]]) == (new, [line])


def test_a_table_is_taken_in_with_its_own_columns_as_context(shop: Shell, tmp_path: Path) -> None:
    file = tmp_path / "actions.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["id", "action", "t", "duration_ms", "title", "note"])
        writer.writerow(["csv-1", "publish", "1793523600", "1500", "Été, fin", ""])
        writer.writerow(["csv-2", "publish", "2026-11-01 09:00", "", "", ""])
        writer.writerow(["csv-3", "publish", "", "long", "", ""])
        writer.writerow(["csv-4", "publish", "", "", "", "", "one cell too many"])
    done = shop.run("import", "actions", str(file), "--json")
    assert done.data["new"] == 2
    assert [(one["line"], one["field"]) for one in done.data["rejected"]] == [
        (4, "duration_ms"),
        (5, ""),
    ]
    sql = "SELECT timestamp, duration_ms, context FROM user_actions WHERE id = 'csv-1'"
    ((at_ms, duration_ms, context),) = stored(shop, sql)
    assert (at_ms, duration_ms) == (1_793_523_600_000, 1_500)
    assert json.loads(context) == {"title": "Été, fin"}


def test_a_file_that_is_none_is_said_to_be_none(shop: Shell, tmp_path: Path) -> None:
    other = tmp_path / "views.xml"
    other.write_text("<views/>")
    for file, said in ((other, "neither .jsonl nor .csv"), (tmp_path / "no.csv", "cannot be read")):
        done = shop.run("import", "views", str(file))
        assert done.code == 64
        assert said in done.err


def test_a_look_alone_tells_nothing(shop: Shell) -> None:
    refused = shop.run("--read-only", "track", "action", "upload_video")
    assert refused.code == 64
    assert "read-only" in refused.err
