"""The way of one action, from the yes to its measured effect. Read this to know what is promised.

    approved ─ recheck ─▶ started ─ call ─▶ done ─ looks ─▶ verified | helpless | worse
        │                    │ no answer: look for it at the platform, never send again
        ▼                    ▼
    cancelled | dry run   done | failed | not executed | unknown

Each arrow is a durable row before anything else happens. Whoever takes an action up, after a crash
or not, goes on from its row: what is approved is rechecked and sent, what is started is only
looked for, what is done is only verified. So nothing is sent twice, and nothing is forgotten.
"""

from __future__ import annotations

import logging
from functools import partial

from sentinel_tui.domain.autonomy.actions import UNDER_WAY, Action, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.reconciling import CALL_S, Absent, Found
from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.engine.acting.calling import call, within
from sentinel_tui.engine.acting.deciding import Deciding, Standing
from sentinel_tui.engine.acting.journal import SENTINEL, Journal, write_step
from sentinel_tui.engine.acting.prechecks import Prechecks
from sentinel_tui.engine.acting.tracing import Tracing
from sentinel_tui.engine.acting.verifying import Verifying
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.parts import Parts
from sentinel_tui.errors import (
    EngineError,
    PlatformError,
    PlatformRefused,
    PlatformUnavailable,
)
from sentinel_tui.store import actions as rows
from sentinel_tui.store.database import Database
from sentinel_tui.store.incidents import find_incident

log = logging.getLogger(__name__)

_CALL_S = CALL_S + 2.0
"""Our own patience, a little longer than the transport's, which knows better what went wrong."""


class Following:
    """Takes actions from a yes to their end."""

    def __init__(
        self,
        parts: Parts,
        hosted: Hosted,
        deciding: Deciding,
        verifying: Verifying,
        prechecks: Prechecks,
        journal: Journal,
    ) -> None:
        """Follow nothing yet.

        Args:
            parts: The engine's parts.
            hosted: What the platform last said, and the way to it.
            deciding: Says whether an action may still be sent.
            verifying: Says what came of it.
            prechecks: Says whether a commit may be deployed.
            journal: Writes its steps down.
        """
        self._clock = parts.clock
        self._writer = parts.writer
        self._watch = parts.watch
        self._keep_alive = parts.keep_alive
        self._hosted = hosted
        self._deciding = deciding
        self._verifying = verifying
        self._prechecks = prechecks
        self._journal = journal
        self._tracing = Tracing(parts.clock, hosted)

    async def next_step(self, action: Action) -> Action:
        """Take an action one step on from where its row says it is; waits as long as that takes.

        Raises:
            StoreError: The step cannot be written down; the action stays where it is.
        """
        match action.step:
            case Step.APPROVED:
                return await self._send(action)
            case Step.STARTED:
                return await self._find_out(action)
            case Step.DONE:
                return await self._verify(action)
        raise ValueError(f"nothing follows by itself from {action.step}")

    async def _send(self, action: Action) -> Action:
        """Look once more, write down that it begins, and only then call the platform."""
        if obstacle := await self._obstacle(action):
            return await self._journal.advance(action, Step.CANCELLED, obstacle)
        standing = self._deciding.standing(action.service)
        begin = partial(self._begin, number=action.id, standing=standing)
        begun: Action | None = await self._writer.run(begin, durable=True)
        if begun is None or begun.step is not Step.STARTED:
            return begun or action
        return await self._call(begun)

    async def _obstacle(self, action: Action) -> str:
        """What outside the store keeps an action back, or empty; the platform is asked anew."""
        if action.service not in self._watch.services:
            return f"{action.service} is no longer watched"
        if action.verb is Verb.WAKE:
            return ""
        if action.verb is Verb.DEPLOY and (objection := await self._prechecks.objection(action)):
            return objection
        try:
            await self._hosted.refresh(action.service)
        except PlatformError as error:
            return f"the platform could not be asked how things stand: {error}"
        return ""

    def _begin(self, db: Database, number: int, standing: Standing) -> Action | None:
        """The last look and the row that says so, in one transaction of the writer.

        Returns:
            The action as it is from now on; None where it was not approved any more, so that only
            whoever wrote its beginning ever sends it.
        """
        action = rows.action_by_id(db, number)
        if action is None or action.step is not Step.APPROVED:
            return None
        step, text = Step.STARTED, "sent to the platform"
        if objection := self._objection(db, action, standing):
            step, text = Step.CANCELLED, objection
        elif self._deciding.policies.dry_run:
            step, text = Step.DRY_RUN, "it would have been sent now; dry_run is set"
        return write_step(
            db,
            action_id=number,
            step=step,
            at_ms=standing.surroundings.now_ms,
            by=SENTINEL,
            text=text,
        )

    def _objection(self, db: Database, action: Action, standing: Standing) -> str:
        if objection := self._deciding.objection(db, action, standing):
            return objection
        incident = find_incident(db, action.incident) if action.incident else None
        over = incident is not None and not incident.open
        return f"incident {action.incident} is over" if over and action.automatic else ""

    async def _call(self, action: Action) -> Action:
        """Call the platform, once. Without an answer the action stays started."""
        if action.verb is Verb.WAKE:
            return await self._wake(action)
        client, host_id = self._hosted.client, self._hosted.host_ids.get(action.service)
        if client is None or host_id is None:
            text = "no platform is connected any more"
            return await self._journal.advance(action, Step.NOT_EXECUTED, text)
        try:
            remote = await within(self._clock, _CALL_S, call(client, host_id, action))
        except PlatformRefused as refused:
            return await self._journal.advance(action, Step.FAILED, str(refused))
        except PlatformUnavailable as error:
            return await self._journal.advance(action, Step.NOT_EXECUTED, str(error))
        except (PlatformError, TimeoutError) as error:
            said = str(error) or f"no answer within {_CALL_S:.0f} s"
            log.warning("action %d: %s; the platform is asked what became of it", action.id, said)
            return action
        text = "the platform took it"
        return await self._journal.advance(action, Step.DONE, text, remote=remote)

    async def _wake(self, action: Action) -> Action:
        """Wake a service; a request like any other, which needs no platform."""
        cause = Cause.PLAN if action.automatic else Cause.OWNER
        try:
            await self._keep_alive.wake(self._watch.service(action.service), cause)
        except EngineError as error:
            return await self._journal.advance(action, Step.FAILED, str(error))
        return await self._journal.advance(action, Step.DONE, "it was asked until it answered")

    async def _find_out(self, action: Action) -> Action:
        """What became of a call that nobody saw answered."""
        if action.verb is Verb.WAKE:
            text = "Sentinel ended before the service answered"
            return await self._journal.advance(action, Step.NOT_EXECUTED, text)
        match await self._tracing.find(action):
            case Found(at_ms=at_ms, remote=remote):
                text = "no answer came, but the platform shows that it was done"
                return await self._journal.advance(
                    action, Step.DONE, text, remote=remote, done_ms=at_ms
                )
            case Absent():
                text = "no answer came, and the platform shows twice that it was not done"
                return await self._journal.advance(action, Step.NOT_EXECUTED, text)
            case cannot_tell:
                text = f"{cannot_tell.reason}; see for yourself whether it was done"
                lost = await self._journal.advance(action, Step.UNKNOWN, text)
                self._journal.call_for_help(lost)
                return lost

    async def _verify(self, action: Action) -> Action:
        """What came of it; from here on nothing is sent for this action."""
        if action.service not in self._watch.services:
            text = f"{action.service} is no longer watched"
            return await self._journal.advance(action, Step.UNKNOWN, text)
        trouble_ms = await self._writer.run(partial(_trouble_since_ms, action=action))
        result = await self._verifying.verify(action, trouble_ms)
        ended = await self._journal.advance(action, result.step, result.text, effect=result.effect)
        if ended.step is Step.VERIFIED:
            self._journal.end_call(ended, "a later action did what it was for")
        elif ended.step in (Step.WORSE, Step.UNKNOWN):
            self._journal.call_for_help(ended)
        return ended


def may_go_on(action: Action) -> bool:
    """Whether an action has a next step of its own, without anybody's yes."""
    return action.step in UNDER_WAY


def _trouble_since_ms(db: Database, action: Action) -> int:
    """Since when its service was not what it should be: looks before that are the measure."""
    began_ms = action.started_ms or action.created_ms
    incident = find_incident(db, action.incident) if action.incident else None
    return min(began_ms, incident.opened_ms) if incident else began_ms
