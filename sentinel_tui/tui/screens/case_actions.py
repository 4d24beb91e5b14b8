"""What can be done about incidents, on the Alerts tab and on the page of one of them.

Each action becomes commands of the catalog, as the console would run them.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.dom import DOMNode

from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.tui.messages import CommandWanted, ConsoleWanted, ReplayWanted, ServiceOpened
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.view_models.cases import Case, what_happened
from sentinel_tui.tui.widgets.note_bar import NoteBar


class CaseActions(DOMNode):
    """The keys of the scope "incident"; mixed into what shows incidents."""

    outlook: Outlook
    note_bar: NoteBar
    """The line for notes."""

    @property
    def cases(self) -> Sequence[Case]:
        """The incidents that are chosen."""
        return ()

    @property
    def silences(self) -> Sequence[Silence]:
        """The silences that are chosen."""
        return ()

    def action_acknowledge(self) -> None:
        """Acknowledge what is open and in nobody's hand."""
        wanted = [case for case in self.cases if case.incident.open and not case.acknowledged]
        self._want([f"ack {case.key}" for case in wanted])

    def action_note(self) -> None:
        """Write something down about the first incident that is chosen."""
        numbers = [case.incident.id for case in self.cases if case.incident.id]
        if numbers:
            self.note_bar.open(numbers[0])

    @on(NoteBar.Written)
    def _keep_note(self, message: NoteBar.Written) -> None:
        message.stop()
        self._want([f"note {message.incident} {message.text}"])

    def action_escalate(self) -> None:
        """Tell the next who are to be told, after a yes: it may wake somebody."""
        wanted = [case for case in self.cases if case.incident.open and case.incident.id]
        titles = ", ".join(what_happened(case.incident) for case in wanted)
        question = f"Tell the next step of the escalation now: {titles}?"
        self._want([f"escalate {case.incident.id}" for case in wanted], question)

    def action_silence(self) -> None:
        """Silence what is chosen for a while; end the silence over what is silenced."""
        over = {one.id: one for one in self.silences}
        over |= {case.silence.id: case.silence for case in self.cases if case.silence is not None}
        if over:
            told = ", ".join(f"{one.kind} of {one.match or 'everything'}" for one in over.values())
            self._want([f"unsilence {number}" for number in over], f"End the {told}?")
            return
        match = match_of([case for case in self.cases if case.incident.open])
        if match:
            self._ask_how_long(match)

    def action_replay(self) -> None:
        """Show everything as it was when the first incident that is chosen began."""
        for case in self.cases[:1]:
            ends = (case.incident.opened_ms, case.incident.resolved_ms)
            marks = [mark for mark in ends if mark is not None]
            self.post_message(ReplayWanted(case.incident.opened_ms, marks))

    def action_service(self) -> None:
        """Open the page of the service that stands behind the incident."""
        for case in self.cases[:1]:
            if case.incident.services:
                self.post_message(ServiceOpened(case.incident.services[0]))

    def _ask_how_long(self, match: str) -> None:
        from sentinel_tui.tui.screens.silence import OTHER, SilenceScreen

        def answered(how_long: str | None) -> None:
            if how_long == OTHER:
                self.post_message(ConsoleWanted(f"silence {match} "))
            elif how_long:
                self._want([f"silence {match} {how_long}"])

        self.app.push_screen(SilenceScreen(match, self.outlook.preferences.keys), answered)

    def _want(self, commands: list[str], question: str = "") -> None:
        if commands:
            self.post_message(CommandWanted(commands, question))


def match_of(cases: Sequence[Case]) -> str:
    """What a silence must cover to keep these incidents quiet; empty for none."""
    services = dict.fromkeys(service for case in cases for service in case.incident.services)
    if services:
        return f"service:{','.join(services)}"
    rules = dict.fromkeys(alert.rule for case in cases for alert in case.open_alerts)
    return f"rule:{','.join(rules)}" if rules else ""
