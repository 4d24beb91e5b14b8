"""What may be imported where: each promise is kept by a fresh process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PRINT_LOADED = "import json, sys; print(json.dumps(sorted(sys.modules)))"


def loaded_by(code: str, *arguments: str) -> set[str]:
    """The modules that a fresh interpreter holds after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{PRINT_LOADED}", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("sentinel_tui.engine.engine", {"textual", "rich", "plotext", "click"}),
        ("sentinel_tui.tui.app", {"httpx", "httpcore", "peewee"}),
        ("sentinel_tui.tui.keymap", {"textual", "rich"}),
        (
            "sentinel_tui.commands.context",
            {"textual", "rich", "plotext", "click", "httpx", "peewee", "pydantic", "asyncio"},
        ),
        (
            "sentinel_tui.client",
            {"textual", "rich", "click", "httpx", "peewee", "pydantic", "asyncio"},
        ),
        (
            "sentinel_tui.cli",
            {"textual", "rich", "plotext", "httpx", "httpcore", "peewee", "pydantic", "dns"},
        ),
        ("sentinel_tui.store.queries", {"peewee", "pydantic", "httpx"}),
    ],
)
def test_importing_it_does_not_load(module, forbidden):
    assert not loaded_by(f"import {module}") & forbidden


def test_the_version_is_told_before_anything_is_imported():
    run = (
        "import runpy, sys\n"
        "sys.argv = ['sentinel', '--version']\n"
        "try:\n"
        "    runpy.run_module('sentinel_tui', run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0"
    )
    bare = loaded_by("import runpy")
    extra = {name for name in loaded_by(run) - bare if not name.startswith("encodings.")}
    assert extra <= {"sentinel_tui", "sentinel_tui.__main__", "__future__"}
