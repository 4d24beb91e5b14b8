"""The videos in words: in order, one by one, by library, and what they have in common."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from functools import partial

import pytest
from commands_videos import OF_EACH, ROLES, fill_libraries, study_all

from sentinel_tui.commands.answers import as_json, as_text
from sentinel_tui.commands.context import execute
from sentinel_tui.commands.exporting.video_table import video_table
from sentinel_tui.domain.video.catalog import Library, LibraryRole
from sentinel_tui.domain.video.insights import Language
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend
from sentinel_tui.errors import UsageError
from sentinel_tui.store.videos import register_libraries, save_library, save_videos
from sentinel_tui.store.watching import save_uniques
from sentinel_tui.text import cell_width


@pytest.fixture
def library(past, now_ms):
    """Both libraries, read and studied."""
    videos = fill_libraries(past, now_ms)
    study_all(past, now_ms)
    return videos


def read(said, context):
    return json.loads(as_json(execute(said, context)))


@pytest.mark.parametrize(
    "said",
    ["videos", "videos top", "video tarte", "trends", "tags", "insights", "libraries", "compare"],
)
def test_without_a_library_each_command_says_so_and_invents_nothing(said, context):
    answer = execute(said, context)
    text = as_text(answer, 80)
    assert any(word in text for word in ("No ", "no video", "Nothing"))
    assert "0 %" not in text


def test_videos_come_in_the_order_that_was_asked_for(library, context):
    best = read("videos top by views", context)["videos"]
    worst = read("les vidéos pires par vues", context)["videos"]
    counts = [one["views"]["value"] for one in best]
    assert counts == sorted(counts, reverse=True)
    assert worst[0]["views"]["value"] == min(one.views for one in library)


def test_a_library_is_named_by_its_name_or_by_whom_it_is_for(library, context):
    named = read("videos in films", context)["videos"]
    meant = read("videos dans private", context)["videos"]
    assert named == meant
    assert {one["library"] for one in named} == {"films"}
    wrong = execute("videos in elsewhere", context)
    assert wrong.exit_code == UsageError.exit_code
    assert "previews, films" in as_text(wrong, None)


def test_a_video_is_found_by_some_of_its_words_and_never_guessed(library, context):
    found = read("video tarte aux pommes 7 extrait", context)
    assert found["video"]["id"] == "previews-7"
    assert found["counterpart"] == "films-7"
    several = execute("video pommes", context)
    assert several.exit_code == UsageError.exit_code
    assert f"{2 * OF_EACH} videos" in as_text(several, None)
    nobody = execute("video of nobody at all", context)
    assert nobody.exit_code == UsageError.exit_code


def test_every_figure_of_a_video_says_what_it_rests_on(library, context):
    figures = read("video films-0", context)["figures"]
    for name in ("views", "completion", "bounce_30s", "unique_viewers", "conversion", "reach"):
        assert figures[name]["basis"]
        assert figures[name]["source"]
    assert figures["completion"]["basis"] == "estimated"
    assert figures["repeat_ratio"]["value"] is None
    assert figures["repeat_ratio"]["source"].startswith("needs ")


def test_the_page_of_a_video_tells_how_it_is_watched(library, context):
    data = read("video films-0", context)
    still = data["retention"]["still"]
    assert still == sorted(still, reverse=True)
    assert 0 < data["call_to_action"]["at_s"] < data["video"]["length_s"]
    text = as_text(execute("video films-0", context), 80)
    assert "still watching" in text
    assert "over all renditions" in text


def test_viewers_by_the_delivery_log_stand_beside_how_it_was_anonymised(library, past, context):
    days = {"films-0": {0: 12, 86_400_000: 3}}
    past.run(partial(save_uniques, library="films", mode="network", counts=days))
    assert [one["viewers"] for one in read("video films-0", context)["viewers_by_log"]] == [12, 3]
    text = as_text(execute("video films-0", context), None)
    assert "1970-01-01 by the delivery log: ≈12 (estimated; addresses anonymised: network)" in text


def test_a_library_that_was_taken_out_is_compared_no_more(library, past, context):
    past.run(partial(register_libraries, roles={"films": ROLES["films"]}))
    assert [one["library"] for one in read("compare", context)["libraries"]] == ["films"]


def test_public_stands_before_private(library, context):
    data = read("compare public private", context)
    assert [one["role"] for one in data["libraries"]] == ["public", "private"]
    public, private = data["libraries"]
    assert public["videos"] == private["videos"] == OF_EACH
    assert public["views"]["value"] == sum(
        one.views for one in library if one.library == "previews"
    )


def test_trends_and_insights_tell_with_how_many_questions_they_compete(library, context):
    data = read("trends", context)
    assert data["questions"] >= sum(one["ratio"] is not None for one in data["trends"])
    about = {one["topic"] for one in read("tags", context)["trends"]}
    assert about <= {"tag"}
    assert "too few videos" in execute("trends", context).title


def test_of_the_share_watched_no_ratio_of_odds_is_told(library, past, context, now_ms):
    held = Trend(
        *(
            Topic.LENGTH,
            "up to 1 min",
            Outcome.HOLD,
            12,
            40,
            3.0,
            2.0,
            1.5,
            2.6,
            0.001,
            0.01,
            0.999,
        ),
        usual_share=0.5,
    )
    reach = Trend(Topic.TAG, "bread", Outcome.REACH, 9, 43, 1.5, 1.1, 0.9, 1.3, 0.3, 0.6, 0.4)
    rare = [
        Trend(Topic.TAG, f"t{n}", Outcome.REACH, 2, 50, videos_missing=n) for n in range(99, 0, -1)
    ]
    study_all(past, now_ms + 1, trends=(held, reach, *rare), questions=2)
    told = as_text(execute("trends length", context), 160)
    assert "67 %" in told
    assert "×2.0" not in told
    assert "100 %" not in told
    [data] = read("trends length", context)["trends"]
    assert data["share"] == pytest.approx(2 / 3, abs=1e-4)
    assert data["usual_share"] == held.usual_share
    assert execute("trends length", context).title.startswith("1 of 1 question found")
    tags = execute("tags", context)
    assert "2 asked together" in tags.title
    assert tags.lines[0] == "tag t1: not enough data: 1 more video"
    assert tags.lines[-1].startswith("and ")
    assert len(tags.lines) < 20


def test_a_length_that_is_not_known_is_not_told_as_none(library, past, context, now_ms):
    unknown = replace(library[0], id="live", title="En direct", length_s=0.0)
    past.run(partial(save_videos, library="previews", videos=[unknown], at_ms=now_ms, whole=False))
    assert "length unknown" in as_text(execute("video En direct", context), 80)
    study_all(past, now_ms + 1)
    assert "0:00" not in as_text(execute("videos by views", context), 160)


def test_insights_are_told_in_the_language_of_the_owner(library, context):
    french = replace(context, language=Language.FRENCH)
    told = read("insights", context)["insights"]
    assert told
    assert all(one["english"] and one["french"] for one in told)
    lines = as_text(execute("insights", french), None)
    assert told[0]["french"] in lines
    assert told[0]["english"] in as_text(execute("insights en", french), None)


def test_libraries_say_what_waits_and_what_is_wrong(past, context):
    past.run(partial(register_libraries, roles=ROLES))
    waiting = Library("previews", LibraryRole.PUBLIC, waiting=312)
    wrong = Library("films", LibraryRole.PRIVATE, trouble="the key is refused")
    for one in (waiting, wrong):
        past.run(partial(save_library, library=one))
    answer = execute("libraries", context)
    text = as_text(answer, 80)
    assert answer.exit_code == 1
    assert "312 videos still to be read" in text
    assert "the key is refused" in text


def test_what_is_asked_of_the_engine_reaches_it(library, context, engine):
    engine.answers = {"theme": {}, "read_videos": {}, "study": {}}
    execute("theme Tarte aux pommes 7 (extrait) = baking", context)
    execute("thème films-0 =", context)
    execute("libraries read", context)
    execute("study", context)
    assert engine.asked == [
        ("theme", {"video": "previews-7", "theme": "baking"}),
        ("theme", {"video": "films-0", "theme": ""}),
        ("read_videos", {}),
        ("study", {}),
    ]
    missing = execute("theme films-0 baking", context)
    assert missing.exit_code == UsageError.exit_code


@pytest.mark.parametrize("said", ["videos", "video films-3", "compare", "trends", "insights"])
def test_each_answer_fits_80_cells_and_carries_no_control_character(said, library, context):
    text = as_text(execute(said, context), 80)
    assert all(cell_width(line) <= 80 for line in text.split("\n"))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_table_for_spreadsheets_has_a_cell_for_each_figure_and_runs_nothing(library, context):
    rows = list(csv.DictReader(io.StringIO(video_table(context.store))))
    assert len(rows) == 2 * OF_EACH
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    (known,) = [row for row in rows if row["video_id"] == "films-0"]
    assert float(known["views"]) == library[OF_EACH].views
    assert known["repeat_ratio"] == ""
    assert known["repeat_ratio_basis"] == "unavailable"
