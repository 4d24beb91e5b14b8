"""What is told becomes an event exactly, or is refused with the field that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_world import view

from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.domain.video.events import PASSING, PlayerEvent
from sentinel_tui.engine.ingest.actions import owner_action
from sentinel_tui.engine.ingest.fields import Unfit
from sentinel_tui.engine.ingest.messages import Refusal, Request
from sentinel_tui.engine.ingest.routes import json_of
from sentinel_tui.engine.ingest.views import ViewReports

T = TypeVar("T")

NOW_MS = 1_800_000_000_000
_LIBRARIES = [
    LibraryOptions(name="previews", role="public", bunny_id=133, key="env:KEY"),
    LibraryOptions(name="films", role="private"),
]


@pytest.fixture(scope="module")
def reports() -> ViewReports:
    return ViewReports(b"a key for viewers", _LIBRARIES)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_FIELDS = ("id", "viewer_token", "video_id", "library", "event", "t", "position")
_NEARLY = st.fixed_dictionaries({}, optional=dict.fromkeys(_FIELDS, _ANY))


def made(make: Callable[..., T], told: dict[str, object]) -> T | str:
    """The event that is made of what was told, or the field that is wrong in it."""
    try:
        return make(told, NOW_MS)
    except Unfit as error:
        return error.field


@settings(max_examples=150, deadline=None)
@given(changes=_NEARLY)
def test_whatever_is_told_is_an_event_or_is_refused(
    reports: ViewReports, changes: dict[str, object]
) -> None:
    event = made(reports.event, view() | changes)
    if isinstance(event, str):
        assert event in changes
        return
    assert event.library in {"previews", "films"}
    assert event.at_ms <= NOW_MS + 5 * 60_000
    assert event.position_s >= 0
    assert 0 < len(event.id) <= 100
    assert str(changes.get("viewer_token")) not in event.viewer or not event.viewer


@settings(max_examples=100, deadline=None)
@given(told=st.dictionaries(st.sampled_from(["action", "service", "t", "context", "x"]), _ANY))
def test_whatever_is_told_of_an_owner_is_an_action_or_is_refused(told: dict[str, object]) -> None:
    action = made(owner_action, {"action": "upload_video"} | told)
    if isinstance(action, str):
        assert action in told
        return
    assert json.loads(json.dumps(dict(action.context), allow_nan=False)) == dict(action.context)


@pytest.mark.parametrize(
    "told",
    [
        NOW_MS / 1_000 - 60,
        NOW_MS - 60_000,
        datetime.fromtimestamp(NOW_MS / 1_000 - 60, UTC).isoformat(),
        datetime.fromtimestamp(NOW_MS / 1_000 - 60, UTC).isoformat().replace("+00:00", "Z"),
        datetime.fromtimestamp(NOW_MS / 1_000 - 60, UTC).replace(tzinfo=None).isoformat(),
    ],
)
def test_a_time_may_be_told_in_seconds_milliseconds_or_words(
    reports: ViewReports, told: object
) -> None:
    assert reports.event(view(t=told), NOW_MS).at_ms == NOW_MS - 60_000


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("t", NOW_MS + 6 * 60_000),
        ("t", 1_700_000),
        ("t", "yesterday"),
        ("t", True),
        ("position", -1),
        ("position", "12"),
        ("position", None),
        ("position", float("nan")),
        ("event", "dance"),
        ("library", "elsewhere"),
        ("library", True),
        ("video_id", ""),
        ("video_id", "two\nlines"),
        ("video_id", "x" * 101),
        ("viewer_token", "x" * 401),
        ("viewer_token", 7),
        ("id", "x" * 101),
        ("surname", "Bob"),
    ],
)
def test_what_is_wrong_is_named(reports: ViewReports, field: str, told: object) -> None:
    with pytest.raises(Unfit, match=field) as caught:
        reports.event(view(**{field: told}), NOW_MS)
    assert caught.value.field == field


def test_what_is_no_object_is_no_event(reports: ViewReports) -> None:
    for odd in (None, 7, "play", [view()]):
        with pytest.raises(Unfit, match="JSON object"):
            reports.event(odd, NOW_MS)


def test_words_of_the_player_and_numbers_of_bunny_are_understood(reports: ViewReports) -> None:
    event = reports.event(view(event="timeupdate", library=133), NOW_MS)
    assert (event.event, event.library) == (PlayerEvent.PROGRESS, "previews")
    assert reports.event(view(event="play", position=None), NOW_MS).position_s == 0


def test_a_viewer_is_the_same_behind_the_hash_and_another_under_another_key(
    reports: ViewReports,
) -> None:
    one, two = (reports.event(view(t=at), NOW_MS) for at in (NOW_MS - 5_000, NOW_MS))
    assert one.viewer == two.viewer != reports.event(view(viewer_token="eve"), NOW_MS).viewer
    assert "bob" not in one.viewer
    elsewhere = ViewReports(b"another key", _LIBRARIES).event(view(), NOW_MS)
    assert elsewhere.viewer != one.viewer
    assert reports.event(view(viewer_token=None), NOW_MS).viewer == ""


def test_a_player_that_knows_nobody_tells_of_a_visit(reports: ViewReports) -> None:
    one = reports.event(view(viewer_token="anonymous:1"), NOW_MS).viewer
    two = reports.event(view(viewer_token="anonymous:2"), NOW_MS).viewer
    assert one != two
    assert one.startswith(PASSING)
    assert two.startswith(PASSING)
    assert not reports.event(view(viewer_token="eve"), NOW_MS).viewer.startswith(PASSING)


def test_an_event_told_twice_is_the_same_also_without_an_id(reports: ViewReports) -> None:
    told = view(t=NOW_MS - 5_000)
    assert reports.event(told, NOW_MS).id == reports.event(dict(told), NOW_MS + 90_000).id
    others = {
        reports.event(told | change, NOW_MS).id
        for change in (
            {},
            {"position": 13},
            {"event": "pause"},
            {"viewer_token": "eve"},
            {"t": NOW_MS},
        )
    }
    assert len(others) == 5


def test_where_no_library_is_configured_any_name_will_do() -> None:
    reports = ViewReports(b"key", [])
    assert reports.event(view(library="anything"), NOW_MS).library == "anything"
    with pytest.raises(Unfit, match="library"):
        reports.event(view(library="Not A Name"), NOW_MS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"[" * 60_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe\x00",
    ],
)
def test_json_that_could_be_read_in_two_ways_or_none_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        json_of(Request("POST", "/v1/views", {}, body))
    assert (caught.value.status, caught.value.code) == (400, "no_json")
