"""What is kept awake and acted upon: services of a platform, a plan, an action."""

from __future__ import annotations

from dataclasses import replace

from store_looks import T0_MS

from sentinel_tui.domain.autonomy.actions import Action, Snapshot, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService
from sentinel_tui.domain.keepalive.peaks import HourRate, Profile
from sentinel_tui.domain.keepalive.week import PlannedHour, PlanRecord

HOURS_A_WEEK = 168
CELLS_OF_PROFILE = 48


def a_service(service: str = "curator", *, seen_ms: int = T0_MS, **facts: object) -> HostedService:
    said = HostedService(service, f"srv-{service}", "tea-1", "free", 1, (), True, True, seen_ms)
    return replace(said, **facts)  # type: ignore[arg-type] # whatever a test says


def a_deploy(name: str = "dep-1", *, created_ms: int = T0_MS, **facts: object) -> HostedDeploy:
    deploy = HostedDeploy(
        name,
        "curator",
        DeployStatus.UNDER_WAY,
        "1a2b3c4d5e6f",
        "mend the player",
        "new_commit",
        created_ms,
    )
    return replace(deploy, **facts)  # type: ignore[arg-type] # whatever a test says


def a_plan(made_ms: int = T0_MS, *services: str) -> PlanRecord:
    names = services or ("curator",)
    return PlanRecord(
        made_ms=made_ms,
        reason="daily",
        budget_h=750.0,
        used_h=made_ms % 997 / 7,
        natural_h=4.25,
        allowed_h=20.1,
        threshold=0.3,
        forecast_p50_h=611.0,
        forecast_p90_h=None,
        exhausted_ms=made_ms + 1,
        weeks={name: tuple(_hour(cell) for cell in range(HOURS_A_WEEK)) for name in names},
        profiles={name: _profile() for name in names},
    )


def an_action(key: str = "key-1", service: str = "curator", **facts: object) -> Action:
    action = Action(
        id=0,
        key=key,
        service=service,
        verb=Verb.RESTART,
        by="healing",
        why="it did not come back by itself",
        automatic=True,
        step=Step.WAITING,
        created_ms=T0_MS,
        arguments={"deploy": "dep-1", "instances": 2, "on": True},
        snapshot=Snapshot("dep-1", 2, "starter", suspended=False, auto_deploy=False),
        expires_ms=T0_MS + 600_000,
        euros_per_month=7.5,
        incident=3,
    )
    return replace(action, **facts)  # type: ignore[arg-type] # whatever a test says


def _hour(cell: int) -> PlannedHour:
    return PlannedHour(cell, cell % 7 / 7, cell / 3, cell / 9, 1 / (cell + 1))


def _profile() -> Profile:
    hours = tuple(
        HourRate(cell / 7, cell / 9, cell / 5, cell, peak=cell > 40, off_peak=cell < 8)
        for cell in range(CELLS_OF_PROFILE)
    )
    return Profile(hours, 1.1, 20.5, 8, "busier of late")
