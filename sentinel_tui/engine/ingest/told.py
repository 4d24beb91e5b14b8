"""What is told over HTTP, and what is answered: views, actions, beats and Bunny's webhooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any

from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.engine.beats import Beats
from sentinel_tui.engine.ingest.intake import Crowded, Intake, Taken
from sentinel_tui.engine.ingest.limits import MOST_EVENTS
from sentinel_tui.engine.ingest.messages import Answer, Refusal, Request, come_again, json_answer
from sentinel_tui.engine.ingest.routes import json_of
from sentinel_tui.errors import EngineError, PlatformError, SecretError, StoreError

Noticed = Callable[[str, str], None]
"""Told of which library, by its name, and of which video Bunny had something to say."""

_STORE_AGAIN_S = 10
_CROWDED_AGAIN_S = 2
_NO_CONTENT = 204
_LONGEST_MESSAGE = 1_000


class Told:
    """Takes what is told.

    Attributes:
        libraries: The libraries at Bunny whose webhooks are taken, by their names.
    """

    def __init__(self, intake: Intake, beats: Beats, noticed: Noticed) -> None:
        """Take nothing yet.

        Args:
            intake: Stores events.
            beats: Takes signs of life.
            noticed: Told of Bunny's webhooks.
        """
        self.libraries: dict[str, LibraryOptions] = {}
        self._intake = intake
        self._beats = beats
        self._noticed = noticed

    async def views(self, request: Request, name: str) -> Answer:
        """Reports of players."""
        return await _taken(self._intake.take_views, request)

    async def actions(self, request: Request, name: str) -> Answer:
        """What the owner did."""
        return await _taken(self._intake.take_actions, request)

    async def beat(self, request: Request, name: str) -> Answer:
        """A sign of life; `check`, `ok` and `message` may be told with it."""
        told = json_of(request) if request.body else {}
        if not isinstance(told, dict) or not {"check", "ok", "message"}.issuperset(told):
            raise Refusal(422, "unfit", "a beat is an object of check, ok and message, or nothing")
        check, message, ok = told.get("check", ""), told.get("message", ""), told.get("ok", True)
        if not isinstance(check, str) or not isinstance(message, str) or not isinstance(ok, bool):
            raise Refusal(422, "unfit", "check and message are texts, ok is true or false")
        try:
            judged = await self._beats.take(name, check, ok=ok, message=message[:_LONGEST_MESSAGE])
        except EngineError as error:
            raise Refusal(404, "no_such_check", f"{error}; {error.hint}") from None
        return json_answer(202, {"service": name, "state": judged.state.state})

    async def bunny(self, request: Request, name: str) -> Answer:
        """A webhook of Bunny's, which says how encoding a video gets on."""
        from sentinel_tui.platforms.bunny_webhooks import NotFromBunny, verify

        library = self.libraries.get(name)
        if library is None or library.key is None:
            raise Refusal(404, "no_such_library", "no library of that name lies at Bunny")
        try:
            notice = verify(request.body, request.headers, library.key.reveal())
        except SecretError:
            raise come_again(503, "no_key", "the key cannot be read", _STORE_AGAIN_S) from None
        except NotFromBunny as error:
            raise Refusal(401, "unknown", str(error)) from None
        except PlatformError as error:
            raise Refusal(422, "unfit", str(error)) from None
        if notice.library_id != library.bunny_id:
            raise Refusal(422, "unfit", "this is about another library", field="VideoLibraryId")
        self._noticed(name, notice.video)
        return Answer(_NO_CONTENT)


async def _taken(take: Callable[[Sequence[object]], Awaitable[Taken]], request: Request) -> Answer:
    events = _events(json_of(request))
    try:
        taken = await take(events)
    except Crowded as error:
        raise come_again(503, "crowded", str(error), _CROWDED_AGAIN_S) from None
    except (StoreError, SecretError) as error:
        # What exactly is wrong with the disk is the owner's to know, and stands in the log.
        raise come_again(
            503, "not_stored", f"nothing was stored: {type(error).__name__}", _STORE_AGAIN_S
        ) from None
    rejected = [asdict(one) for one in taken.rejected]
    if rejected and len(rejected) == len(events):
        first = taken.rejected[0]
        error_of_all = {"code": "unfit", "message": first.message, "field": first.field}
        return json_answer(422, {"error": error_of_all, "rejected": rejected})
    return json_answer(
        202, {"accepted": taken.new + taken.known, "known": taken.known, "rejected": rejected}
    )


def _events(body: Any) -> list[Any]:
    """The events in a body: one, a list of them, or an object that holds such a list."""
    if isinstance(body, dict) and set(body) == {"events"}:
        body = body["events"]
    elif isinstance(body, dict):
        return [body]
    if not isinstance(body, list):
        raise Refusal(400, "unfit", "the body is one event, or a list of events", field="events")
    if not body:
        raise Refusal(422, "unfit", "there is no event in the body", field="events")
    if len(body) > MOST_EVENTS:
        raise Refusal(413, "too_large", f"a request holds at most {MOST_EVENTS} events")
    return body
