"""A receiver of webhooks: checks their signatures and keeps what they say, each one once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import OrderedDict
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Request, Response, json_response
from sentinel_tui.sandbox.services.application import Application

_MOST_KEPT = 500
_TOLERANCE_S = 300


class Inbox(Application):
    """Takes webhooks signed by the Standard Webhooks convention.

    Attributes:
        received: The bodies that were taken, by `webhook-id`, oldest first.
        repeated: How many came again with an id that was known already.
        refused: How many were refused, for their signature or their age.
    """

    name = "inbox"
    health_path = "/"

    def __init__(self, clock: Clock, key: bytes) -> None:
        """An empty inbox.

        Args:
            clock: Says which webhooks are too old.
            key: What they are signed with.
        """
        self.received: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.repeated = 0
        self.refused = 0
        self._clock = clock
        self._key = key

    @property
    def secret(self) -> str:
        """What the sender is given: the key as `whsec_…`."""
        return "whsec_" + base64.b64encode(self._key).decode("ascii")

    async def answer(self, request: Request) -> Response:
        """Take a webhook, or show what was taken."""
        if request.method != "POST":
            return json_response(messages=list(self.received.values()))
        if not self._genuine(request):
            self.refused += 1
            return json_response(401, error="the signature does not fit, or is too old")
        key = request.headers["webhook-id"]
        if key in self.received:
            self.repeated += 1
            return json_response(status="known already")
        self.received[key] = json.loads(request.body)
        if len(self.received) > _MOST_KEPT:
            self.received.popitem(last=False)
        return json_response(status="taken")

    def _genuine(self, request: Request) -> bool:
        headers = request.headers
        key, sent_s = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not sent_s.isdecimal():
            return False
        if abs(self._clock.now_ms() / 1_000 - int(sent_s)) > _TOLERANCE_S:
            return False
        signed = f"{key}.{sent_s}.".encode() + request.body
        digest = hmac.new(self._key, signed, hashlib.sha256).digest()
        wanted = "v1," + base64.b64encode(digest).decode("ascii")
        given = headers.get("webhook-signature", "").split()
        return any(hmac.compare_digest(wanted, one) for one in given)
