"""The public status page and its badges: well-formed, readable, and nothing but what is public."""

from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from commands_past import EVERY_MS, START_MS, failed, good
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.commands.exporting.badge import badge_svg
from sentinel_tui.commands.exporting.board import Board, Day, PublicIncident, PublicService
from sentinel_tui.commands.exporting.public_words import overall, overall_badge, service_badge, told
from sentinel_tui.commands.exporting.status_page import status_page
from sentinel_tui.commands.public_board import gather_board
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.store import recorder
from sentinel_tui.text import clean_text

LATER_MS = START_MS + 40 * EVERY_MS
DAY_MS = 86_400_000
UTC = ZoneInfo("UTC")
WELL = PublicService(
    "shop", "Shop", State.UP, tuple(Day(START_MS + n * DAY_MS, Uptime(DAY_MS)) for n in range(90))
)
BOARD = Board("Status", START_MS, START_MS, (WELL,), (), 14)
names = st.text().map(clean_text)


def tree_of(page: str) -> ElementTree.Element:
    """The page as XML; whatever is not well-formed is an error."""
    return ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>"))  # noqa: S314 (our own page)


def text_of(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser's parser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Tags()
    reader.feed(page)
    reader.close()
    return reader.seen


def test_the_page_is_plain_html_for_a_phone_and_a_screen_reader():
    page = status_page(BOARD, UTC)
    tags = tags_of(page)
    assert {tag for tag, _ in tags}.isdisjoint({"script", "img", "link", "iframe", "form"})
    assert ("html", {"lang": "en"}) in tags
    (viewport,) = (given for tag, given in tags if given.get("name") == "viewport")
    assert "width=device-width" in str(viewport["content"])
    assert "prefers-color-scheme" in page
    assert not any(name.startswith("on") for _, given in tags for name in given)
    assert not any(name in ("src", "href") for _, given in tags for name in given)
    headings = [tag for tag, _ in tags if tag in ("h1", "h2", "h3")]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    assert "main" in {tag for tag, _ in tags}


def test_what_the_bars_show_is_said_in_words():
    outage = Day(START_MS, Uptime(DAY_MS - 120_000, 120_000))
    ill = replace(WELL, days=(outage, *WELL.days[1:]))
    root = tree_of(status_page(replace(BOARD, services=(ill,)), UTC))
    assert all(svg.get("aria-hidden") == "true" for svg in root.iter("svg"))
    text = text_of(root)
    assert "an outage on 1 day" in text
    assert "down for 2m" in text


def test_a_day_is_drawn_as_what_it_was():
    days = (
        Day(START_MS, Uptime(DAY_MS)),
        Day(START_MS + DAY_MS, Uptime(DAY_MS, 1_000)),
        Day(START_MS + 2 * DAY_MS, Uptime()),
    )
    root = tree_of(status_page(replace(BOARD, services=(replace(WELL, days=days),)), UTC))
    drawn = {path.get("class"): str(path.get("d")).count("M") for path in root.iter("path")}
    assert drawn == {"good": 1, "bad": 1, "rest": 1}


@given(names, names, st.sampled_from(list(State)))
def test_whatever_a_name_holds_the_page_stays_well_formed(title, name, state):
    service = replace(WELL, name=name, state=state)
    incident = PublicIncident((name,), Severity.CRITICAL, START_MS, None)
    board = replace(BOARD, title=title, services=(service,), incidents=(incident,))
    root = tree_of(status_page(board, UTC))
    (heading,) = root.iter("h1")
    assert text_of(heading) == " ".join(title.split())
    for badge in (service_badge(service, board), overall_badge(board)):
        assert ElementTree.fromstring(badge).get("role") == "img"  # noqa: S314 (our own badge)


@pytest.mark.parametrize("hostile", ["</h1><script>alert(1)</script>", '" onload="x', "a&b<c>"])
def test_a_hostile_name_is_text_and_nothing_else(hostile):
    board = replace(BOARD, title=hostile, services=(replace(WELL, name=hostile),))
    page = status_page(board, UTC)
    assert {tag for tag, _ in tags_of(page)} == {tag for tag, _ in tags_of(status_page(BOARD, UTC))}
    assert not any(name.startswith("on") for _, given in tags_of(page) for name in given)


def test_days_before_anything_was_watched_are_not_called_well():
    days = (Day(START_MS, Uptime()), Day(START_MS + DAY_MS, Uptime(DAY_MS)))
    page = text_of(tree_of(status_page(replace(BOARD, services=(replace(WELL, days=days),)), UTC)))
    assert "2 days, of which 1 is known" in page
    never = replace(WELL, days=days[:1])
    assert "Nothing is known" in text_of(
        tree_of(status_page(replace(BOARD, services=(never,)), UTC))
    )


def test_a_badge_says_in_words_what_its_colour_says():
    badge = ElementTree.fromstring(badge_svg("Shop", "up 99.98 %", "#1a7f37"))  # noqa: S314
    assert badge.get("aria-label") == "Shop: up 99.98 %"
    assert "Shop" in text_of(badge)
    assert "up 99.98 %" in text_of(badge)


def test_every_state_has_a_word_of_its_own_or_shares_one_on_purpose():
    words = {state: told(state).word for state in State}
    shared = {state for state, word in words.items() if list(words.values()).count(word) > 1}
    assert shared == {State.UP, State.SUSPECT}


@pytest.mark.parametrize(
    ("states", "tone"),
    [
        ([State.UP, State.ASLEEP], "good"),
        ([State.UP, State.SUSPECT], "good"),
        ([State.UP, State.DEGRADED], "warn"),
        ([State.DEGRADED, State.DOWN], "bad"),
        ([State.UP, State.MAINT], "rest"),
        ([], "rest"),
    ],
)
def test_the_worst_that_is_confirmed_decides_the_whole(states, tone):
    services = tuple(replace(WELL, state=state) for state in states)
    assert overall(replace(BOARD, services=services)).tone == tone


def test_without_an_engine_nothing_is_called_up():
    stale = replace(BOARD, seen_ms=START_MS - 60_000)
    assert "Not watched" in text_of(tree_of(status_page(stale, UTC)))
    assert "not known" in service_badge(WELL, stale)
    assert "up</text>" not in overall_badge(stale)


def test_a_recorded_outage_is_on_the_page_without_its_error_or_address(past, context):
    past.see("public", *(failed(LATER_MS + number * 5_000) for number in range(14)))
    page = status_page(gather_board(context, "Ours"), UTC)
    text = text_of(tree_of(page))
    assert "1 of 3 services down" in text
    assert "Outage: public" in text
    assert "still going on" in text
    assert "127.0.0.1" not in page
    assert "status 500" not in page
    past.see("public", *(good(LATER_MS + 100_000 + n * EVERY_MS) for n in range(5)))
    after = text_of(tree_of(status_page(gather_board(context, "Ours"), UTC)))
    assert "All services are up" in after
    assert "until" in after


def test_the_days_add_up_to_what_was_recorded(past, context):
    past.see("public", *(failed(LATER_MS + number * 5_000) for number in range(14)))
    board = gather_board(context, "Ours")
    start_ms = board.services[0].days[0].start_ms
    whole = context.store.uptimes(start_ms, context.now_ms)
    assert {one.id: one.uptime for one in board.services} == whole
    assert all(len(one.days) == 90 for one in board.services)


def test_troubles_of_sentinel_itself_are_not_for_the_public(past, context):
    finding = Finding(
        "storage", Rule.STORAGE, True, Severity.CRITICAL, LATER_MS, "the disk of db-7 is full"
    )
    past.run(partial(recorder.raise_finding, finding=finding))
    assert gather_board(context, "Ours").incidents == ()


def test_an_engine_that_is_gone_makes_the_board_say_since_when(past, context, engine):
    engine.record = None
    board = gather_board(context, "Ours")
    assert not board.watched
    assert board.seen_ms == LATER_MS - EVERY_MS
    page = text_of(tree_of(status_page(board, UTC)))
    assert "Last seen up" in page
    assert "Nothing has been looked at since" in page
