"""The jobs that the engine gives its writer.

Each takes the database first and runs inside one of the writer's transactions:

    alerts = await writer.run(lambda db: recorder.record(db, judgements, now_ms), durable=True)
"""

from sentinel_tui.store.alerting import acknowledge, raise_finding, resolve_gone
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
from sentinel_tui.store.registry import (
    load_states,
    register,
    set_next_looks,
    set_paused,
    set_wake,
)

__all__ = [
    "ABANDONED",
    "IntentRecord",
    "abandon_intents",
    "acknowledge",
    "add_event",
    "add_gap",
    "beat",
    "begin_intent",
    "finish_intent",
    "intent",
    "last_beat_ms",
    "load_states",
    "raise_finding",
    "record",
    "register",
    "resolve_gone",
    "save_state",
    "set_next_looks",
    "set_paused",
    "set_wake",
]
