"""What became of an action: found, absent, or not to be told yet; never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.reconciling import (
    CALL_S,
    GIVE_UP_S,
    GRACE_S,
    Absent,
    CannotTell,
    Found,
    RemoteView,
    outcome,
)
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent

BEGAN = 1_800_000_000_000
LATER = BEGAN + round(GRACE_S * 1_000)
HOSTED = HostedService(
    "public", "srv-1", "tea-1", "starter", 2, (), auto_deploy=True, running=False, seen_ms=LATER
)
VIEW = RemoteView(HOSTED)


def begun(verb: Verb, **arguments: str | int | bool) -> Action:
    return Action(
        id=1,
        key="key",
        service="public",
        verb=verb,
        by="tui",
        why="",
        automatic=False,
        step=Step.STARTED,
        created_ms=BEGAN - 60_000,
        started_ms=BEGAN,
        arguments=arguments,
    )


def deploy(trigger: str, *, commit: str = "c0ffee0", made_ms: int = BEGAN + 700) -> HostedDeploy:
    return HostedDeploy("dep-9", "public", DeployStatus.UNDER_WAY, commit, "", trigger, made_ms)


def event(kind: str, at_ms: int = BEGAN + 900) -> HostEvent:
    return HostEvent("evt-9", "public", at_ms, kind, "")


FOUND = [
    (begun(Verb.RESTART), replace(VIEW, events=(event("server_restarted"),))),
    (begun(Verb.DEPLOY), replace(VIEW, deploys=(deploy("api"),))),
    (begun(Verb.DEPLOY, commit="c0ffee0"), replace(VIEW, deploys=(deploy("api"),))),
    (begun(Verb.DEPLOY, commit="c0ffee0" * 5), replace(VIEW, deploys=(deploy("api"),))),
    (begun(Verb.ROLLBACK, deploy="dep-1"), replace(VIEW, deploys=(deploy("rollback"),))),
    (begun(Verb.SCALE, instances=2), VIEW),
    (begun(Verb.PLAN, plan="starter"), VIEW),
    (begun(Verb.AUTO_DEPLOY, on=True), VIEW),
    (begun(Verb.RESUME), VIEW),
    (begun(Verb.SUSPEND), RemoteView(replace(HOSTED, suspenders=("user",)))),
    (
        begun(Verb.AUTOSCALE, least=1, most=3),
        replace(VIEW, events=(event("autoscaling_config_changed"),)),
    ),
    (begun(Verb.WAKE), RemoteView(replace(HOSTED, running=True))),
]

ABSENT = [
    (begun(Verb.RESTART), VIEW),
    (begun(Verb.RESTART), replace(VIEW, events=(event("server_failed"),))),
    (begun(Verb.RESTART), replace(VIEW, events=(event("server_restarted", BEGAN - 60_000),))),
    (begun(Verb.DEPLOY), replace(VIEW, deploys=(deploy("new_commit"),))),
    (begun(Verb.DEPLOY), replace(VIEW, deploys=(deploy("api", made_ms=BEGAN - 60_000),))),
    (begun(Verb.DEPLOY, commit="0ther00"), replace(VIEW, deploys=(deploy("api"),))),
    (begun(Verb.DEPLOY, commit="0ther00"), replace(VIEW, deploys=(deploy("api", commit=""),))),
    (begun(Verb.ROLLBACK, deploy="dep-1"), replace(VIEW, deploys=(deploy("api"),))),
    (begun(Verb.SCALE, instances=3), VIEW),
    (begun(Verb.PLAN, plan="pro"), VIEW),
    (begun(Verb.AUTO_DEPLOY, on=False), VIEW),
    (begun(Verb.SUSPEND), VIEW),
    (begun(Verb.AUTOSCALE, on=False), VIEW),
    (begun(Verb.WAKE), VIEW),
]


@pytest.mark.parametrize(("action", "view"), FOUND)
def test_what_the_platform_shows_was_done_however_soon_it_is_read(
    action: Action, view: RemoteView
) -> None:
    assert isinstance(outcome(action, view, reads=0, now_ms=BEGAN + 1_000), Found)
    assert isinstance(outcome(action, view, reads=2, now_ms=LATER), Found)


@pytest.mark.parametrize(("action", "view"), ABSENT)
def test_what_it_does_not_show_twice_was_not_done_and_not_before_the_call_is_over(
    action: Action, view: RemoteView
) -> None:
    assert outcome(action, view, reads=2, now_ms=LATER) == Absent()
    once = outcome(action, view, reads=1, now_ms=LATER)
    assert isinstance(once, CannotTell)
    assert not once.give_up
    soon_ms = BEGAN + round(CALL_S * 1_000)
    assert isinstance(outcome(action, view, reads=5, now_ms=soon_ms), CannotTell)


def test_the_first_deploy_since_then_is_ours() -> None:
    deploys = (
        replace(deploy("api", made_ms=BEGAN + 90_000), id="dep-later"),
        replace(deploy("api", made_ms=BEGAN + 700), id="dep-ours"),
    )
    found = outcome(begun(Verb.DEPLOY), replace(VIEW, deploys=deploys), reads=0, now_ms=LATER)
    assert found == Found(BEGAN + 700, "dep-ours")


def test_a_platform_that_cannot_be_read_is_waited_for_and_then_a_human_decides() -> None:
    action = begun(Verb.RESTART)
    dark = [
        outcome(action, None, reads=0, now_ms=LATER, unreadable_since_ms=since_ms)
        for since_ms in (None, LATER - 1_000, LATER - round(GIVE_UP_S * 1_000))
    ]
    assert [isinstance(one, CannotTell) and one.give_up for one in dark] == [False, False, True]


def test_what_was_never_begun_has_no_outcome() -> None:
    with pytest.raises(ValueError, match="not begun"):
        outcome(replace(begun(Verb.RESTART), started_ms=None), VIEW, reads=0, now_ms=LATER)


@given(st.sampled_from(FOUND + ABSENT), st.integers(0, 3), st.integers(0, 10**7))
def test_an_action_is_only_called_off_after_two_reads_and_its_grace(
    case: tuple[Action, RemoteView], reads: int, after_ms: int
) -> None:
    action, view = case
    told = outcome(action, view, reads=reads, now_ms=BEGAN + after_ms)
    if isinstance(told, Absent):
        assert reads >= 2
        assert after_ms >= GRACE_S * 1_000
