"""A program of the owner's that says whether a commit may be deployed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sentinel_tui.config.redaction import remember
from sentinel_tui.platforms.checks import Checks, Outcome, run_check


async def ask(program: str, *arguments: str, timeout_s: float = 20) -> Checks:
    argv = [sys.executable, "-c", program, *arguments]
    return await run_check(argv, "shop", "c0ffee", timeout_s)


async def test_zero_says_yes() -> None:
    assert (await ask("")).outcome is Outcome.PASSED


async def test_anything_else_says_no_with_its_last_words() -> None:
    checks = await ask("import sys; print('2 tests failed'); sys.exit(3)")
    assert checks.outcome is Outcome.FAILED
    assert "exited with 3: 2 tests failed" in checks.text


async def test_it_knows_which_commit_of_which_service_and_no_secret_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENDER_API_KEY", "canary-in-the-environment")
    program = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    await ask(program, str(tmp_path / "seen"))
    seen = json.loads((tmp_path / "seen").read_text())
    assert (seen["SENTINEL_SERVICE"], seen["SENTINEL_COMMIT"]) == ("shop", "c0ffee")
    assert "canary-in-the-environment" not in seen.values()


async def test_what_it_says_is_shown_without_secrets_and_harmless() -> None:
    remember("a-known-secret")
    checks = await ask("import sys; print('\\x1b[2Jat a-known-secret'); sys.exit(1)")
    assert "a-known-secret" not in checks.text
    assert "\x1b" not in checks.text


async def test_one_that_takes_too_long_is_killed_and_says_no() -> None:
    checks = await ask("import time; time.sleep(600)", timeout_s=0.3)
    assert checks.outcome is Outcome.FAILED
    assert "not done within 0.3 s" in checks.text


async def test_one_that_is_not_there_says_no() -> None:
    checks = await run_check(["/nowhere/check"], "shop", "", 5)
    assert checks.outcome is Outcome.FAILED
    assert "did not start" in checks.text
