"""Whether a commit may be deployed, as whoever tests it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sentinel_tui.config.redaction import redact
from sentinel_tui.platforms.programs import ProgramFailed, run_program
from sentinel_tui.text import clean_text

_LONGEST = 300


class Outcome(Enum):
    """What the tests of a commit came to."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"
    """They have not all ended yet."""
    UNKNOWN = "unknown"
    """There are none, or nobody tells."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What the tests of a commit came to, and why it is said, in one line."""

    outcome: Outcome
    text: str


async def run_check(argv: Sequence[str], service: str, commit: str, timeout_s: float) -> Checks:
    """Ask a program of the owner's whether a commit may be deployed: 0 says yes.

    Args:
        argv: The program and its arguments.
        service: For which service; it finds this in `SENTINEL_SERVICE`.
        commit: Which commit, or empty for the newest; it finds this in `SENTINEL_COMMIT`.
        timeout_s: How long it may take.
    """
    environment = {"SENTINEL_SERVICE": service, "SENTINEL_COMMIT": commit}
    try:
        await run_program(argv, environment=environment, timeout_s=timeout_s)
    except ProgramFailed as failed:
        return Checks(Outcome.FAILED, clean_text(redact(str(failed)), _LONGEST))
    return Checks(Outcome.PASSED, "the configured command said yes")
