"""What was done to a service, on its chart: deploys, what its platform told, and modes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostEvent
from sentinel_tui.domain.keepalive.modes import ModeChange
from sentinel_tui.tui.cells import Line, Span, Tone, line
from sentinel_tui.tui.view_models.modes import mode_strip
from sentinel_tui.tui.view_models.plot import Mark, Plot, Slices
from sentinel_tui.tui.view_models.words import counted

DEPLOYED = Span("▸", Tone.ACCENT)
NOT_DEPLOYED = Span("▹", Tone.BAD)
HAPPENED = Span("◆", Tone.BUSY)


@dataclass(frozen=True, slots=True)
class Changes:
    """What was done to one service in a range.

    Attributes:
        deploys: Its deploys.
        events: What its platform told of it.
        modes: How its mode changed, the oldest first, and the one in force at the start.
    """

    deploys: Sequence[HostedDeploy] = ()
    events: Sequence[HostEvent] = ()
    modes: Sequence[ModeChange] = ()

    @property
    def lines(self) -> list[Line]:
        """What is marked on the chart, counted, with the signs it is marked with."""
        signs = [deploy_sign(one) for one in self.deploys]
        counts = (
            (DEPLOYED, signs.count(DEPLOYED), "deploy"),
            (NOT_DEPLOYED, signs.count(NOT_DEPLOYED), "failed deploy"),
            (HAPPENED, len(self.events), "host event"),
        )
        return [
            line(Span(f"{sign.text} {counted(number, what)}", sign.tone))
            for sign, number, what in counts
            if number
        ]


def with_changes(drawn: Plot, changes: Changes, cut_up: Slices) -> Plot:
    """The same chart with marks for what was done to the service, and its modes below.

    Failures and alerts stand before what was done: they are what must not be overlooked.
    """
    found = [Mark(at, *HAPPENED) for at in _shares((one.at_ms for one in changes.events), cut_up)]
    for deploy in changes.deploys:
        found += [Mark(at, *deploy_sign(deploy)) for at in _shares([deployed_ms(deploy)], cut_up)]
    return replace(
        drawn,
        marks=(*found, *drawn.marks),
        modes=mode_strip(changes.modes, cut_up),
    )


def deployed_ms(deploy: HostedDeploy) -> int:
    """The instant a deploy is told at: when it went live or ended, else when it was ordered."""
    return deploy.live_ms or deploy.ended_ms or deploy.created_ms


def deploy_sign(deploy: HostedDeploy) -> Span:
    """How a deploy is marked: whether anything came of it."""
    lost = deploy.status in (DeployStatus.FAILED, DeployStatus.CANCELED)
    return NOT_DEPLOYED if lost else DEPLOYED


def _shares(instants_ms: Iterable[int], cut_up: Slices) -> list[float]:
    """Where instants lie in a range, as shares of its width; those outside are left out."""
    whole_ms = cut_up.end_ms - cut_up.start_ms
    return [
        (at_ms - cut_up.start_ms) / whole_ms
        for at_ms in instants_ms
        if cut_up.start_ms <= at_ms < cut_up.end_ms
    ]
