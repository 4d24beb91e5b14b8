"""What the hosting platform knows of a service: its plan, its deploys and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent
from sentinel_tui.text import cell_width
from sentinel_tui.tui.cells import Line, Span, Tone, fit, joined, line, muted
from sentinel_tui.tui.view_models.changes import HAPPENED, deployed_ms
from sentinel_tui.tui.view_models.words import Times, counted

MOST_DEPLOYS = 6
MOST_EVENTS = 6
_COMMIT_CELLS = 7
_STATUS_CELLS = 12
_OLD_MS = 600_000
"""What was said longer ago than this says when; before, it would only be repainted for it."""

_DOT = muted(" · ")

_STATUSES = {
    DeployStatus.UNDER_WAY: Span("↻ under way", Tone.BUSY),
    DeployStatus.LIVE: Span("● live", Tone.GOOD),
    DeployStatus.REPLACED: Span("▸ replaced", Tone.MUTED),
    DeployStatus.FAILED: Span("▹ failed", Tone.BAD),
    DeployStatus.CANCELED: Span("▹ canceled", Tone.MUTED),
}


def hosted_line(hosted: HostedService, times: Times) -> Line:
    """The service as its platform describes it: "host free · 1 instance · asleep"."""
    told = [line(muted("host "), hosted.plan or "?"), line(counted(hosted.instances, "instance"))]
    if hosted.suspended:
        by = ", ".join(hosted.suspenders)
        told.append(line(Span(f"✖ suspended by {by}", Tone.BAD)))
    elif hosted.running is not None:
        told.append(line("running") if hosted.running else line(Span("asleep", Tone.BUSY)))
    told.append(line(muted(f"auto-deploy {'on' if hosted.auto_deploy else 'off'}")))
    if times.now_ms - hosted.seen_ms > _OLD_MS:
        told.append(line(Span(f"▲ as of {times.minute(hosted.seen_ms)}", Tone.WARN)))
    return joined(told, _DOT)


def deploy_lines(deploys: Sequence[HostedDeploy], times: Times) -> Iterator[Line]:
    """The last deploys, newest first: when, what came of it, which commit, what for."""
    shown = deploys[:MOST_DEPLOYS]
    width = _time_cells([deployed_ms(one) for one in shown], times)
    for deploy in shown:
        yield (
            muted(f"{times.minute(deployed_ms(deploy)):>{width}}  "),
            *fit(line(_STATUSES[deploy.status]), _STATUS_CELLS),
            Span(f"{deploy.commit[:_COMMIT_CELLS]:<{_COMMIT_CELLS}}  "),
            Span(deploy.message),
            muted(f"  {deploy.trigger.replace('_', ' ')}" if deploy.trigger else ""),
        )


def event_lines(events: Sequence[HostEvent], times: Times) -> Iterator[Line]:
    """What the platform told, newest first."""
    shown = events[:MOST_EVENTS]
    width = _time_cells([one.at_ms for one in shown], times)
    for event in shown:
        yield line(
            muted(f"{times.minute(event.at_ms):>{width}}  "),
            Span(f"{HAPPENED.text} ", HAPPENED.tone),
            event.text or event.kind.replace("_", " "),
        )


def _time_cells(instants_ms: Sequence[int], times: Times) -> int:
    return max((cell_width(times.minute(one)) for one in instants_ms), default=0)
