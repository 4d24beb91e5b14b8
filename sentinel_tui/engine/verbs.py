"""What the engine does when asked over the control socket, one method for each verb.

What changes something is written down as an intent before it takes effect, and how it ended
after; the same request sent twice, known by its key, counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from sentinel_tui.domain.monitoring.judgement import service_state
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.engine.action_verbs import ActionVerbs
from sentinel_tui.engine.arguments import Arguments
from sentinel_tui.engine.beats import look_data
from sentinel_tui.engine.control import Json, Request
from sentinel_tui.engine.ingest_verbs import TellingVerbs
from sentinel_tui.engine.owner_verbs import Action, OwnerVerbs
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.video_verbs import VideoVerbs
from sentinel_tui.engine.watch import WatchedCheck, WatchedService
from sentinel_tui.engine.workers.reload import Reload
from sentinel_tui.errors import EngineError, SentinelError, StoreError, UsageError
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import (
    ABANDONED,
    IntentRecord,
    begin_intent,
    finish_intent,
    intent,
)

_DONE, _FAILED = "done", "failed"


class Verbs:
    """Answers requests."""

    def __init__(
        self,
        parts: Parts,
        owner: OwnerVerbs,
        acting: ActionVerbs,
        videos: VideoVerbs,
        telling: TellingVerbs,
        reload: Reload,
        status: Callable[[], Json],
        stop: Callable[[], None],
    ) -> None:
        """Answer nobody yet.

        Args:
            parts: The engine's parts.
            owner: Does what concerns alerts and being told.
            acting: Does what concerns acting on services.
            videos: Does what concerns videos.
            telling: Takes what services and players tell.
            reload: Takes the configuration over.
            status: How the engine is.
            stop: Has the engine stop once the answer is out.
        """
        self._parts = parts
        self._reload_now = reload.now
        self._describe = status
        self._stop_engine = stop
        self._asking: dict[str, Action] = {
            "status": self._status,
            **telling.asking,
            **acting.asking,
        }
        self._changing: dict[str, Action] = {
            "probe": self._probe,
            "wake": self._wake,
            "pause": self._pause,
            "resume": self._resume,
            **owner.changing,
            **parts.keeping.verbs.changing,
            **acting.changing,
            **videos.changing,
            "reload": self._reload,
            "stop": self._stop,
        }
        self._under_way: dict[tuple[str, str], asyncio.Task[Json]] = {}

    async def answer(self, request: Request) -> Json:
        """Do what a request asks.

        Raises:
            UsageError: It asks for nothing the engine knows.
            SentinelError: It cannot be done, and the message says why.
        """
        if request.verb in self._asking:
            return await self._asking[request.verb](Arguments(request))
        if request.verb not in self._changing:
            known = ", ".join(sorted([*self._asking, *self._changing]))
            raise UsageError(f"the engine knows no verb {request.verb!r}", f"it knows: {known}")
        # A task of its own: what was begun is finished, even if the asker hangs up.
        return await asyncio.shield(self._once(request))

    def _once(self, request: Request) -> asyncio.Task[Json]:
        """The task that does what is asked: a running one, when it was asked for before."""
        known = (request.verb, request.key)
        if request.key and known in self._under_way:
            return self._under_way[known]
        task = asyncio.create_task(self._as_intent(request))
        if request.key:
            self._under_way[known] = task
            task.add_done_callback(lambda _: self._under_way.pop(known))
        return task

    async def _as_intent(self, request: Request) -> Json:
        arguments = Arguments(request)
        try:
            wish = await self._parts.writer.run(
                partial(_begin, request=request, at_ms=self._parts.clock.now_ms()), durable=True
            )
        except StoreError:
            if request.verb != "stop":
                raise
            # Nobody should have to kill an engine whose disk is full.
            return await self._stop(arguments)
        if wish.verb != request.verb:
            raise UsageError(f"this key was used before, for {wish.verb}", "use a new key")
        if wish.status == _DONE:
            return wish.result
        if wish.status in (_FAILED, ABANDONED):
            raise EngineError(wish.result.get("error", ""), wish.result.get("hint", ""))
        return await self._carry_out(wish, self._changing[request.verb], arguments)

    async def _carry_out(self, wish: IntentRecord, action: Action, arguments: Arguments) -> Json:
        try:
            result = await action(arguments)
        except SentinelError as error:
            await self._finish(wish, _FAILED, {"error": str(error), "hint": error.hint})
            raise
        except Exception as error:
            await self._finish(
                wish, _FAILED, {"error": f"the engine failed: {type(error).__name__}"}
            )
            raise
        await self._finish(wish, _DONE, result)
        return result

    async def _finish(self, wish: IntentRecord, status: str, result: Json) -> None:
        job = partial(
            finish_intent,
            intent_id=wish.id,
            status=status,
            result=result,
            at_ms=self._parts.clock.now_ms(),
        )
        await self._parts.writer.run(job, durable=True)

    async def _status(self, arguments: Arguments) -> Json:
        arguments.expect()
        return self._describe()

    async def _probe(self, arguments: Arguments) -> Json:
        arguments.expect("service", "check")
        checks = self._named_checks(arguments)
        for check in checks:
            if check.state.sheet is State.ASLEEP:
                self._parts.resting.rouse(check.service)
        judgements = await asyncio.gather(*map(self._parts.probing.look_now, checks))
        await self._flush_if_possible()
        return {"looks": [look_data(one) for one in judgements if one is not None]}

    def _named_checks(self, arguments: Arguments) -> list[WatchedCheck]:
        watch = self._parts.watch
        service, check = arguments.text("service", ""), arguments.text("check", "")
        if check:
            named = watch.check(service, check)
            if not named.scheduled:
                raise EngineError(
                    f"{service}/{check} waits to be called",
                    f"call it with: sentinel beat {service}",
                )
            return [named]
        if service:
            return [one for one in watch.service(service).checks.values() if one.scheduled]
        # Whoever looks at everything does not mean to wake what sleeps by plan.
        asleep = State.ASLEEP
        return [one for one in watch.checks() if one.scheduled and one.state.sheet is not asleep]

    async def _wake(self, arguments: Arguments) -> Json:
        arguments.expect("service")
        service = self._parts.watch.service(arguments.text("service"))
        self._parts.resting.rouse(service)
        judgement = await self._parts.keep_alive.wake(service)
        await self._flush_if_possible()
        if judgement is None:
            raise EngineError(f"{service.id} was taken out of the configuration meanwhile")
        return {**look_data(judgement), "cold_start_ms": judgement.cold_start_ms}

    async def _pause(self, arguments: Arguments) -> Json:
        arguments.expect("service", "until_ms")
        service = self._parts.watch.service(arguments.text("service"))
        until_ms = arguments.number("until_ms", None)
        if until_ms is not None and until_ms <= self._parts.clock.now_ms():
            raise UsageError("the pause would end before it begins", "until_ms lies in the future")
        self._parts.pausing.pause(service, until_ms)
        await self._parts.recording.flush()
        return {**_shown(service), "until_ms": until_ms}

    async def _resume(self, arguments: Arguments) -> Json:
        arguments.expect("service")
        service = self._parts.watch.service(arguments.text("service"))
        self._parts.pausing.resume(service)
        await self._parts.recording.flush()
        return _shown(service)

    async def _reload(self, arguments: Arguments) -> Json:
        arguments.expect()
        config = await self._reload_now()
        return {"services": [service.id for service in config.services]}

    async def _stop(self, arguments: Arguments) -> Json:
        arguments.expect()
        self._stop_engine()
        return {"stopping": True}

    async def _flush_if_possible(self) -> None:
        """Have what was seen in the store before the answer says so; a full disk may delay it."""
        with suppress(StoreError):
            await self._parts.recording.flush()


def _begin(db: Database, request: Request, at_ms: int) -> IntentRecord:
    number = begin_intent(
        db,
        key=request.key or None,
        verb=request.verb,
        service=str(request.arguments.get("service", "")),
        arguments=request.arguments,
        source=request.source,
        at_ms=at_ms,
    )
    begun = intent(db, number)
    if begun is None:
        raise EngineError("the intent could not be written down")
    return begun


def _shown(service: WatchedService) -> Json:
    return {"service": service.id, "state": service_state(service.states)}
