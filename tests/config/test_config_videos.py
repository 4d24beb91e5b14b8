"""Where the videos are, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sentinel_tui.config.loader import ConfigInvalid, load

WriteConfig = Callable[..., Path]

LIBRARY = """\
[[videos.libraries]]
name = "previews"
role = "public"
bunny_id = 133
key = "env:BUNNY_PREVIEWS_KEY"
"""
LOGS = """\
[videos.libraries.logs]
pull_zone = 77
key = "env:BUNNY_ACCOUNT_KEY"
"""


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUNNY_PREVIEWS_KEY", "canary-of-the-library")
    monkeypatch.setenv("BUNNY_COURSES_KEY", "canary-of-the-courses")
    monkeypatch.setenv("BUNNY_ACCOUNT_KEY", "canary-of-the-account")


def test_without_a_library_nothing_is_read(write_config: WriteConfig) -> None:
    videos = load(write_config("")).config.videos
    assert videos.libraries == []
    assert (videos.language, videos.requests_per_s) == ("en", 2)


def test_all_of_it_can_be_written(write_config: WriteConfig) -> None:
    text = f"""
        [videos]
        poll_cron = ""
        study_cron = "30 6 * * *"
        requests_per_s = 4
        language = "fr"
        {LIBRARY}
        api = "http://127.0.0.1:9000"
        {LOGS}
        api = "http://[::1]:9001"
        anonymised = "dropped"
        [[videos.libraries]]
        name = "courses"
        role = "private"
    """
    videos = load(write_config(text)).config.videos
    previews, courses = videos.libraries
    assert (videos.poll_cron, videos.study_cron, videos.language) == ("", "30 6 * * *", "fr")
    assert previews.key is not None
    assert previews.key.reveal() == "canary-of-the-library"
    assert previews.logs is not None
    assert (previews.logs.pull_zone, previews.logs.anonymised) == (77, "dropped")
    assert previews.api_is_local
    assert previews.logs.api_is_local
    # A library of players that report their views needs no platform.
    assert (courses.role, courses.bunny_id, courses.key) == ("private", None, None)
    assert not courses.api_is_local


@pytest.mark.parametrize(
    ("written", "instead", "key", "said"),
    [
        ('role = "public"', 'role = "paid"', "role", '"public", "private"'),
        ('name = "previews"', 'name = "My previews"', "name", "is no id"),
        ("bunny_id = 133", "bunny_id = 0", "bunny_id", "is too small"),
        ("bunny_id = 133", 'bunny_id = "133"', "bunny_id", "a whole number"),
        ("bunny_id = 133\n", "", "key", "set bunny_id too"),
        ('key = "env:BUNNY_PREVIEWS_KEY"\n', "", "key", "read-only key"),
        ("bunny_id = 133", 'bunny_id = 133\napi = "http://bunny.example"', "api", "plain http"),
        ("bunny_id = 133", "bunny_id = 133\npages = 3", "pages", "is no option"),
    ],
)
def test_a_mistake_in_a_library_is_named(
    write_config: WriteConfig, written: str, instead: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        load(write_config(LIBRARY.replace(written, instead)))
    (problem,) = invalid.value.problems
    assert problem.key.startswith("videos.libraries")
    assert problem.key.endswith(key)
    assert said in str(problem)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("requests_per_s = 11", "from 1 to 10"),
        ('language = "de"', '"en", "fr"'),
        ('poll_cron = "* * *"', "five fields"),
        ('study_cron = "7 25 * * *"', "five fields"),
    ],
)
def test_a_mistake_in_the_reading_is_named(
    write_config: WriteConfig, option: str, said: str
) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        load(write_config(f"[videos]\n{option}\n"))
    (problem,) = invalid.value.problems
    assert problem.line == 2
    assert said in str(problem)


def test_logs_belong_to_a_library_at_bunny(write_config: WriteConfig) -> None:
    alone = '[[videos.libraries]]\nname = "courses"\nrole = "private"\n' + LOGS
    with pytest.raises(ConfigInvalid, match="set bunny_id and key too"):
        load(write_config(alone))


def test_each_library_has_a_name_and_an_id_of_its_own(write_config: WriteConfig) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        load(write_config(LIBRARY + LIBRARY))
    said = [str(one) for one in invalid.value.problems]
    assert len(said) == 2
    assert all("already taken on line" in one for one in said)


def test_one_key_for_two_libraries_is_doubted_without_being_shown(
    write_config: WriteConfig,
) -> None:
    other = LIBRARY.replace("previews", "courses").replace("133", "134")
    assert load(write_config(LIBRARY + other.replace("PREVIEWS", "COURSES"))).warnings == ()
    (doubt,) = load(write_config(LIBRARY + other)).warnings
    assert (doubt.line, "another library's key" in str(doubt)) == (10, True)
    assert "canary" not in str(doubt)


def test_single_reports_of_players_are_kept_for_a_while(write_config: WriteConfig) -> None:
    assert load(write_config("")).config.retention.event_days == 90
    text = "[retention]\nevent_days = 0\n"
    with pytest.raises(ConfigInvalid, match="event_days"):
        load(write_config(text))
