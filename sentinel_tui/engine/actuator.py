"""Everything that is done to a service goes through here: wanted, allowed, sent once, followed.

What becomes of a want is decided and written down in one transaction, so that two of them never
pass the same guard. From a yes on each action is followed by a task of its own, one step after the
other (`acting/following.py`); a worker takes up what has none, such as after a crash.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.autonomy.learning import Success, resting, success
from sentinel_tui.domain.autonomy.policy import Answer, Past, Ruling, Verb
from sentinel_tui.domain.autonomy.undoing import undo_of
from sentinel_tui.engine.acting.deciding import REMEMBERED_MS, Deciding, pasts
from sentinel_tui.engine.acting.following import Following, may_go_on
from sentinel_tui.engine.acting.journal import SENTINEL, Journal, name
from sentinel_tui.engine.acting.registering import Decision, register, register_yes, wish_of
from sentinel_tui.engine.acting.wants import Want
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.waiting import pause
from sentinel_tui.errors import EngineError, PlatformError, StoreError
from sentinel_tui.store import actions as rows

log = logging.getLogger(__name__)

_EVERY_S = 5.0
_ANSWER_WITHIN_S = 3.5
_TAKEN_BACK_WITHIN_MS = 3_600_000
_TAKEN_BACK_EVERY_S = 30.0
_FOR_A_YES = frozenset({Step.PROPOSED, Step.WAITING})
_SEEN_TO = frozenset({Step.UNKNOWN, Step.WORSE, Step.HELPLESS})


class Actuator:
    """Decides what is wanted, and sees to what was decided.

    Attributes:
        listeners: Told of each action that came to another step.
    """

    def __init__(
        self,
        parts: Parts,
        hosted: Hosted,
        deciding: Deciding,
        following: Following,
        journal: Journal,
    ) -> None:
        """Do nothing yet.

        Args:
            parts: The engine's parts.
            hosted: What the platform last said, and the way to it.
            deciding: Applies the owner's rules.
            following: Takes an action from a yes to its end.
            journal: Writes steps down.
        """
        self.listeners: list[Callable[[Action], None]] = []
        self._clock = parts.clock
        self._writer = parts.writer
        self._hosted = hosted
        self._deciding = deciding
        self._following = following
        self._journal = journal
        self._followed: dict[int, asyncio.Task[None]] = {}
        self._moved = asyncio.Event()
        self._restless = True
        self._took_back_s = float("-inf")

    async def want(self, want: Want) -> Decision:
        """Decide about a want, and see to it if that is a yes. The same key never acts twice.

        Raises:
            EngineError: The platform would refuse, or cannot be asked how the service stands.
        """
        known = await self._writer.run(partial(self._deciding.known, key=want.key))
        if known is not None and known.step is not Step.PROPOSED:
            return Decision(Ruling(Answer.DO, known.note), known)
        await self._look_at(want)
        if refusal := self._deciding.refusal(want):
            hint = f"if it sleeps, wake it: wake {want.service}"
            raise EngineError(
                f"{want.service}: {refusal}", hint if want.verb is Verb.RESTART else ""
            )
        standing = self._deciding.standing(want.service)
        euros = self._deciding.euros_per_month(want)
        decide = partial(
            register,
            deciding=self._deciding,
            want=want,
            standing=standing,
            euros_per_month=euros,
        )
        decision: Decision = await self._writer.run(decide, durable=True)
        if decision.action is not None:
            self._take_up(decision.action)
        return decision

    async def consider(self, want: Want) -> tuple[Ruling, float]:
        """What would become of a want, and what it adds to the monthly bill; nothing is done.

        Raises:
            EngineError: The platform cannot be asked how the service stands.
        """
        await self._look_at(want)
        if refusal := self._deciding.refusal(want):
            return Ruling(Answer.REFUSE, refusal), 0.0
        standing = self._deciding.standing(want.service)
        euros = self._deciding.euros_per_month(want)
        wish = wish_of(want, euros)
        ask = partial(
            self._deciding.ruling,
            wish=wish,
            surroundings=standing.surroundings,
            but=(want.undoes,),
        )
        return await self._writer.run(ask), euros

    async def success(self, service: str, verb: Verb) -> Success:
        """How often a remedy helped a service within the last month."""
        return success(await self._past()).get((service, verb), Success())

    async def resting(self, service: str) -> frozenset[Verb]:
        """Remedies that never helped a service of late, and are left out for a while."""
        return resting(await self._past(), service, self._clock.now_ms())

    async def _past(self) -> list[Past]:
        """What was done within the last month."""
        since_ms = self._clock.now_ms() - REMEMBERED_MS
        return pasts(await self._writer.run(partial(rows.recent_actions, since_ms=since_ms)))

    async def approve(self, number: int, by: str) -> Action:
        """Say yes to an action; it is rechecked and sent at once.

        Raises:
            EngineError: It may not be done now, or waits for no yes.
        """
        action = await self.known(number)
        if action.step not in _FOR_A_YES:
            raise EngineError(f"{name(action)} is {action.step}; it waits for no yes")
        standing = self._deciding.standing(action.service)
        approve = partial(
            register_yes, deciding=self._deciding, action=action, standing=standing, by=by
        )
        approved = await self._writer.run(approve, durable=True)
        self._take_up(approved)
        return approved

    async def reject(self, number: int, by: str) -> Action:
        """Say no to an action that waits for a yes; of one that called for help: it was seen to.

        Raises:
            EngineError: It is under way, or over and done with.
        """
        action = await self.known(number)
        if action.step in _SEEN_TO:
            self._journal.end_call(action, f"seen to by {by}")
            return action
        if action.step not in _FOR_A_YES:
            raise EngineError(
                f"{name(action)} is {action.step}; there is nothing to say no to",
                f"`undo {number}` takes back what can be taken back",
            )
        return await self._step(action, Step.CANCELLED, "you said no", by)

    async def undo(self, number: int, key: str, by: str, *, automatic: bool = False) -> Decision:
        """Want what takes an action back: always the state before it, by name.

        Raises:
            EngineError: Nothing was done, nothing takes it back, or it may not be done now.
        """
        action = await self.known(number)
        if action.done_ms is None:
            raise EngineError(f"{name(action)} is {action.step}; there is nothing to take back")
        back = undo_of(action, action.snapshot)
        if back is None:
            raise EngineError(f"{name(action)} leaves nothing that could be taken back")
        if action.step is Step.DONE:
            await self._step(action, Step.HELPLESS, "taken back before it was judged", by)
        verb, arguments = back
        why = f"takes back action {action.id}, {name(action)}: {action.note}"
        return await self.want(
            Want(
                key,
                action.service,
                verb,
                by,
                why,
                arguments,
                automatic=automatic,
                undoes=action.id,
                incident=action.incident,
            )
        )

    async def cancel(self, action: Action, reason: str, by: str) -> None:
        """Take back an action that still waits for a yes, because things have changed."""
        known = await self.known(action.id)
        if known.step in _FOR_A_YES:
            await self._step(known, Step.CANCELLED, reason, by)

    async def waiting(self, service: str, by: str) -> list[Action]:
        """What somebody wanted for a service that still waits for a yes."""
        open_ones = await self._writer.run(rows.open_actions)
        return [
            one
            for one in open_ones
            if one.service == service and one.by == by and one.step in _FOR_A_YES
        ]

    async def known(self, number: int) -> Action:
        """The action of that number as it stands.

        Raises:
            EngineError: There is none.
        """
        action = await self._writer.run(partial(rows.action_by_id, action_id=number))
        if action is None:
            raise EngineError(f"there is no action {number}", "`actions` lists them")
        return action

    async def answered(self, action: Action) -> Action:
        """The action once the platform answered, or as it stands when that takes longer."""
        give_up_s = self._clock.elapsed_s() + _ANSWER_WITHIN_S
        while action.step in (Step.APPROVED, Step.STARTED):
            left_s = give_up_s - self._clock.elapsed_s()
            if left_s <= 0:
                break
            self._moved.clear()
            action = await self.known(action.id)
            if action.step in (Step.APPROVED, Step.STARTED):
                await pause(self._clock, left_s, self._moved)
        return await self.known(action.id)

    async def run(self, beat: Callable[[], None]) -> None:
        """Take up what nobody follows, and end what nobody answered, for ever."""
        try:
            while True:
                beat()
                try:
                    await self.tend()
                except StoreError as error:
                    # Calls that are under way must not be given up for a disk that is full.
                    self._restless = True
                    log.error("actions cannot be looked through: %s", error)
                await self._clock.sleep(_EVERY_S)
        finally:
            await self._let_go()

    async def tend(self) -> None:
        """Look through the actions that have not ended, once; the store is left alone without."""
        self._deciding.glance()
        if not self._restless:
            return
        self._restless = False
        now_ms = self._clock.now_ms()
        for action in await self._writer.run(rows.open_actions):
            self._restless = True
            overdue = action.expires_ms is not None and action.expires_ms <= now_ms
            if action.step in _FOR_A_YES and overdue:
                with suppress(EngineError):
                    await self._step(action, Step.EXPIRED, "nobody said yes in time", action.by)
            self._take_up(action)
        if self._clock.elapsed_s() - self._took_back_s >= _TAKEN_BACK_EVERY_S:
            self._took_back_s = self._clock.elapsed_s()
            await self._take_back(now_ms - _TAKEN_BACK_WITHIN_MS)
        else:
            self._restless = True

    async def _take_back(self, since_ms: int) -> None:
        """Want back what made things worse, unless that was wanted already.

        What takes something back is never taken back itself: that way lies going to and fro.
        """
        recent = await self._writer.run(partial(rows.recent_actions, since_ms=since_ms))
        keys = {one.key for one in recent}
        for action in recent:
            key = f"undo/{action.id}"
            if action.step is not Step.WORSE or action.undoes or key in keys:
                continue
            if undo_of(action, action.snapshot) is None or action.verb is Verb.ROLLBACK:
                continue
            self._restless = True
            with suppress(EngineError):
                await self.undo(action.id, key, SENTINEL, automatic=True)

    def _take_up(self, action: Action) -> None:
        """Follow an action from where it is, unless somebody does already."""
        self._restless = True
        if action.id in self._followed or not may_go_on(action):
            return
        task = asyncio.create_task(self._follow(action.id), name=f"action {action.id}")
        self._followed[action.id] = task
        task.add_done_callback(partial(self._let_out, action.id))

    async def _follow(self, number: int) -> None:
        while may_go_on(action := await self.known(number)):
            try:
                after = await self._following.next_step(action)
            except StoreError:
                after = await self.known(number)
                if after.step is action.step:
                    raise
                # Somebody brought it on meanwhile, such as by taking it back.
            if after.step is not action.step:
                self._say(after)

    def _let_out(self, number: int, task: asyncio.Task[None]) -> None:
        del self._followed[number]
        if not task.cancelled() and (error := task.exception()) is not None:
            # The next round takes it up again from its row.
            log.error("action %d could not be followed", number, exc_info=error)

    async def _let_go(self) -> None:
        """Stop following: what was begun is taken up from its row by the next engine."""
        following = tuple(self._followed.values())
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)

    async def _step(self, action: Action, step: Step, text: str, by: str) -> Action:
        try:
            moved = await self._journal.advance(action, step, text, by)
        except StoreError as error:
            # It went on between the question and the answer.
            raise EngineError(str(error), error.hint) from None
        self._say(moved)
        return moved

    def _say(self, action: Action) -> None:
        self._restless = True
        if action.step is Step.WORSE:
            # Going back comes before whatever else might be tried.
            self._took_back_s = float("-inf")
        self._moved.set()
        for listener in self.listeners:
            listener(action)

    async def _look_at(self, want: Want) -> None:
        """Ask the platform how the service stands, because the decision binds to it."""
        if want.verb is Verb.WAKE or want.service not in self._hosted.host_ids:
            return
        try:
            await self._hosted.refresh(want.service)
        except PlatformError as error:
            raise EngineError(
                f"the platform does not say how {want.service} stands: {error}",
                "try again once it answers; nothing was done",
            ) from None
