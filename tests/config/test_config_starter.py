"""The first configuration is right as it is written."""

import os
import resource
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel_tui.config.loader import load
from sentinel_tui.config.model import Config
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.starter import (
    Discovery,
    Found,
    starter_file,
    starter_for,
    write_starter,
)
from sentinel_tui.errors import ConfigError, UsageError

labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789-ü", min_size=1, max_size=20)
url_texts = st.builds(
    lambda scheme, host, port, path: f"{scheme}{host}{port}{path}",
    st.sampled_from(["", "http://", "https://"]),
    st.lists(labels, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["", ":8000", ":443"]),
    st.sampled_from(["", "/", "/health?deep=1", '/quo"te\\back']),
)


def written(folder: Path, urls: list[str]) -> Config:
    path = folder / "new" / "sentinel.toml"
    path.unlink(missing_ok=True)
    write_starter(path, starter_file(urls))
    loaded = load(path)
    assert loaded.warnings == ()
    return loaded.config


def test_ids_come_from_the_hosts_and_are_told_apart(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        [
            "https://curator.onrender.com",
            "https://www.example.com/health",
            "https://example.org",
            "http://127.0.0.1:8000",
            "http://localhost:3000/x",
            "https://api.monetizer.io",
            "münchen.example",
        ],
    )
    assert [service.id for service in config.services] == [
        "curator",
        "example",
        "example-2",
        "127-0-0-1-8000",
        "localhost-3000",
        "monetizer",
        "munchen",
    ]
    assert [service.role for service in config.services[::5]] == ["curator", "monetizer"]


def test_only_what_lies_at_render_is_taken_to_sleep(tmp_path: Path) -> None:
    config = written(tmp_path, ["curator.onrender.com", "https://onrender.example.com"])
    asleep, awake = config.services
    assert asleep.sleeps is not None
    assert asleep.sleeps.after_s == 900
    assert awake.sleeps is None


def test_a_url_without_a_scheme_is_https_and_the_same_one_twice_is_one(tmp_path: Path) -> None:
    config = written(tmp_path, ["example.com", "https://example.com"])
    assert [service.url for service in config.services] == ["https://example.com"]


def test_the_channel_it_shows_is_right_once_the_marks_are_gone(tmp_path: Path) -> None:
    shown = starter_file([]).split("# [[channels]]")[1].split("\n\n")[0]
    path = tmp_path / "sentinel.toml"
    path.write_text("[[channels]]" + shown.replace("\n# ", "\n"))
    (channel,) = load(path).config.channels
    assert channel.kind == "ntfy"


def test_the_rule_it_shows_is_right_once_the_marks_are_gone(tmp_path: Path) -> None:
    shown = starter_file([]).split("# [[autonomy.rules]]")[1].split("\n\n")[0]
    path = tmp_path / "sentinel.toml"
    path.write_text("[[autonomy.rules]]" + shown.replace("\n# ", "\n"))
    (rule,) = load(path).config.autonomy.rules
    assert (rule.verb, rule.level) == ("restart", "confirm")


@pytest.mark.parametrize("header", ["[[videos.libraries]]", "[ingest]"])
def test_the_videos_it_shows_are_right_once_the_marks_are_gone(tmp_path: Path, header: str) -> None:
    shown = header + starter_file([]).split(f"# {header}")[1].split("\n\n")[0]
    path = tmp_path / "sentinel.toml"
    path.write_text(shown.replace("\n#\n", "\n\n").replace("\n# ", "\n"))
    config = load(path, resolve=False).config
    assert [one.role for one in config.videos.libraries] in (["public"], [])
    assert bool(config.videos.libraries) != bool(config.ingest)


def test_what_a_platform_knows_is_kept_with_the_reference_of_its_key(tmp_path: Path) -> None:
    found = (
        Found("Curator", "https://curator.onrender.com/health", True, "srv-a", "tea-x"),
        Found("curator", "https://shop.example.com", False, "srv-b", "tea-x"),
    )
    path = tmp_path / "sentinel.toml"
    path.write_text(starter_for(Discovery(found, "env:SENTINEL_TEST_KEY")))
    config = load(path, resolve=False).config
    assert config.render.key == Secret("env:SENTINEL_TEST_KEY")
    assert config.render.workspace == "tea-x"
    assert [(one.id, one.render_service_id, one.costs_hours) for one in config.services] == [
        ("curator", "srv-a", True),
        ("curator-2", "srv-b", False),
    ]


def test_services_of_several_workspaces_are_not_bound_to_one(tmp_path: Path) -> None:
    found = (
        Found("a", "https://a.example", False, "srv-a", "tea-x"),
        Found("b", "https://b.example", False, "srv-b", "tea-y"),
    )
    path = tmp_path / "sentinel.toml"
    path.write_text(starter_for(Discovery(found, "env:SENTINEL_TEST_KEY", "http://127.0.0.1:1/v1")))
    render = load(path, resolve=False).config.render
    assert render.workspace == ""
    assert render.api_is_local


def test_without_a_url_it_shows_how_to_begin(tmp_path: Path) -> None:
    assert written(tmp_path, []).services == []
    assert "# [[services]]" in starter_file([])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(url_texts, max_size=6))
def test_whatever_the_urls_the_file_is_right(tmp_path: Path, urls: list[str]) -> None:
    try:
        starter_file(urls)
    except UsageError:
        return
    config = written(tmp_path, urls)
    assert len({service.id for service in config.services}) == len(config.services)


@pytest.mark.parametrize("url", ["", "ftp://a", "https://u:p@host", "https://a b", "http://a:0"])
def test_what_cannot_be_requested_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        starter_file(["https://fine.example", url])
    assert refused.value.hint


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "sentinel.toml"
    before = os.umask(0)
    try:
        write_starter(path, starter_file([]))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_configuration_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "sentinel.toml"
    path.write_text("# mine")
    with pytest.raises(ConfigError, match="already"):
        write_starter(path, starter_file([]))
    assert path.read_text() == "# mine"

    path.unlink()
    path.symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigError, match="already"):
        write_starter(path, starter_file([]))
    assert not (tmp_path / "elsewhere.toml").exists()


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written") as refused:
        write_starter(tmp_path / "file" / "sentinel.toml", starter_file([]))
    assert "--config" in refused.value.hint


def test_a_file_that_could_not_be_finished_is_not_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "sentinel.toml"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(ConfigError, match="cannot be written"):
            write_starter(path, starter_file([]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not path.exists()
