"""Every command is in the catalog, on the command line, in help and in the README."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from sentinel_tui.cli.root import sentinel
from sentinel_tui.commands.catalog import CATALOG

README = Path(__file__).parents[2] / "README.md"
OWN_COMMANDS = {
    *("run", "check", "init", "config", "store", "engine", "stop", "service", "beat", "demo"),
    *("report", "export", "replay", "track", "import"),
}


def command_paths(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    found = []
    for name, command in group.commands.items():
        path = f"{prefix}{name}"
        found.append((path, command))
        if isinstance(command, click.Group):
            found += command_paths(command, f"{path} ")
    return found


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_each_command_is_documented_in_both_languages(spec):
    assert spec.summary[0].isupper()
    assert spec.words_en[0] == spec.name
    assert spec.words_fr
    assert spec.usage.startswith(spec.name)


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_each_command_of_the_catalog_is_one_of_the_command_line(spec):
    command = sentinel.commands[spec.name]
    assert spec.summary in (command.help or "")
    assert any("--json" in option.opts for option in command.params)


def test_the_command_line_offers_nothing_else():
    assert set(sentinel.commands) == OWN_COMMANDS | {spec.name for spec in CATALOG}


@pytest.mark.parametrize(("path", "command"), command_paths(sentinel))
def test_each_command_says_what_it_does(path, command):
    assert command.help, path
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{path} {option.name}"


@pytest.mark.parametrize("path", [path for path, _ in command_paths(sentinel)])
def test_the_readme_lists_each_command(path):
    text = README.read_text(encoding="utf-8")
    assert re.search(rf"\bsentinel {re.escape(path)}\b", text), path
