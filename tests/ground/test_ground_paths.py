"""Each watch has its own files, and the environment or the arguments may name others."""

from pathlib import Path

import pytest

from sentinel_tui.paths import Paths, default_paths, demo_paths

VARIABLES = ("SENTINEL_CONFIG", "SENTINEL_DATA_DIR", "SENTINEL_DEMO_DIR")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def files_of(paths: Paths) -> set[Path]:
    return {paths.config, paths.store, paths.lock, paths.socket, paths.log, paths.backups}


def test_all_but_the_configuration_lies_in_the_data_folder() -> None:
    paths = default_paths()
    for file in files_of(paths) - {paths.config}:
        assert file.parent == paths.data_dir


def test_no_two_files_of_a_watch_are_the_same() -> None:
    assert len(files_of(default_paths())) == 6


def test_the_default_lies_below_the_home_folder(tmp_path: Path) -> None:
    paths = default_paths()
    assert paths.config.is_relative_to(tmp_path)
    assert paths.data_dir.is_relative_to(tmp_path)


def test_arguments_win_over_the_environment_and_that_over_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SENTINEL_CONFIG", "~/named.toml")
    monkeypatch.setenv("SENTINEL_DATA_DIR", str(tmp_path / "data"))

    from_environment = default_paths()
    assert from_environment.config == tmp_path / "named.toml"
    assert from_environment.data_dir == tmp_path / "data"

    from_arguments = default_paths(Path("/a.toml"), Path("/d"))
    assert from_arguments == Paths(Path("/a.toml"), Path("/d"))


def test_an_empty_variable_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = default_paths()
    monkeypatch.setenv("SENTINEL_CONFIG", "")
    assert default_paths() == expected


def test_the_demo_never_touches_the_owners_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not files_of(demo_paths()) & files_of(default_paths())

    monkeypatch.setenv("SENTINEL_DEMO_DIR", str(tmp_path / "demo"))
    assert demo_paths().data_dir == tmp_path / "demo"
    assert demo_paths().config.parent == tmp_path / "demo"
