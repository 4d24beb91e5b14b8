"""What the engine writes when something goes down and this terminal is to be told of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tui_past import NOW_MS, Past

from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy
from sentinel_tui.paths import Paths
from sentinel_tui.store import outbox, recorder
from sentinel_tui.store.channels import register_channels
from sentinel_tui.store.writer import Database

CHANNEL = "here"
REASON = "refused"


def alarm(paths: Paths) -> None:
    """An alarm about the curator, delivered to the terminal channel."""
    writer = Past(paths).open()
    writer.orders = replace(writer.orders, policy=NotifyPolicy((ChannelPolicy(CHANNEL),)))
    for step in (_raise, _deliver):
        asyncio.run(writer.run(step))
    writer.close()


def _raise(db: Database) -> None:
    register_channels(db, [(CHANNEL, "terminal")])
    found = Finding("down/curator/http", Rule.DOWN, True, Severity.CRITICAL, NOW_MS, REASON)
    recorder.raise_finding(db, found, "curator", "http")


def _deliver(db: Database) -> None:
    at_ms = NOW_MS + 60_000
    outbox.tend(db, at_ms)
    message = outbox.claim(db, CHANNEL, at_ms, "UTC")
    assert message is not None
    outbox.delivered(db, message.key, at_ms)
