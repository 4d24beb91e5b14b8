"""Looks at a service over HTTP: one request, its redirects, and a verdict on the last answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, WakeHint
from sentinel_tui.probes.assertions import (
    Answer,
    answer_problem,
    expects_of_body,
    status_problem,
)
from sentinel_tui.probes.body import unpack
from sentinel_tui.probes.faults import ProbeFailure
from sentinel_tui.probes.hints import PlatformWord, platform_word
from sentinel_tui.probes.network import Network
from sentinel_tui.probes.redirects import Hop, is_redirect, next_hop
from sentinel_tui.probes.requests import build_request, first_hop
from sentinel_tui.probes.stream import Untrusted
from sentinel_tui.probes.tls_contexts import TlsContexts
from sentinel_tui.probes.trail import Trail
from sentinel_tui.probes.transport import MOST_BODY_BYTES, TOO_LARGE, FreshTransport

T = TypeVar("T")

_MOST_HEADERS = 100
_MOST_HEADER_BYTES = 32_768


class HttpProbe:
    """Sends requests as checks describe them."""

    def __init__(
        self, network: Network, contexts: TlsContexts, clock: Clock, user_agent: str
    ) -> None:
        self._network = network
        self._contexts = contexts
        self._clock = clock
        self._user_agent = user_agent
        self._transport = FreshTransport(network)

    async def look(self, check: HttpCheck, trail: Trail) -> None:
        """Request, follow redirects, and judge the last answer.

        Raises:
            ProbeFailure: The answer is not as it should be, or there is none.
            OwnFault: This machine cannot ask.
        """
        await self._last(check, trail, _judge)

    async def fetch(self, check: HttpCheck, trail: Trail) -> tuple[Answer, str]:
        """Request, follow redirects, and give back the last answer and the host that gave it.

        Raises:
            ProbeFailure: There is no answer.
            OwnFault: This machine cannot ask.
        """
        return await self._last(check, trail, _whole)

    async def _last(
        self,
        check: HttpCheck,
        trail: Trail,
        use: Callable[[HttpCheck, httpx.Response, Trail], Awaitable[T]],
    ) -> T:
        """What `use` makes of the answer at the end of all redirects."""
        hop = first_hop(check)
        while True:
            response = await self._answer(check, hop, trail)
            try:
                following = _following(check, hop, response)
                if following is None:
                    return await use(check, response, trail)
                hop = following
            finally:
                await response.aclose()

    async def _answer(self, check: HttpCheck, hop: Hop, trail: Trail) -> httpx.Response:
        trail.enter(FailurePhase.ASSERTION)
        request = build_request(check, hop, self._contexts, trail, self._user_agent)
        trail.status = None
        try:
            response = await self._transport.handle_async_request(request)
        except Untrusted as untrusted:
            now_ms = self._clock.now_ms()
            raise await self._network.explain(untrusted, trail, now_ms) from untrusted
        trail.status = response.status_code
        response.request = request
        return response


def _following(check: HttpCheck, hop: Hop, response: httpx.Response) -> Hop | None:
    """The request that this answer asks for, or None when it is the last."""
    _refuse_odd_head(response)
    location = response.headers.get("location", "")
    if not check.follow_redirects or not is_redirect(response.status_code, location):
        return None
    return next_hop(hop, response.status_code, location, response.extensions["peer"].address.ip)


def _refuse_odd_head(response: httpx.Response) -> None:
    status, raw = response.status_code, response.headers.raw
    if not 100 <= status <= 599:
        raise ProbeFailure(FailurePhase.FIRST_BYTE, f"{status} is no HTTP status")
    size = sum(len(name) + len(value) for name, value in raw)
    if len(raw) > _MOST_HEADERS or size > _MOST_HEADER_BYTES:
        problem = f"the answer has {len(raw)} headers of {size:,} bytes, more than any should"
        raise ProbeFailure(FailurePhase.FIRST_BYTE, problem)


async def _whole(check: HttpCheck, response: httpx.Response, trail: Trail) -> tuple[Answer, str]:
    answer = Answer(response.status_code, response.headers, await _read(response))
    return answer, response.url.host


async def _judge(check: HttpCheck, response: httpx.Response, trail: Trail) -> None:
    problem = status_problem(check, response.status_code)
    if problem:
        await _fail_by_status(problem, response, trail)
    answer = Answer(response.status_code, response.headers, await _read(response))
    trail.enter(FailurePhase.ASSERTION)
    word = platform_word(answer.status, answer.headers, answer.body)
    if _is_stand_in(check, word):
        raise _failed(word.remark, word, answer)
    problem = answer_problem(check, answer)
    if problem:
        raise _failed(problem, word, answer)


async def _fail_by_status(problem: str, response: httpx.Response, trail: Trail) -> None:
    """Fail, with as much of the body as can be had to tell why.

    Raises:
        ProbeFailure: Always; also when the deadline comes first, by way of the trail.
    """
    bare = Answer(response.status_code, response.headers)
    trail.found = certain = _failed_by_status(problem, bare)
    try:
        body = await _read(response)
    except ProbeFailure as failure:
        certain.kept = failure.kept
        raise certain from None
    raise _failed_by_status(problem, Answer(bare.status, bare.headers, body))


def _failed_by_status(problem: str, answer: Answer) -> ProbeFailure:
    word = platform_word(answer.status, answer.headers, answer.body)
    return _failed(f"{problem}: {word.remark}" if word.remark else problem, word, answer)


def _failed(problem: str, word: PlatformWord, answer: Answer) -> ProbeFailure:
    return ProbeFailure(
        FailurePhase.ASSERTION,
        problem,
        kept=answer.text,
        wake_hint=word.hint,
    )


def _is_stand_in(check: HttpCheck, word: PlatformWord) -> bool:
    """Whether an answer with the right status is the platform's all the same."""
    if word.hint is WakeHint.HIBERNATING:
        return True
    return word.hint is WakeHint.LOADING_PAGE and not expects_of_body(check)


async def _read(response: httpx.Response) -> bytes:
    """The body, unpacked.

    Raises:
        ProbeFailure: It is too large, broken off, or not encoded as it says.
    """
    if _declares_too_much(response):
        raise ProbeFailure(FailurePhase.BODY, TOO_LARGE)
    encoding = response.headers.get("content-encoding", "")
    raw = bytearray()
    try:
        async for part in response.aiter_raw():
            raw += part
    except ProbeFailure as failure:
        if not encoding:
            failure.kept = Answer(response.status_code, response.headers, bytes(raw)).text
        raise
    return unpack(bytes(raw), encoding)


def _declares_too_much(response: httpx.Response) -> bool:
    declared = response.headers.get("content-length", "")
    if response.extensions["bodiless"] or not declared.isdecimal():
        return False
    return len(declared) > len(str(MOST_BODY_BYTES)) or int(declared) > MOST_BODY_BYTES
