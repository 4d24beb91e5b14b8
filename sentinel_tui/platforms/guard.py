"""What stands between Sentinel and every platform's API: patience, limits and a circuit breaker.

Reads are tried again, because they change nothing. Writes are sent once: where it is unknown what
came of one, that is said (`PlatformUnsure`), and whoever asked looks before asking again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.config.redaction import redact
from sentinel_tui.errors import (
    PlatformError,
    PlatformRefused,
    PlatformUnavailable,
    PlatformUnsure,
)
from sentinel_tui.platforms.transport import Answer, NoAnswer, exchange
from sentinel_tui.text import clean_text

MOST_ANSWER_BYTES = 4_194_304
"""The largest answer that is read: a hundred services with all that is known of them."""

_PAUSES_S = (1.0, 4.0)
_BREAKS_AFTER = 5
_BROKEN_S = 60.0
_LONGEST_WAIT_S = 60.0
_MOST_SAID = 200
_TOO_MANY = 429
_EPOCH_FROM = 1_000_000
"""A reset from here on is an instant, below it a number of seconds: platforms write both."""


@dataclass(slots=True)
class _Bucket:
    """What is known of one rate limit."""

    not_before_s: float = 0.0


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
    ) -> None:
        """Say nothing yet.

        Args:
            base_url: What every path is added to, without a slash at its end.
            headers: What every call carries, the key among it.
            clock: Times pauses.
            allow_private: Whether the API may lie in a private network, as a test's does.
        """
        self.failures = 0
        self._base_url = base_url
        self._headers = {"accept": "application/json", **headers}
        self._clock = clock
        self._allow_private = allow_private
        self._broken_until_s = 0.0
        self._buckets: dict[str, _Bucket] = {}

    async def read(self, path: str) -> Any:
        """What a GET answers, as JSON.

        Raises:
            PlatformRefused: It said no.
            PlatformUnavailable: It did not answer properly, several times.
        """
        for pause_s in (*_PAUSES_S, None):
            try:
                return _json(await self._call("GET", path, b"", "GET"))
            except PlatformUnsure as error:
                if pause_s is None:
                    raise PlatformUnavailable(str(error)) from None
                await self._clock.sleep(pause_s)
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
        answer = await self._call(method, path, sent, bucket)
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
                most_bytes=MOST_ANSWER_BYTES,
            )
        except NoAnswer as nobody:
            self._count_failure()
            raise PlatformUnsure(nobody.error) from None
        self._note_limit(bucket, answer)
        if answer.status >= 500:
            self._count_failure()
            raise PlatformUnsure(_said(answer))
        self.failures = 0
        if not 200 <= answer.status <= 299:
            raise PlatformRefused(_said(answer), status=answer.status)
        return answer

    async def _wait_for(self, bucket: str) -> None:
        """Be patient with a limit that is used up, and silent towards a platform that is down."""
        now_s = self._clock.elapsed_s()
        if now_s < self._broken_until_s:
            raise PlatformUnavailable(
                f"the platform failed {_BREAKS_AFTER} times in a row; it is asked again in a minute"
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
            self._broken_until_s = self._clock.elapsed_s() + _BROKEN_S
            self.failures = 0

    def _note_limit(self, bucket: str, answer: Answer) -> None:
        exhausted = answer.headers.get("ratelimit-remaining") == "0"
        if answer.status != _TOO_MANY and not exhausted:
            return
        written = answer.headers.get("retry-after") or answer.headers.get("ratelimit-reset") or ""
        reset_s = float(written) if written.isdecimal() else _LONGEST_WAIT_S
        if reset_s >= _EPOCH_FROM:
            reset_s -= self._clock.now_ms() / 1_000
        not_before_s = self._clock.elapsed_s() + max(1.0, reset_s)
        self._buckets.setdefault(bucket, _Bucket()).not_before_s = not_before_s


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise PlatformError("the answer is no JSON") from None


def _said(answer: Answer) -> str:
    """What an answer says is wrong, cleaned and without secrets."""
    try:
        said = json.loads(answer.body)["message"]
    except (ValueError, RecursionError, KeyError, TypeError):
        said = ""
    text = clean_text(redact(str(said)), _MOST_SAID)
    return f"{answer.status}: {text}" if text else f"answered with status {answer.status}"
