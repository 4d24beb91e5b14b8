"""Killed at any moment, the store keeps what it acknowledged and opens again."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from store_looks import OpenWriter

from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.paths import Paths
from sentinel_tui.store.action_reading import broken_audit_entry
from sentinel_tui.store.backup import check
from sentinel_tui.store.driver import open_reader
from sentinel_tui.store.layout import Floor

KILLS = 12


def killed_after(paths: Paths, first: int, rows: int) -> int:
    """Let a writer of its own process acknowledge some rows, kill it, and return the last one."""
    script = Path(__file__).with_name("crash_writer.py")
    with subprocess.Popen(
        [sys.executable, str(script), str(paths.data_dir), str(first)],
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        acknowledged = first - 1
        try:
            for line in running.stdout:
                if line.strip() == "ready":
                    continue
                acknowledged = int(line)
                if acknowledged - first >= rows:
                    break
        finally:
            running.kill()
        # What it said between the last line read and its death was acknowledged too.
        rest = running.stdout.read().split()
        return int(rest[-1]) if rest and rest[-1].isdigit() else acknowledged


def test_nothing_acknowledged_is_lost_and_no_alert_is_doubled(
    paths: Paths, open_writer: OpenWriter
) -> None:
    dice = random.Random(3)  # noqa: S311 (moments, not secrets)
    acknowledged = 0
    for kill in range(KILLS):
        acknowledged = killed_after(paths, acknowledged + 1, rows=dice.randrange(12))
        assert check(paths.store) == [], f"after kill {kill}"
        with closing(open_reader(paths.store)) as connection:
            found = {key for (key,) in connection.execute("SELECT key FROM intents").fetchall()}
            actions = connection.execute("SELECT key, step FROM actions").fetchall()
            assert broken_audit_entry(connection) is None, f"after kill {kill}"
            alerts = connection.execute("SELECT count(*) FROM alerts").fetchone()[0]
            torn = connection.execute(
                "SELECT count(*) FROM (SELECT at_ms / 100000 FROM metrics "
                "GROUP BY at_ms / 100000 HAVING count(*) <> 100)"
            ).fetchone()[0]
        assert {f"intent-{number}" for number in range(1, acknowledged + 1)} <= found
        assert (alerts, torn) == (1, 0)
        assert {key for key, _ in actions} == {key.replace("intent", "action") for key in found}
        assert {step for _, step in actions} <= {Step.STARTED}
    assert open_writer().epoch == KILLS + 1


def test_rollups_survive_kills_without_a_look_lost_or_doubled(
    paths: Paths, open_writer: OpenWriter
) -> None:
    acknowledged = 0
    for _ in range(3):
        acknowledged = killed_after(paths, acknowledged + 1, rows=4)
    with closing(open_reader(paths.store)) as connection:
        rolled_ms = connection.execute(
            "SELECT at_ms FROM marks WHERE name = 'rolled_until_ms'"
        ).fetchone()[0]
        raw = connection.execute(
            "SELECT count(*) FROM metrics WHERE at_ms < ?", (rolled_ms,)
        ).fetchone()[0]
        for floor in Floor:
            (counted,) = connection.execute(
                "SELECT sum(count) FROM rollups WHERE floor = ?", (floor.value,)
            ).fetchone()
            assert counted == raw, floor.name
