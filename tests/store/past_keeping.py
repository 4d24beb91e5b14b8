"""What befell the day about keeping awake and acting, and what is asked about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from store_keeping import a_deploy, a_plan, a_service, an_action

from sentinel_tui.domain.autonomy.actions import Knob, Step, Tuning
from sentinel_tui.domain.autonomy.verification import Effect
from sentinel_tui.domain.hosting import DeployStatus, HostEvent
from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.keepalive.hours_ledger import Correction
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange, ModeSetting
from sentinel_tui.domain.records import Visit
from sentinel_tui.store import recorder
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Database

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

Job = Callable[[Database, int], object]


def keeping_answers(reader: Reader, now_ms: int) -> dict[str, Any]:
    """Everything about keeping awake and acting that is asked for at an instant."""
    return {
        "hosted": reader.hosted(),
        "deploys": reader.deploys(),
        "deploys of an hour": reader.deploys("nap", now_ms - HOUR_MS, now_ms + 1),
        "host events": reader.host_events("nap"),
        # How long it would stay awake was a guess, which is not kept.
        "awake": [
            replace(one, end_ms=min(one.end_ms, now_ms))
            for one in reader.awake(now_ms - DAY_MS, now_ms + 1)
        ],
        "correction": reader.correction(),
        "visits": reader.visits("nap", 0),
        "modes": reader.modes(),
        "mode changes": reader.mode_changes("nap", now_ms - 6 * MINUTE_MS, now_ms + 1),
        "mode settings": reader.mode_settings(),
        "modes set now": reader.mode_settings(active_at_ms=now_ms),
        "plan": reader.plan(),
        "actions": reader.actions(),
        "open actions": reader.actions(open_only=True, service="blog"),
        "audit": reader.audit(),
        "audit of one": reader.audit(action=1),
        "audit is broken at": reader.broken_audit_entry(),
        "tunings": reader.tunings(),
        "live tunings": reader.tunings(live_only=True),
        "frozen": reader.frozen(),
    }


def _first_is_ordered(db: Database, now_ms: int) -> None:
    recorder.save_services(db, [a_service("nap", seen_ms=now_ms)])
    recorder.save_deploys(db, [a_deploy("dep-1", service="nap", created_ms=now_ms)])


def _first_is_live(db: Database, now_ms: int) -> None:
    first = {"service": "nap", "created_ms": now_ms - 2 * MINUTE_MS, "live_ms": now_ms}
    recorder.save_deploys(db, [a_deploy("dep-1", status=DeployStatus.LIVE, **first)])
    recorder.save_events(db, [HostEvent("evt-1", "nap", now_ms, "server_available", "it is up")])


def _sleeps(db: Database, now_ms: int) -> None:
    recorder.save_services(db, [a_service("nap", seen_ms=now_ms, running=False)])


def _second_fails_third_takes_over(db: Database, now_ms: int) -> None:
    first = {"service": "nap", "created_ms": now_ms - 242 * MINUTE_MS}
    about = {"service": "nap", "created_ms": now_ms - MINUTE_MS}
    recorder.save_services(db, [a_service("nap", seen_ms=now_ms, plan="starter")])
    recorder.save_deploys(
        db,
        [
            a_deploy("dep-3", status=DeployStatus.LIVE, live_ms=now_ms, **about),
            a_deploy("dep-2", status=DeployStatus.FAILED, ended_ms=now_ms, **about),
            # When it was replaced its platform does not tell.
            a_deploy("dep-1", status=DeployStatus.REPLACED, **first),
        ],
    )


def _others_are_ordered(db: Database, now_ms: int) -> None:
    for name in ("dep-2", "dep-3"):
        recorder.save_deploys(db, [a_deploy(name, service="nap", created_ms=now_ms)])


def _is_planned(db: Database, now_ms: int) -> None:
    recorder.save_plan(db, a_plan(now_ms, "nap"))


def _is_visited(db: Database, now_ms: int) -> None:
    until_ms = now_ms + HOUR_MS
    recorder.add_visits(db, [Visit("nap", now_ms, 2, "platform")])
    recorder.save_stretches(db, [Stretch("nap", now_ms, until_ms, Cause.VISIT, open=True)])
    recorder.correct_hours(db, Correction(now_ms, 12.5), "cli")


def _falls_asleep(db: Database, now_ms: int) -> None:
    (last,) = recorder.open_stretches(db)
    recorder.save_stretches(db, [replace(last, end_ms=now_ms, open=False)])


def _mode_is_set(db: Database, now_ms: int) -> None:
    recorder.set_mode(db, ModeSetting("nap", Mode.ECONOMY, now_ms, now_ms + HOUR_MS, "tui"))
    recorder.change_mode(db, ModeChange("nap", now_ms, Mode.ECONOMY, "set by you"))


def _mode_is_cleared(db: Database, now_ms: int) -> None:
    recorder.clear_mode(db, "nap", now_ms)
    recorder.change_mode(db, ModeChange("nap", now_ms, Mode.NORMAL, "nothing speaks for another"))


def _is_wanted(db: Database, now_ms: int) -> None:
    recorder.propose(db, an_action("restart-1", "blog", created_ms=now_ms))


def _comes_to(step: Step, **changes: object) -> Job:
    def come(db: Database, now_ms: int) -> None:
        recorder.advance(db, 1, step, now_ms, "healing", f"now {step}", **changes)

    return come


def _is_tuned(db: Database, now_ms: int) -> None:
    recorder.add_tuning(
        db, Tuning("blog", "http", Knob.INTERVAL, 30.0, 20.0, "it fails often", now_ms)
    )


KEEPING_STORY: tuple[tuple[int, Job], ...] = (
    (10, _first_is_ordered),
    (12, _first_is_live),
    (20, _is_planned),
    (30, _mode_is_set),
    (40, _mode_is_cleared),
    (61, _is_wanted),
    (62, _comes_to(Step.APPROVED)),
    (63, _comes_to(Step.STARTED)),
    (65, _comes_to(Step.DONE, remote="evt-9")),
    (70, _comes_to(Step.VERIFIED, effect=Effect.WELL)),
    (80, _is_tuned),
    (91, lambda db, now_ms: recorder.undo_tuning(db, 1, now_ms, "tui")),
    (100, lambda db, now_ms: recorder.freeze(db, now_ms, "cli", "a holiday")),
    (110, lambda db, now_ms: recorder.unfreeze(db, now_ms, "cli")),
    (210, _sleeps),
    (220, _is_planned),
    (229, _is_visited),
    (250, _falls_asleep),
    (251, _others_are_ordered),
    (252, _second_fails_third_takes_over),
)
"""What befell it, by minute."""
