"""What looking at services does not load."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_after(statement: str) -> set[str]:
    """The modules of a fresh process after one statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["rich", "pygments", "cryptography", "dns", "textual"])
def test_a_prober_loads_nothing_it_may_never_need(module: str) -> None:
    assert module not in loaded_after("import sentinel_tui.probes.prober")


def test_a_mistyped_url_needs_no_network_library() -> None:
    loaded = loaded_after("import sentinel_tui.probes.one_shot")

    assert not loaded & {"httpx", "httpcore", "anyio", "dns"}
