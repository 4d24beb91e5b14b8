"""GitHub, as far as a deploy needs it: a branch's newest commit, and whether its checks passed.

Two things tell whether a commit is good: statuses, which services outside set on it, and check
runs, which GitHub's own apps report. Either may be absent; a commit with neither is not known to
be good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sentinel_tui.clock import Clock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.errors import PlatformError
from sentinel_tui.platforms.checks import Checks, Outcome
from sentinel_tui.platforms.guard import Guard
from sentinel_tui.text import clean_text

API = "https://api.github.com"

_PAGE = 100
_MOST_PAGES = 5
_NAMED = 3
_LONGEST_NAME = 60
_LONGEST_MESSAGE = 200
_VERSION = "2022-11-28"
_GOOD_ENDS = frozenset({"success", "neutral", "skipped"})
_GOOD_STATES = frozenset({"success"})
_BAD_STATES = frozenset({"failure", "error"})


@dataclass(frozen=True, slots=True)
class Head:
    """The newest commit of a branch.

    Attributes:
        commit: Its SHA.
        message: The first line of what it says.
    """

    commit: str
    message: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    """One status or check run: whether it has ended, and well."""

    name: str
    outcome: Outcome


class GitHub:
    """Asks GitHub about repositories, with a token or as anybody may."""

    def __init__(
        self,
        token: Secret | None,
        clock: Clock,
        *,
        base_url: str = API,
        allow_private: bool = False,
    ) -> None:
        """Ask nothing yet.

        Args:
            token: A token that may read the repositories; None for public ones.
            clock: Times pauses.
            base_url: Where the API is.
            allow_private: Whether it may lie in a private network.
        """
        headers = {
            "accept": "application/vnd.github+json",
            "x-github-api-version": _VERSION,
            "user-agent": "Sentinel",
        }
        if token is not None:
            headers["authorization"] = f"Bearer {token.reveal()}"
        self._guard = Guard(base_url, headers, clock, allow_private=allow_private)

    async def head(self, repo: str, branch: str) -> Head:
        """The newest commit of a branch.

        Raises:
            PlatformError: GitHub does not tell.
        """
        path = f"/repos/{_quoted(repo)}/commits/{quote(branch, safe='')}"
        answer = _table(await self._guard.read(path))
        commit = answer.get("sha")
        if not isinstance(commit, str) or not commit.isalnum():
            raise PlatformError("GitHub's answer names no commit")
        said = str(_table(answer.get("commit")).get("message", ""))
        return Head(commit, clean_text(said.strip().partition("\n")[0], _LONGEST_MESSAGE))

    async def checks(self, repo: str, commit: str) -> Checks:
        """What the tests of a commit came to; UNKNOWN where GitHub does not tell."""
        try:
            verdicts = [*await self._statuses(repo, commit), *await self._runs(repo, commit)]
        except PlatformError as error:
            return Checks(Outcome.UNKNOWN, f"GitHub does not tell: {error}")
        return _together(verdicts)

    async def _statuses(self, repo: str, commit: str) -> list[_Verdict]:
        """The latest status of each service outside."""
        path = f"/repos/{_quoted(repo)}/commits/{quote(commit, safe='')}/status"
        rows = await self._rows(path, "statuses")
        return [
            _Verdict(_name(row.get("context")), _of_status(str(row.get("state")))) for row in rows
        ]

    async def _runs(self, repo: str, commit: str) -> list[_Verdict]:
        """The latest check runs."""
        path = f"/repos/{_quoted(repo)}/commits/{quote(commit, safe='')}/check-runs"
        rows = await self._rows(path, "check_runs")
        return [_Verdict(_name(row.get("name")), _of_run(row)) for row in rows]

    async def _rows(self, path: str, member: str) -> list[dict[str, Any]]:
        """All rows of a list, page by page; a page that is not full is the last."""
        found: list[dict[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            answer = _table(await self._guard.read(f"{path}?per_page={_PAGE}&page={page}"))
            rows = list(_tables(answer.get(member)))
            found += rows
            if len(rows) < _PAGE:
                break
        return found


def _of_status(state: str) -> Outcome:
    if state in _GOOD_STATES:
        return Outcome.PASSED
    return Outcome.FAILED if state in _BAD_STATES else Outcome.PENDING


def _of_run(run: dict[str, Any]) -> Outcome:
    if run.get("status") != "completed":
        return Outcome.PENDING
    return Outcome.PASSED if str(run.get("conclusion")) in _GOOD_ENDS else Outcome.FAILED


def _together(verdicts: list[_Verdict]) -> Checks:
    """One failure is enough; otherwise all must have ended."""
    if not verdicts:
        return Checks(Outcome.UNKNOWN, "GitHub knows of no check of this commit")
    for outcome in (Outcome.FAILED, Outcome.PENDING):
        named = [one.name for one in verdicts if one.outcome is outcome]
        if named:
            more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            return Checks(outcome, f"{outcome.value}: {', '.join(named[:_NAMED])}{more}")
    return Checks(Outcome.PASSED, f"all {len(verdicts)} checks passed")


def _quoted(repo: str) -> str:
    return quote(repo, safe="/")


def _name(value: object) -> str:
    return clean_text(value if isinstance(value, str) else "?", _LONGEST_NAME)


def _table(value: object) -> dict[str, Any]:
    """An answer as a table.

    Raises:
        PlatformError: It is something else.
    """
    if not isinstance(value, dict):
        raise PlatformError("GitHub's answer is not as expected")
    return value


def _tables(value: object) -> Iterator[dict[str, Any]]:
    if not isinstance(value, list):
        raise PlatformError("GitHub's answer is not as expected")
    for row in value:
        yield _table(row)
