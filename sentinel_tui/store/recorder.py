"""The jobs that the engine gives its writer.

Each takes the database first and runs inside one of the writer's transactions:

    alerts = await writer.run(lambda db: recorder.record(db, judgements, now_ms), durable=True)
"""

from sentinel_tui.store.alerting import acknowledge, raise_finding, resolve_gone
from sentinel_tui.store.baselines import learn_usual, load_usual
from sentinel_tui.store.channels import register_channels
from sentinel_tui.store.incidents import acknowledge_incident, add_note
from sentinel_tui.store.journal import (
    ABANDONED,
    IntentRecord,
    abandon_intents,
    add_event,
    add_gap,
    beat,
    begin_intent,
    finish_intent,
    intent,
    last_beat_ms,
)
from sentinel_tui.store.observing import record, save_state
from sentinel_tui.store.outbox import claim, delivered, escalate, failed, queue_test, tend
from sentinel_tui.store.registry import (
    load_states,
    register,
    set_next_looks,
    set_paused,
    set_suppressed,
    set_wake,
)
from sentinel_tui.store.silencing import active, add_silence, due_ends, end_silence

__all__ = [
    "ABANDONED",
    "IntentRecord",
    "abandon_intents",
    "acknowledge",
    "acknowledge_incident",
    "active",
    "add_event",
    "add_gap",
    "add_note",
    "add_silence",
    "beat",
    "begin_intent",
    "claim",
    "delivered",
    "due_ends",
    "end_silence",
    "escalate",
    "failed",
    "finish_intent",
    "intent",
    "last_beat_ms",
    "learn_usual",
    "load_states",
    "load_usual",
    "queue_test",
    "raise_finding",
    "record",
    "register",
    "register_channels",
    "resolve_gone",
    "save_state",
    "set_next_looks",
    "set_paused",
    "set_suppressed",
    "set_wake",
    "tend",
]
