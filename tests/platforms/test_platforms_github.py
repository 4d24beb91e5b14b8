"""Whether the tests of a commit passed, as GitHub tells it, and which commit is the newest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from receivers import Receiver, answer

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.errors import PlatformError
from sentinel_tui.platforms.checks import Outcome
from sentinel_tui.platforms.github import GitHub

_COMMIT = "0123456789abcdef0123456789abcdef01234567"


def github(receiver: Receiver, token: str = "") -> GitHub:
    url = f"http://127.0.0.1:{receiver.port}"
    secret = Secret(token) if token else None
    return GitHub(secret, FakeClock(), base_url=url, allow_private=True)


def answering(receiver: Receiver, *bodies: Any) -> None:
    receiver.answers = [answer(json.dumps(body).encode()) for body in bodies]


def statuses(**states: str) -> dict[str, Any]:
    return {"statuses": [{"context": name, "state": state} for name, state in states.items()]}


def runs(**ends: str) -> dict[str, Any]:
    """Check runs that have ended so; `running` for one that has not."""
    rows = [
        {"name": name, "status": "in_progress", "conclusion": None}
        if end == "running"
        else {"name": name, "status": "completed", "conclusion": end}
        for name, end in ends.items()
    ]
    return {"total_count": len(rows), "check_runs": rows}


@pytest.mark.parametrize(
    ("said", "run", "outcome"),
    [
        (statuses(ci="success"), runs(), Outcome.PASSED),
        (statuses(), runs(test="success", lint="skipped", docs="neutral"), Outcome.PASSED),
        (statuses(ci="success"), runs(test="failure"), Outcome.FAILED),
        (statuses(ci="error"), runs(test="running"), Outcome.FAILED),
        (statuses(), runs(test="timed_out"), Outcome.FAILED),
        (statuses(), runs(test="cancelled"), Outcome.FAILED),
        (statuses(), runs(test="success", lint="running"), Outcome.PENDING),
        (statuses(ci="pending"), runs(test="success"), Outcome.PENDING),
        (statuses(), runs(), Outcome.UNKNOWN),
    ],
)
async def test_one_failure_is_enough_and_all_must_have_ended(
    receiver: Receiver, said: dict[str, Any], run: dict[str, Any], outcome: Outcome
) -> None:
    answering(receiver, said, run)
    assert (await github(receiver).checks("acme/shop", _COMMIT)).outcome is outcome


async def test_what_failed_is_named(receiver: Receiver) -> None:
    answering(receiver, statuses(), runs(unit="failure", lint="success", e2e="failure"))
    checks = await github(receiver).checks("acme/shop", _COMMIT)
    assert checks.text == "failed: unit, e2e"


async def test_more_than_a_page_of_checks_are_all_looked_at(receiver: Receiver) -> None:
    many = runs(**{f"job{number}": "success" for number in range(100)})
    answering(receiver, statuses(), many, runs(last="failure"))
    checks = await github(receiver).checks("acme/shop", _COMMIT)
    assert checks.outcome is Outcome.FAILED
    assert [request.path.partition("page=")[2][-1] for request in receiver.requests] != []
    assert "page=2" in receiver.requests[-1].path


async def test_the_token_is_sent_and_never_shown(receiver: Receiver) -> None:
    receiver.answers = [answer(b'{"message": "Not Found"}', status="404 Not Found")]
    checks = await github(receiver, "ghp_canary_of_github").checks("acme/shop", _COMMIT)
    assert receiver.requests[0].headers["authorization"] == "Bearer ghp_canary_of_github"
    assert checks.outcome is Outcome.UNKNOWN
    assert "404: Not Found" in checks.text
    assert "ghp_canary" not in checks.text


async def test_without_a_token_none_is_sent(receiver: Receiver) -> None:
    answering(receiver, statuses(), runs())
    await github(receiver).checks("acme/shop", _COMMIT)
    assert "authorization" not in receiver.requests[0].headers
    assert receiver.requests[0].headers["user-agent"]


@pytest.mark.parametrize("body", [[], {"statuses": 3}, {"statuses": [3]}, None, "no"])
async def test_an_answer_in_another_form_tells_nothing(receiver: Receiver, body: object) -> None:
    answering(receiver, body)
    assert (await github(receiver).checks("acme/shop", _COMMIT)).outcome is Outcome.UNKNOWN


async def test_a_check_of_no_known_form_never_passes(receiver: Receiver) -> None:
    odd = {"check_runs": [{"name": ["x"], "status": "completed", "conclusion": {"a": 1}}]}
    answering(receiver, statuses(), odd)
    assert (await github(receiver).checks("acme/shop", _COMMIT)).outcome is Outcome.FAILED


async def test_the_newest_commit_of_a_branch(receiver: Receiver) -> None:
    message = "Mend \x1b[31mthe cart\n\nlong story"
    answering(receiver, {"sha": _COMMIT, "commit": {"message": message}})
    head = await github(receiver).head("acme/shop", "release/2")
    assert head.commit == _COMMIT
    assert head.message.endswith("the cart")
    assert "\x1b" not in head.message
    assert receiver.requests[0].path == "/repos/acme/shop/commits/release%2F2"


@pytest.mark.parametrize("sha", [None, 5, "", "../../x"])
async def test_a_commit_that_is_none_is_an_error(receiver: Receiver, sha: object) -> None:
    answering(receiver, {"sha": sha})
    with pytest.raises(PlatformError):
        await github(receiver).head("acme/shop", "main")
