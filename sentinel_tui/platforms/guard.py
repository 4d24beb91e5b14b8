"""What stands between Sentinel and every platform's API: patience, limits and a circuit breaker.

Reads are tried again, because they change nothing. Writes are sent once: where it is unknown what
came of one, that is said (`PlatformUnsure`), and whoever asked looks before asking again.
"""

from __future__ import annotations

import json
import random
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.config.redaction import redact
from sentinel_tui.config.trust import system_trust
from sentinel_tui.errors import (
    PlatformError,
    PlatformRefused,
    PlatformUnavailable,
    PlatformUnsure,
)
from sentinel_tui.platforms.retry_after import retry_after_s
from sentinel_tui.platforms.threads import in_thread
from sentinel_tui.platforms.transport import Answer, NoAnswer, exchange
from sentinel_tui.text import clean_text

MOST_ANSWER_BYTES = 4_194_304
"""The largest answer that is usual: a hundred services with all that is known of them."""

_PAUSES_S = (1.0, 4.0)
_JITTER = 0.5
"""Pauses differ by so much of themselves, so that not everybody asks again at once."""
_BREAKS_AFTER = 5
_BROKEN_S = 60.0
_LONGEST_WAIT_S = 60.0
_MOST_SAID = 200
_TOO_MANY = 429
_DONE_ALL_THE_SAME = frozenset({408, _TOO_MANY})
"""Refusals that may come from in front of the platform, while behind it the work was done."""
_EPOCH_FROM = 1_000_000
"""A reset from here on is an instant, below it a number of seconds: platforms write both."""


@dataclass(slots=True)
class _Bucket:
    """What is known of one rate limit."""

    not_before_s: float = 0.0


class _NotReached(PlatformUnavailable):
    """No connection came about, so that nothing was asked."""


class Guard:
    """Talks to one API with one key.

    Attributes:
        failures: Calls in a row that nobody answered properly.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        clock: Clock,
        *,
        allow_private: bool = False,
        most_bytes: int = MOST_ANSWER_BYTES,
    ) -> None:
        """Say nothing yet.

        Args:
            base_url: What every path is added to, without a slash at its end.
            headers: What every call carries, the key among it.
            clock: Times pauses.
            allow_private: Whether the API may lie in a private network, as a test's does.
            most_bytes: The largest answer that is read.
        """
        self.failures = 0
        self._base_url = base_url
        self._headers = {"accept": "application/json", **headers}
        self._clock = clock
        self._allow_private = allow_private
        self._most_bytes = most_bytes
        self._broken_until_s = 0.0
        self._buckets: dict[str, _Bucket] = {}
        self._trust: ssl.SSLContext | None = None

    async def read(self, path: str) -> Any:
        """What a GET answers, as JSON.

        Raises:
            PlatformRefused: It said no.
            PlatformUnavailable: It did not answer properly, several times.
        """
        for pause_s in (*_PAUSES_S, None):
            try:
                return _json(await self._call("GET", path, b"", "GET"))
            except (PlatformUnsure, _NotReached) as error:
                if pause_s is None:
                    raise PlatformUnavailable(str(error)) from None
                await self._clock.sleep(pause_s * _about_one())
            except PlatformRefused as refused:
                if refused.status != _TOO_MANY or pause_s is None:
                    raise
        raise AssertionError("the last try either answers or raises")

    async def write(self, method: str, path: str, body: object = None, *, bucket: str) -> Any:
        """What a changing call answers, as JSON; None where it answers nothing.

        Args:
            method: POST, PUT, PATCH or DELETE.
            path: Of what.
            body: What to send.
            bucket: Which rate limit it counts against.

        Raises:
            PlatformRefused: It said no, and nothing was changed.
            PlatformUnsure: Nobody knows whether it was changed.
            PlatformUnavailable: It was not even asked.
        """
        sent = b"" if body is None else json.dumps(body).encode()
        try:
            answer = await self._call(method, path, sent, bucket)
        except PlatformRefused as refused:
            if refused.status in _DONE_ALL_THE_SAME:
                raise PlatformUnsure(str(refused)) from None
            raise
        return _json(answer) if answer.body else None

    async def _call(self, method: str, path: str, body: bytes, bucket: str) -> Answer:
        await self._wait_for(bucket)
        headers = dict(self._headers)
        if body:
            headers["content-type"] = "application/json"
        try:
            answer = await exchange(
                method,
                self._base_url + path,
                headers=headers,
                body=body,
                allow_private=self._allow_private,
                most_bytes=self._most_bytes,
                trust=await self._trusted(),
            )
        except NoAnswer as nobody:
            self._trust = None  # the reason may be a certificate that the system trusts by now
            self._count_failure()
            unsure_or_not_asked = PlatformUnsure if nobody.sent else _NotReached
            raise unsure_or_not_asked(nobody.error) from None
        self._note_limit(bucket, answer)
        if answer.status >= 500:
            self._count_failure()
            raise PlatformUnsure(_said(answer))
        self.failures = 0
        if not 200 <= answer.status <= 299:
            raise PlatformRefused(_said(answer), status=answer.status)
        return answer

    async def _trusted(self) -> ssl.SSLContext | None:
        """What the system trusts, kept: reading it costs more than all the rest of a call."""
        if self._trust is None and self._base_url.startswith("https:"):
            self._trust = await in_thread(system_trust)
        return self._trust

    async def _wait_for(self, bucket: str) -> None:
        """Be patient with a limit that is used up, and silent towards a platform that is down."""
        now_s = self._clock.elapsed_s()
        if now_s < self._broken_until_s:
            raise PlatformUnavailable(
                f"the platform failed {self.failures} times in a row; it is asked again in a minute"
            )
        wait_s = self._buckets.setdefault(bucket, _Bucket()).not_before_s - now_s
        if wait_s > _LONGEST_WAIT_S:
            raise PlatformUnavailable(
                f"the platform takes no more of these calls for {wait_s:.0f} s"
            )
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    def _count_failure(self) -> None:
        self.failures += 1
        if self.failures >= _BREAKS_AFTER:
            # The count stays: the next failure shuts it again at once.
            self._broken_until_s = self._clock.elapsed_s() + _BROKEN_S

    def _note_limit(self, bucket: str, answer: Answer) -> None:
        exhausted = answer.headers.get("ratelimit-remaining") == "0"
        if answer.status != _TOO_MANY and not exhausted:
            return
        wait_s = retry_after_s(answer.headers.get("retry-after", ""), self._clock.now_ms())
        if wait_s is None:
            wait_s = self._until_reset_s(answer.headers.get("ratelimit-reset", ""))
        not_before_s = self._clock.elapsed_s() + max(1.0, wait_s)
        self._buckets.setdefault(bucket, _Bucket()).not_before_s = not_before_s

    def _until_reset_s(self, written: str) -> float:
        """How long until a limit starts anew: documented as an instant, seen as seconds."""
        if not written.isdecimal():
            return _LONGEST_WAIT_S
        reset_s = float(written)
        return reset_s - self._clock.now_ms() / 1_000 if reset_s >= _EPOCH_FROM else reset_s


def _about_one() -> float:
    return random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 (spreads retries, keeps no secret)


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise PlatformError("the answer is no JSON") from None


def _said(answer: Answer) -> str:
    """What an answer says is wrong, cleaned and without secrets."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    # Some platforms have their message in a table of its own.
    for table in (told, told.get("error") if isinstance(told, dict) else None):
        if isinstance(table, dict) and "message" in table:
            text = clean_text(redact(str(table["message"])), _MOST_SAID)
            if text:
                return f"{answer.status}: {text}"
    return f"answered with status {answer.status}"
