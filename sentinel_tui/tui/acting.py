"""Doing something to services from the screen: questions first, approvals, and the stop of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from sentinel_tui.tui.errands import Answered, Prepared
from sentinel_tui.tui.messages import CommandWanted, QuestionWanted
from sentinel_tui.tui.replaying import ReplayingApp

if TYPE_CHECKING:
    from sentinel_tui.commands.confirming import Question
    from sentinel_tui.domain.autonomy.actions import Action
    from sentinel_tui.tui.headlines import Headline


_PATIENCE_S = 1.0


class ActingApp(ReplayingApp):
    """A screen from which services can be acted on, but for a replay and a read-only one."""

    _considered = ""
    """The command of which the engine is being asked what would follow, or empty."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to approve only while something waits."""
        if action == "approve_next":
            return bool(self.outlook.waiting) and not self.outlook.refusal
        return super().check_action(action, parameters)

    def action_audit(self) -> None:
        """Show what was done, by whom, why and when."""
        from sentinel_tui.tui.screens.audit import AuditScreen

        if not isinstance(self.seen, AuditScreen):
            self._cover(AuditScreen(self.outlook))

    def action_approve_next(self) -> None:
        """Answer what has waited for the longest."""
        if self.outlook.waiting:
            self._ask_first(f"approve {self.outlook.waiting[0].id}")

    def action_freeze(self) -> None:
        """Stop all actions at once; allow them again after a yes."""
        if self.outlook.frozen is None:
            self.post_message(CommandWanted(["freeze"]))
        else:
            self.post_message(CommandWanted(["unfreeze"], "Allow actions again?"))

    def take_in(self, headline: Headline) -> None:
        """Take in what banners and keys depend on; both change only where it did."""
        outlook = self.outlook
        told = (headline.offline, tuple(headline.waiting), headline.frozen)
        if told == (outlook.offline, tuple(outlook.waiting), outlook.frozen):
            return
        outlook.offline, outlook.waiting, outlook.frozen = told
        outlook.names = headline.names
        self.redraw_banners()
        if self.screen_stack:
            self.refresh_bindings()

    @on(Answered)
    def _refused(self, message: Answered) -> None:
        if message.command == self._considered:
            self._considered = ""

    @on(QuestionWanted)
    def _question_wanted(self, message: QuestionWanted) -> None:
        self._ask_first(message.command)

    @on(Prepared)
    def _prepared(self, message: Prepared) -> None:
        if message.command != self._considered:
            return  # it was asked about twice, or something else meanwhile
        self._considered = ""
        if message.question is None:
            self.outlook.do([message.command], self)
        else:
            self._ask(message.command, message.question)

    def _ask_first(self, command: str) -> None:
        if self.outlook.refusal:
            self.tell(self.outlook.refusal, "warning")
        elif command != self._considered:
            self._considered = command
            self.outlook.prepare(command, self)
            self.set_timer(_PATIENCE_S, self._tell_that_it_takes_time)

    def _tell_that_it_takes_time(self) -> None:
        if self._considered:
            self.tell("asking what would follow from it")

    def _ask(self, command: str, question: Question) -> None:
        # Imported here: most screens never ask.
        from sentinel_tui.tui.screens.approval import ApprovalScreen, Consent
        from sentinel_tui.tui.view_models.asking import approving, asking

        action = self._waiting_for(command)
        asked = asking(question)
        if action is not None:
            asked = approving(question, action, self.outlook.present_times)

        def answered(consent: Consent | None) -> None:
            if consent is Consent.YES:
                self.outlook.do([command], self)
            elif consent is Consent.NO and action is not None:
                self.outlook.do([f"reject {action.id}"], self)

        self.push_screen(ApprovalScreen(asked), answered)

    def _waiting_for(self, command: str) -> Action | None:
        """The action that a command says yes to, while it waits for that."""
        waiting = self.outlook.waiting
        return next((one for one in waiting if command == f"approve {one.id}"), None)
