"""What the keys of the Video Analytics tab do."""

from __future__ import annotations

from dataclasses import replace

from tui_past import NOW_MS
from tui_screen import opened
from tui_videos import TITLES

from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.domain.video.insights import Language
from sentinel_tui.tui.panes.video import VideoPane
from sentinel_tui.tui.view_models.video_table import Listed

WIDE = (120, 40)


async def turned_to_videos(screen) -> None:
    await screen.shows("engine 4711")
    await screen.press("4")
    await screen.shows("Sourdough", "h watched")


def under_cursor(screen) -> str:
    return next(one for one in screen.text.splitlines() if one.startswith("▌"))


async def test_videos_are_ordered_by_each_figure_and_from_both_ends(videos, engine):
    async with opened(videos, size=WIDE) as screen:
        await turned_to_videos(screen)
        for words in ("reach", "completed", "viewed", "Newest", "engagement"):
            await screen.press("s")
            await screen.shows(words + (" first" if words != "Newest" else ""))
        await screen.press("o")
        await screen.shows("Worst engagement first")
        # Nobody watched the last one: it is neither the best nor the worst.
        assert TITLES[0] not in under_cursor(screen)
        assert TITLES[-1] not in under_cursor(screen)


async def test_videos_are_narrowed_and_their_views_told_at_each_range(videos, engine):
    async with opened(videos, size=WIDE) as screen:
        await turned_to_videos(screen)
        table = screen.app.query_one("#videos")
        titles_cells = table.column_cells("title")
        await screen.press("l")
        await screen.shows("first · previews", "Views of previews by the day")
        keys = [row.key for row in table._table_rows]
        assert keys
        assert all(key.startswith("previews-") for key in keys)
        # Where all rows lie in one library, the column of its name is the titles'.
        assert table.column_cells("title") > titles_cells
        await screen.press("l", "l")
        await screen.shows("Views by the day")
        await screen.press("slash")
        await screen.type("pate")
        await screen.until(lambda: "Sourdough" not in screen.text)
        assert "Pâte feuilletée" in screen.text
        await screen.press("escape", "slash")
        await screen.type("bread")
        await screen.until(lambda: "Sourdough" in screen.text and "Sharpen" not in screen.text)
        await screen.press("enter", "plus", "plus")
        await screen.shows("Views by the hour")
        await screen.press("minus", "minus", "minus", "minus")
        await screen.shows("Views by the week")


async def test_the_first_study_shows_the_best_and_not_where_the_cursor_was(videos, engine):
    async with opened(videos) as screen:
        await turned_to_videos(screen)
        pane = screen.app.deck.pane
        table, studied = screen.app.query_one("#videos"), pane._reading
        best = table.cursor_key
        listed = [Listed(one.video) for one in studied.videos]
        pane.post_message(VideoPane.Loaded(replace(studied, videos=listed, study=None)))
        await screen.shows("not studied yet")
        await screen.press("G")
        await screen.until(lambda: table.at_end)
        pane.post_message(VideoPane.Loaded(studied))
        await screen.until(lambda: table.cursor_key == best)
        assert "not studied yet" not in screen.text


async def test_a_replay_from_before_the_first_library_does_not_say_that_none_is_configured(videos):
    async with opened(videos, replay_ms=NOW_MS - 2_000 * DAY_MS) as screen:
        await screen.press("4")
        await screen.shows("No library was connected at this instant")
        assert "no library is configured" not in screen.text


async def test_a_library_that_is_taken_away_takes_its_videos_and_suggestions_along(videos, engine):
    async with opened(videos, size=WIDE) as screen:
        await turned_to_videos(screen)
        await screen.press("l", "l")
        await screen.shows("first · films", "Themes 2")
        pane = screen.app.deck.pane
        left = replace(
            pane._reading,
            libraries=[one for one in pane._reading.libraries if one.name != "films"],
            videos=[one for one in pane._reading.videos if one.video.library != "films"],
        )
        pane.post_message(VideoPane.Loaded(left))
        await screen.shows("Themes 1", "Sourdough", "Views by the day")
        assert "films" not in screen.text.partition("Views by the day")[0]


async def test_a_suggested_theme_is_accepted_or_rejected_and_asked_about_no_more(videos, engine):
    async with opened(videos) as screen:
        await turned_to_videos(screen)
        await screen.press("V")
        await screen.shows("Seems to be", "A week of lunches", "Themes 2")
        await screen.press("y")
        await screen.shows("Themes 1")
        await screen.press("n")
        await screen.shows("no video waits for a theme")
        await screen.until(lambda: len(engine.asked) == 2)
    assert sorted(engine.asked) == [
        ("reject_theme", {"video": "films-5", "theme": "cooking"}),
        ("theme", {"video": "previews-4", "theme": "cooking"}),
    ]


async def test_a_theme_that_could_not_be_stored_is_asked_about_again(videos):
    async with opened(videos) as screen:
        await screen.press("4")
        await screen.shows("Sourdough")
        await screen.press("V")
        await screen.shows("A week of lunches")
        await screen.press("y")
        await screen.until(lambda: bool(screen.told))
        await screen.shows("A week of lunches", "Themes 2")


async def test_insights_in_french_and_nothing_read_twice_and_a_video_that_is_gone(videos, engine):
    async with opened(videos, language=Language.FRENCH) as screen:
        await turned_to_videos(screen)
        read = screen.app.deck.pane._reading
        await screen.press("r", "V", "V")
        await screen.shows("sont vues 1,8 fois plus", "pas assez de données")
        assert screen.app.deck.pane._reading is read
        screen.app.open_video("nowhere")
        await screen.shows("there is no video nowhere")
