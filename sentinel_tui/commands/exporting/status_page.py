"""The static status page: plain HTML for a phone, a screen reader and a browser without scripts.

Every value is escaped, and nothing but the page's own words and the board goes in. It is
well-formed XML as well, so that a test can hold it to that. Colours only repeat what signs and
words say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from html import escape

from sentinel_tui.commands.exporting.board import Board, Day, PublicIncident, PublicService
from sentinel_tui.commands.exporting.public_words import Told, last_seen, overall, told
from sentinel_tui.commands.wording import counted, listed
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.uptime import METHOD
from sentinel_tui.text import format_duration, format_ratio

_STYLE = """
:root{color-scheme:light dark;--text:#1f2328;--soft:#57606a;--line:#d0d7de;--page:#fff;
--good:#1a7f37;--warn:#9a6700;--bad:#c62828;--rest:#57606a}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9aa4af;--line:#30363d;
--page:#0d1117;--good:#3fb950;--warn:#d29922;--bad:#ff7b72;--rest:#9aa4af}}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:0}p{margin:.25rem 0}ul{list-style:none;margin:0;padding:0}
li.card{border-top:1px solid var(--line);padding:.75rem 0}
.row{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem}
.state{font-weight:600}.overall{font-size:1.2rem;font-weight:600}.soft{color:var(--soft)}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.rest{color:var(--rest)}
svg.days{display:block;width:100%;height:2rem;margin:.4rem 0}
svg.days path{fill:none;stroke:currentColor;stroke-width:.7}
summary{cursor:pointer}footer{margin-top:2rem;border-top:1px solid var(--line);padding:.75rem 0}
"""

_BAR_TOP = {"good": 4, "bad": 0, "rest": 8}
"""Where a day's bar begins, of ten: an outage stands tall, a day without looks lies flat."""

_LIST = '<ul role="list">'
"""Without bullets, Safari no longer tells its readers that it is a list."""

_SEVERITY = {Severity.CRITICAL: ("Outage", "bad"), Severity.WARNING: ("Disruption", "warn")}


def status_page(board: Board, zone: tzinfo) -> str:
    """The page.

    Args:
        board: What is on it.
        zone: The time zone in which instants are told.
    """
    whole = overall(board)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8" />',
        '<meta name="viewport" content="width=device-width, initial-scale=1" />',
        f"<title>{escape(board.title)}: {escape(whole.word)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{escape(board.title)}</h1>",
        f'<p class="overall">{_toned(whole)}</p>',
        *_as_of(board, zone),
        "<h2>Services</h2>",
        *_services(board),
        f"<h2>Incidents of the last {board.incident_days} days</h2>",
        *_incidents(board, zone),
        f'<footer class="soft"><p>Days are UTC. Uptime is {escape(METHOD)}.</p></footer>',
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _as_of(board: Board, zone: tzinfo) -> Iterator[str]:
    if board.watched:
        yield f'<p class="soft">As of {_time(board.at_ms, zone)} ({escape(str(zone))}).</p>'
    elif board.seen_ms is None:
        yield '<p class="soft">Nothing was ever looked at.</p>'
    else:
        seen = f"{_time(board.seen_ms, zone)} ({escape(str(zone))})"
        yield f'<p class="soft">Nothing has been looked at since {seen}; below is as of then.</p>'


def _services(board: Board) -> Iterator[str]:
    if not board.services:
        yield "<p>There are none yet.</p>"
        return
    yield _LIST
    for service in board.services:
        yield from _service(service, told(service.state) if board.watched else last_seen(service))
    yield "</ul>"


def _service(service: PublicService, now: Told) -> Iterator[str]:
    yield '<li class="card">'
    yield '<div class="row">'
    yield f"<h3>{escape(service.name)}</h3>"
    yield f'<p class="state">{_toned(now)}</p>'
    yield "</div>"
    yield from _days(service.days)
    yield f'<p class="soft">{escape(_uptime_line(service))}</p>'
    yield from _outages(service.days_with_outage)
    yield "</li>"


def _uptime_line(service: PublicService) -> str:
    days = counted(len(service.days), "day")
    known = sum(1 for day in service.days if day.known)
    if not known:
        return f"Nothing is known of the last {days}."
    line = f"{format_ratio(service.uptime.ratio)} up over the last {days}"
    if known < len(service.days):
        line += f", of which {counted(known, 'is known', 'are known')}"
    outages = len(service.days_with_outage)
    return f"{line}; an outage on {counted(outages, 'day')}." if outages else f"{line}; no outage."


def _days(days: Sequence[Day]) -> Iterator[str]:
    """One bar for each day; what they show is said in words right below them."""
    yield (
        f'<svg class="days" viewBox="0 0 {len(days)} 10" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false">'
    )
    for tone, top in _BAR_TOP.items():
        places = [place for place, day in enumerate(days) if _tone(day) == tone]
        if places:
            lines = "".join(f"M{place}.5 {top}V10" for place in places)
            yield f'<path class="{tone}" d="{lines}" />'
    yield "</svg>"


def _tone(day: Day) -> str:
    if not day.known:
        return "rest"
    return "bad" if day.uptime.down_ms else "good"


def _outages(days: Sequence[Day]) -> Iterator[str]:
    if not days:
        return
    yield "<details>"
    yield f"<summary>{counted(len(days), 'day')} with an outage</summary>"
    yield _LIST
    for day in reversed(days):
        date = datetime.fromtimestamp(day.start_ms / 1_000, UTC)
        down = format_duration(day.uptime.down_ms / 1_000)
        yield f'<li><time datetime="{date:%Y-%m-%d}">{date:%Y-%m-%d}</time>: down for {down}</li>'
    yield "</ul>"
    yield "</details>"


def _incidents(board: Board, zone: tzinfo) -> Iterator[str]:
    if not board.incidents:
        yield "<p>None.</p>"
        return
    yield _LIST
    for incident in board.incidents:
        yield from _incident(incident, board.at_ms, zone)
    yield "</ul>"


def _incident(incident: PublicIncident, now_ms: int, zone: tzinfo) -> Iterator[str]:
    word, tone = _SEVERITY[incident.severity]
    ended_ms = now_ms if incident.resolved_ms is None else incident.resolved_ms
    lasted = format_duration((ended_ms - incident.opened_ms) / 1_000)
    span = f"Since {_time(incident.opened_ms, zone)}, still going on"
    if incident.resolved_ms is not None:
        span = f"From {_time(incident.opened_ms, zone)} until {_time(ended_ms, zone)}"
    yield '<li class="card">'
    yield f'<h3><span class="{tone}">{word}</span>: {escape(listed(incident.names))}</h3>'
    yield f"<p>{span} ({lasted})</p>"
    yield "</li>"


def _toned(said: Told) -> str:
    return f'<span class="{said.tone}"><span aria-hidden="true">{said.sign}</span> ' + (
        f"{escape(said.word)}</span>"
    )


def _time(at_ms: int, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(at_ms / 1_000, zone)
    return f'<time datetime="{at.isoformat(timespec="seconds")}">{at:%Y-%m-%d %H:%M}</time>'
