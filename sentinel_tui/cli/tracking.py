"""`sentinel track` and `sentinel import`: what happened, told from a shell or a file."""

from __future__ import annotations

import json as json_format
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from sentinel_tui.cli.event_files import Line, read_events
from sentinel_tui.cli.log_files import read_viewers
from sentinel_tui.cli.output import json_option, print_json, print_text, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.client import Client
from sentinel_tui.commands.wording import counted
from sentinel_tui.errors import UsageError

VIEWS, ACTIONS, NOTE_VIEWERS = "track_views", "track_actions", "note_viewers"

_EVENTS = ("play", "progress", "seek", "pause", "ended")
_AT_ONCE = 100
_VIEWERS_AT_ONCE = 500
_LARGEST_BYTES = 40_000
_TIMEOUT_S = 30.0
_SHOWN = 20
_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that was not taken, and why."""

    line: int
    field: str
    message: str


@dataclass
class Report:
    """What came of the events of a file.

    Attributes:
        new: How many are stored now and were not before.
        known: How many had been told before.
        rejected: Those that were not taken.
    """

    new: int = 0
    known: int = 0
    rejected: list[Mistake] = field(default_factory=list)


@click.group("track")
def track() -> None:
    """Tell what a viewer watched, or what you did."""


@track.command("view")
@click.argument("video_id", metavar="VIDEO")
@click.option("--library", required=True, help="The library it lies in, or its id at Bunny.")
@click.option(
    "--event",
    type=click.Choice(_EVENTS),
    default="play",
    show_default=True,
    help="What the player did.",
)
@click.option("--position", type=float, help="Where in the video, in seconds.")
@click.option("--viewer", "viewer_token", help="What names the viewer to you; kept as a hash.")
@click.option("--at", "t", help="When: ISO 8601, or seconds since 1970; now when left out.")
@click.option("--id", "id", help="Makes it one event however often it is told.")
@json_option
@click.pass_obj
def track_view(session: Session, /, json: bool, **told: Any) -> int:
    """Tell of one report of a player."""
    return _tell(session, VIEWS, _without_gaps(told), json=json)


@track.command("action")
@click.argument("action")
@click.argument("context", nargs=-1, metavar="[NAME=VALUE...]")
@click.option("--service", help="With which service it was done.")
@click.option("--duration-ms", type=float, help="How long it took.")
@click.option("--at", "t", help="When: ISO 8601, or seconds since 1970; now when left out.")
@click.option("--id", "id", help="Makes it one action however often it is told.")
@json_option
@click.pass_obj
def track_action(session: Session, /, json: bool, context: tuple[str, ...], **told: Any) -> int:
    """Tell of something you did, such as upload_video."""
    event = _without_gaps(told)
    if context:
        event["context"] = dict(_pair(one) for one in context)
    return _tell(session, ACTIONS, event, json=json)


@click.group("import")
def import_events() -> None:
    """Take in files of what happened: .jsonl or .csv, one event a line.

    What was told before counts once, so a file may be imported again.
    """


@import_events.command("views")
@click.argument("file", type=_FILE)
@json_option
@click.pass_obj
def import_views(session: Session, file: Path, json: bool) -> int:
    """Take in reports of players.

    Names: viewer_token, video_id, library, event, t, position, and id where there is one. Without
    an id, lines that are alike are one event.
    """
    return _import(session, VIEWS, read_events(file), json=json)


@import_events.command("actions")
@click.argument("file", type=_FILE)
@json_option
@click.pass_obj
def import_actions(session: Session, file: Path, json: bool) -> int:
    """Take in what you did.

    Names: action, service, t, duration_ms, context, and id where there is one. In CSV, all other
    columns are the context.
    """
    return _import(session, ACTIONS, read_events(file, actions=True), json=json)


@import_events.command("cdn-log")
@click.argument("file", type=_FILE)
@click.option("--library", required=True, help="The library whose pull zone it is of.")
@click.option(
    "--anonymised",
    required=True,
    type=click.Choice(("network", "dropped", "no")),
    help="What Bunny was set to do with addresses; it stands next to every estimate.",
)
@json_option
@click.pass_obj
def import_cdn_log(session: Session, file: Path, library: str, anonymised: str, json: bool) -> int:
    """Estimate each video's viewers by a log file of Bunny's CDN.

    A file of whole days of UTC: a day that is there in part has fewer viewers than it had. What
    was estimated of the same days before is replaced.
    """
    session.need_engine()
    viewers = read_viewers(file)
    noted: set[str] = set()
    unknown: set[str] = set()
    for first in range(0, len(viewers), _VIEWERS_AT_ONCE):
        batch = viewers[first : first + _VIEWERS_AT_ONCE]
        done = session.client.ask(
            NOTE_VIEWERS,
            timeout_s=_TIMEOUT_S,
            library=library,
            anonymised=anonymised,
            viewers=batch,
        )
        noted.update(done["noted"])
        unknown.update(done["unknown"])
    if json:
        print_json({"noted": sorted(noted), "unknown": sorted(unknown), "exit_code": 0})
        return 0
    print_text(f"Viewers of {counted(len(noted), 'video')} estimated.")
    if unknown:
        tell(f"{library} holds nothing known of {counted(len(unknown), 'other video')} in the log")
    return 0


def _tell(session: Session, verb: str, event: dict[str, Any], *, json: bool) -> int:
    session.need_engine()
    report = Report()
    _send(session.client, verb, [Line(1, event)], report)
    if report.rejected:
        raise UsageError(report.rejected[0].message)
    if json:
        print_json({"new": report.new, "known": report.known, "exit_code": 0})
    else:
        print_text("Taken." if report.new else "Known already.")
    return 0


def _import(session: Session, verb: str, lines: Iterable[Line], *, json: bool) -> int:
    session.need_engine()
    report = Report()
    for batch in _batches(lines, report):
        _send(session.client, verb, batch, report)
    report.rejected.sort(key=lambda mistake: mistake.line)
    code = 1 if report.rejected else 0
    if json:
        print_json({**asdict(report), "exit_code": code})
        return code
    print_text(f"{counted(report.new, 'event')} taken, {report.known:,} known already.")
    for mistake in report.rejected[:_SHOWN]:
        tell(f"line {mistake.line}: {mistake.message}")
    if len(report.rejected) > _SHOWN:
        tell(f"… and {len(report.rejected) - _SHOWN:,} lines more that were not taken")
    return code


def _batches(lines: Iterable[Line], report: Report) -> Iterator[list[Line]]:
    """Lines in as few requests as the control socket takes; what is no event is put aside."""
    batch: list[Line] = []
    size_bytes = 0
    for line in lines:
        if line.event is None:
            report.rejected.append(Mistake(line.number, "", "this is no event"))
            continue
        adds_bytes = len(json_format.dumps(line.event))
        if batch and (len(batch) == _AT_ONCE or size_bytes + adds_bytes > _LARGEST_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append(line)
        size_bytes += adds_bytes
    if batch:
        yield batch


def _send(client: Client, verb: str, batch: list[Line], report: Report) -> None:
    """Have the engine take a batch; where it refuses the whole, find the line that is to blame."""
    try:
        taken = client.ask(verb, timeout_s=_TIMEOUT_S, events=[line.event for line in batch])
    except UsageError as error:
        if len(batch) == 1:
            report.rejected.append(Mistake(batch[0].number, "", str(error)))
            return
        half = len(batch) // 2
        _send(client, verb, batch[:half], report)
        _send(client, verb, batch[half:], report)
        return
    report.new += taken["new"]
    report.known += taken["known"]
    for one in taken["rejected"]:
        line = batch[one["index"]].number
        report.rejected.append(Mistake(line, one["field"], one["message"]))


def _without_gaps(told: dict[str, Any]) -> dict[str, Any]:
    event = {name: value for name, value in told.items() if value is not None}
    if "t" in event:
        with suppress(ValueError):
            event["t"] = float(event["t"])
    return event


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageError(f"{text!r} is no NAME=VALUE", "such as: title=Trailer")
    return name, value
