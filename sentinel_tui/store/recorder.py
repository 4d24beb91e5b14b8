"""The jobs that the engine gives its writer.

Each takes the database first and runs inside one of the writer's transactions:

    alerts = await writer.run(lambda db: recorder.record(db, judgements, now_ms), durable=True)
"""

from sentinel_tui.store.actions import (
    action_by_id,
    advance,
    freeze,
    frozen,
    open_actions,
    propose,
    recent_actions,
    unfreeze,
    verify_audit,
)
from sentinel_tui.store.alerting import acknowledge, raise_finding, resolve_gone
from sentinel_tui.store.awake import (
    add_visits,
    correct_hours,
    last_correction,
    open_stretches,
    save_stretches,
    stretches,
    visit_times,
)
from sentinel_tui.store.baselines import learn_usual, load_usual
from sentinel_tui.store.channels import register_channels
from sentinel_tui.store.events import Added, add_owner_actions, add_view_events, fold_views
from sentinel_tui.store.hosting import (
    hosted,
    last_deploys,
    save_deploys,
    save_events,
    save_services,
)
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
from sentinel_tui.store.modes import (
    change_mode,
    clear_mode,
    last_modes,
    mode_settings,
    set_mode,
)
from sentinel_tui.store.observing import record, save_state
from sentinel_tui.store.outbox import claim, delivered, escalate, failed, queue_test, tend
from sentinel_tui.store.plans import last_plan, save_plan
from sentinel_tui.store.registry import (
    load_states,
    register,
    set_next_looks,
    set_paused,
    set_suppressed,
    set_wake,
)
from sentinel_tui.store.silencing import active, add_silence, due_ends, end_silence
from sentinel_tui.store.study import reject_theme, save_study, set_theme
from sentinel_tui.store.tuning import add_tuning, live_tunings, undo_tuning
from sentinel_tui.store.videos import (
    ToRead,
    VideoChanges,
    libraries,
    mark_read,
    register_libraries,
    save_library,
    save_videos,
    to_read,
)
from sentinel_tui.store.watching import save_days, save_heat, save_hours, save_uniques

__all__ = [
    "ABANDONED",
    "Added",
    "IntentRecord",
    "ToRead",
    "VideoChanges",
    "abandon_intents",
    "acknowledge",
    "acknowledge_incident",
    "action_by_id",
    "active",
    "add_event",
    "add_gap",
    "add_note",
    "add_owner_actions",
    "add_silence",
    "add_tuning",
    "add_view_events",
    "add_visits",
    "advance",
    "beat",
    "begin_intent",
    "change_mode",
    "claim",
    "clear_mode",
    "correct_hours",
    "delivered",
    "due_ends",
    "end_silence",
    "escalate",
    "failed",
    "finish_intent",
    "fold_views",
    "freeze",
    "frozen",
    "hosted",
    "intent",
    "last_beat_ms",
    "last_correction",
    "last_deploys",
    "last_modes",
    "last_plan",
    "learn_usual",
    "libraries",
    "live_tunings",
    "load_states",
    "load_usual",
    "mark_read",
    "mode_settings",
    "open_actions",
    "open_stretches",
    "propose",
    "queue_test",
    "raise_finding",
    "recent_actions",
    "record",
    "register",
    "register_channels",
    "register_libraries",
    "reject_theme",
    "resolve_gone",
    "save_days",
    "save_deploys",
    "save_events",
    "save_heat",
    "save_hours",
    "save_library",
    "save_plan",
    "save_services",
    "save_state",
    "save_stretches",
    "save_study",
    "save_uniques",
    "save_videos",
    "set_mode",
    "set_next_looks",
    "set_paused",
    "set_suppressed",
    "set_theme",
    "set_wake",
    "stretches",
    "tend",
    "to_read",
    "undo_tuning",
    "unfreeze",
    "verify_audit",
    "visit_times",
]
