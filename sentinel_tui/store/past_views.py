"""The store as it was: for each table a view that shows what held at one instant.

A view in SQLite's temporary schema hides the table of the same name from everything that is read
over the connection. So the past is read with the very queries of the present, and a query that is
written tomorrow reads it too. What a row says is cut at the instant: what came later is hidden,
what was changed later is shown as it was before, as far as that was kept.

Rows count from the instant they are dated to, and an outage is dated back to its first failed
look: between that look and its confirmation the past already shows the outage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sentinel_tui.domain.hosting import DeployStatus
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.latency import WHOLE_DAYS
from sentinel_tui.store.layout import DAY_MS, HOUR_MS, Floor, Mark

REBUILT = ("services", "checks", "check_states")
"""Tables whose rows are overwritten in the present; `past_states` fills them anew."""

_STANDS_FOR = {
    # An acknowledgement counts until the incident comes back or becomes more severe: until an alert
    # finds no earlier one that goes on and is at least as severe. CRITICAL comes before WARNING in
    # the alphabet.
    ":its_acknowledged": (
        ":its_alerts AND own.acknowledged_ms <= :now AND NOT EXISTS ("
        "SELECT 1 FROM main.alerts later WHERE later.incident_id = incidents.id "
        "AND later.opened_ms <= :now AND later.opened_ms > own.acknowledged_ms "
        "AND NOT EXISTS (SELECT 1 FROM main.alerts other "
        "WHERE other.incident_id = incidents.id AND other.id < later.id "
        "AND other.severity <= later.severity "
        "AND (other.resolved_ms IS NULL OR other.resolved_ms >= later.opened_ms)))"
    ),
    ":its_alerts": (
        "main.alerts own WHERE own.incident_id = incidents.id AND own.opened_ms <= :now"
    ),
    ":now": "(SELECT at_ms FROM moment)",
}
"""What these words stand for in a view, which takes no parameters; replaced in this order."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """How a table is cut at the instant.

    Attributes:
        rows: Which of its rows there were.
        columns: Columns that may have been changed later, and what they held.
        more: Rows that the table itself does not have.
    """

    rows: str
    columns: Mapping[str, str] = field(default_factory=dict)
    more: str = ""


def _undo(instant: str, **before: str) -> dict[str, str]:
    """What an instant, and the columns that were written with it, held before it came."""
    return {
        column: f"CASE WHEN {instant} > :now THEN {held} ELSE {column} END"
        for column, held in {instant: "NULL", **before}.items()
    }


_HOUR_BEGAN = f":now - :now % {Floor.HOUR.length_ms}"
_DAY_BEGAN = f":now - :now % {DAY_MS}"
_BUCKET_MS = " ".join(
    ("CASE floor", *(f"WHEN {int(floor)} THEN {floor.length_ms}" for floor in Floor), "END")
)

_MARKS = _Cut(
    f"name IN ('{Mark.ROLLED}', '{Mark.COUNTED}')",
    {
        "at_ms": f"min(at_ms, CASE name WHEN '{Mark.ROLLED}' THEN {_HOUR_BEGAN} "
        f"ELSE {_DAY_BEGAN} END)"
    },
    more=f"SELECT '{WHOLE_DAYS}', min(at_ms, {_DAY_BEGAN}) FROM main.marks "  # noqa: S608 (own names)
    f"WHERE name = '{Mark.ROLLED}'",
)

_INCIDENTS = _Cut(
    "opened_ms <= :now",
    # An incident is what its alerts make of it, so it is put together from those there were.
    {
        "severity": "coalesce((SELECT min(own.severity) FROM :its_alerts), severity)",
        "services": "(SELECT json_group_array(value) FROM json_each(services) "
        "WHERE value IN (SELECT own.service FROM :its_alerts))",
        "resolved_ms": "CASE WHEN EXISTS (SELECT 1 FROM :its_alerts "
        "AND (own.resolved_ms IS NULL OR own.resolved_ms > :now)) THEN NULL "
        "ELSE (SELECT max(own.resolved_ms) FROM :its_alerts) END",
        # It came back with each alert that found all earlier ones over.
        "reopened": "min(reopened, (SELECT count(*) - 1 FROM :its_alerts AND NOT EXISTS "
        "(SELECT 1 FROM main.alerts other "
        "WHERE other.incident_id = incidents.id AND other.id < own.id "
        "AND (other.resolved_ms IS NULL OR other.resolved_ms >= own.opened_ms))))",
        "acknowledged_ms": "(SELECT max(own.acknowledged_ms) FROM :its_acknowledged)",
        "acknowledged_by": "coalesce((SELECT own.acknowledged_by FROM :its_acknowledged "
        "ORDER BY own.acknowledged_ms DESC LIMIT 1), '')",
    },
)

_NOT_BEGUN = "(SELECT created_ms FROM main.messages WHERE key = message_key) > :now"
_NOTIFICATIONS = _Cut(
    "created_ms <= :now",
    {
        **_undo("sent_ms"),
        "status": f"CASE WHEN {_NOT_BEGUN} THEN 'queued' WHEN sent_ms > :now THEN 'sending' "
        "ELSE status END",
        "message_key": f"CASE WHEN {_NOT_BEGUN} THEN '' ELSE message_key END",
    },
)

_CHANNELS = _Cut(
    "1",
    {
        **_undo("failing_since_ms", error="''"),
        "last_sent_ms": "(SELECT max(sent_ms) FROM main.messages "
        "WHERE channel = channels.name AND sent_ms <= :now)",
    },
)

_STARTED_BEFORE = (
    "(SELECT max(at_ms) FROM main.events WHERE at_ms <= :now "
    "AND kind = 'engine' AND text LIKE 'Sentinel % started')"
)
_SILENT_SINCE = (
    # In a gap, unless somebody looked and only saw nothing.
    "(SELECT min(from_ms) FROM main.gaps WHERE from_ms < :now AND to_ms > :now "
    "AND NOT EXISTS (SELECT 1 FROM main.metrics "
    "WHERE at_ms > max(from_ms, :now - 60000) AND at_ms <= :now))"
)
_ENGINE = _Cut(
    "1",
    {
        **_undo("beat_ms", lag_s="0.0", config_error="''", trouble="''", workers="'[]'"),
        **_undo("stopped_ms"),
        "started_ms": "CASE WHEN started_ms > :now "
        f"THEN coalesce({_STARTED_BEFORE}, :now) ELSE started_ms END",
        "beat_ms": f"coalesce({_SILENT_SINCE}, min(beat_ms, :now))",
    },
)

_REPLACED = DeployStatus.REPLACED.value
_SUCCESSOR = (
    # Platforms tell that a deploy was replaced, but not always when.
    "SELECT 1 FROM main.deploys later WHERE later.service = deploys.service "
    "AND later.live_ms > deploys.live_ms AND later.live_ms <= :now"
)
_DEPLOYS = _Cut(
    "created_ms <= :now",
    {
        **_undo("live_ms"),
        **_undo("ended_ms"),
        "status": f"CASE WHEN live_ms > :now OR (ended_ms > :now AND status <> '{_REPLACED}') "
        f"THEN '{DeployStatus.UNDER_WAY}' "
        f"WHEN status = '{_REPLACED}' AND live_ms IS NOT NULL AND NOT EXISTS ({_SUCCESSOR}) "
        f"THEN '{DeployStatus.LIVE}' ELSE status END",
    },
)

_AWAKE = _Cut(
    "start_ms <= :now",
    # How long it would have stayed awake was not known then.
    {"end_ms": "min(end_ms, :now)", "open": "open OR end_ms > :now"},
)

_ITS_AUDIT = "FROM main.audit own WHERE own.action_id = actions.id"
_NEWEST_BEFORE = "AND own.at_ms <= :now ORDER BY own.id DESC LIMIT 1"
_NOTE_THEN = (
    # The first entry of an action tells why it was wanted; the notes follow.
    f"coalesce((SELECT own.text {_ITS_AUDIT} "
    f"AND own.id > (SELECT min(own.id) {_ITS_AUDIT}) {_NEWEST_BEFORE}), '')"
)
_ACTIONS = _Cut(
    "created_ms <= :now",
    {
        "step": f"coalesce((SELECT own.step {_ITS_AUDIT} {_NEWEST_BEFORE}), step)",
        "note": f"CASE WHEN EXISTS (SELECT 1 {_ITS_AUDIT} AND own.at_ms > :now) "
        f"THEN {_NOTE_THEN} ELSE note END",
        **_undo("approved_ms", approved_by="''"),
        **_undo("started_ms"),
        **_undo("done_ms", remote="''"),
        **_undo("ended_ms", effect="NULL"),
    },
)

_LIBRARIES = _Cut(
    "EXISTS (SELECT 1 FROM main.videos own WHERE own.library = libraries.name "
    "AND own.first_ms <= :now)",
    {
        "read_ms": "min(read_ms, :now)",
        "counted_to_ms": f"min(counted_to_ms, {_HOUR_BEGAN})",
        # What waited then, and what was wrong, is not kept.
        "waiting": "CASE WHEN read_ms > :now THEN 0 ELSE waiting END",
        "trouble": "CASE WHEN read_ms > :now THEN '' ELSE trouble END",
    },
)

_COUNTED_THEN = (
    "(SELECT own.{} FROM main.video_analytics own WHERE own.video_id = videos.id "
    "AND own.timestamp <= :now AND seen_ms > :now ORDER BY own.day_ms DESC LIMIT 1)"
)
_VIEWS_THEN = f"coalesce({_COUNTED_THEN.format('views')}, views)"
_WATCH_THEN = f"coalesce({_COUNTED_THEN.format('watch_time_sec')}, watch_s)"
_VIDEOS = _Cut(
    "first_ms <= :now",
    {
        **_undo("gone_ms"),
        "seen_ms": "min(seen_ms, :now)",
        "read_ms": "min(read_ms, :now)",
        # A video's own counters go on; the studies noted them day by day.
        "views": _VIEWS_THEN,
        "watch_s": _WATCH_THEN,
        "average_watch_s": f"CASE WHEN seen_ms > :now AND {_VIEWS_THEN} > 0 "
        f"THEN {_WATCH_THEN} / {_VIEWS_THEN} ELSE average_watch_s END",
        "counted_from_ms": "min(counted_from_ms, :now)",
        "counted_to_ms": "min(counted_to_ms, :now)",
    },
)

_CUTS: Mapping[str, _Cut] = {
    "metrics": _Cut("at_ms <= :now"),
    # A bucket that was not full yet would tell what came later.
    "rollups": _Cut(f"start_ms + {_BUCKET_MS} <= :now"),
    "uptime_days": _Cut(f"day_ms + {DAY_MS} <= :now"),
    "marks": _MARKS,
    "state_changes": _Cut("at_ms <= :now"),
    "failures": _Cut("at_ms <= :now"),
    "cold_starts": _Cut("at_ms <= :now"),
    "events": _Cut("at_ms <= :now"),
    # A gap is noted when it is over.
    "gaps": _Cut("to_ms <= :now"),
    "intents": _Cut("created_ms <= :now", _undo("finished_ms", status="'started'", result="'{}'")),
    "alerts": _Cut(
        "opened_ms <= :now",
        {
            **_undo("resolved_ms", resolution="''"),
            **_undo("acknowledged_ms", acknowledged_by="NULL"),
        },
    ),
    "incidents": _INCIDENTS,
    "incident_notes": _Cut("at_ms <= :now"),
    "notifications": _NOTIFICATIONS,
    "messages": _Cut(
        "created_ms <= :now", _undo("sent_ms", attempts="1", next_try_ms="created_ms", error="''")
    ),
    "channels": _CHANNELS,
    "silences": _Cut("start_ms <= :now", _undo("ended_ms")),
    "engine": _ENGINE,
    "hosted_services": _Cut("since_ms <= :now", {"seen_ms": "min(seen_ms, :now)"}),
    "deploys": _DEPLOYS,
    "host_events": _Cut("at_ms <= :now"),
    "awake_stretches": _AWAKE,
    "visits": _Cut("at_ms <= :now"),
    "hours_corrections": _Cut("at_ms <= :now"),
    "mode_settings": _Cut("at_ms <= :now", _undo("ended_ms")),
    "mode_changes": _Cut("at_ms <= :now"),
    "plans": _Cut("made_ms <= :now"),
    "actions": _ACTIONS,
    "audit": _Cut("at_ms <= :now"),
    "tunings": _Cut("at_ms <= :now", _undo("undone_ms", undone_by="''")),
    "freezes": _Cut("at_ms <= :now", _undo("ended_ms", ended_by="''")),
    "libraries": _LIBRARIES,
    "videos": _VIDEOS,
    # The day and the hour that go on would tell what came later.
    "video_days": _Cut(f"day_ms + {DAY_MS} <= :now"),
    "library_hours": _Cut(f"hour_ms + {HOUR_MS} <= :now"),
    "unique_estimates": _Cut(f"day_ms + {DAY_MS} <= :now"),
    "video_heat": _Cut("at_ms <= :now"),
    "view_events": _Cut("received_ms <= :now AND at_ms <= :now"),
    "viewings": _Cut("folded_ms <= :now"),
    "user_actions": _Cut("received_ms <= :now AND timestamp <= :now"),
    "video_analytics": _Cut("timestamp <= :now"),
    "content_trends": _Cut("detected_at <= :now"),
    "studies": _Cut("at_ms <= :now"),
    "themes": _Cut("at_ms <= :now"),
}


def lay_views(connection: Connection) -> None:
    """Hide every table behind what it held at the instant in `moment`, which holds none yet.

    The file stays read-only; what is made and written lies in the connection's own memory.
    """
    connection.execute("PRAGMA query_only = 0")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("CREATE TEMP TABLE moment (at_ms INTEGER NOT NULL)")
    for table in REBUILT:
        connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} WHERE 0")  # noqa: S608 (own names)
    for table, cut in _CUTS.items():
        connection.execute(_view(table, columns_of(connection, table), cut))


def columns_of(connection: Connection, table: str) -> list[str]:
    """The columns of one of the store's tables, in their order."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?, 'main')", (table,)).fetchall()
    return [name for (name,) in rows]


def _view(table: str, columns: list[str], cut: _Cut) -> str:
    shown = ", ".join(
        f"{cut.columns[column]} AS {column}" if column in cut.columns else column
        for column in columns
    )
    more = f" UNION ALL {cut.more}" if cut.more else ""
    sql = f"SELECT {shown} FROM main.{table} WHERE {cut.rows}{more}"  # noqa: S608 (own names)
    for word, meaning in _STANDS_FOR.items():
        sql = sql.replace(word, meaning)
    return f"CREATE TEMP VIEW {table} AS {sql}"
