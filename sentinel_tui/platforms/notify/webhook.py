"""Webhooks signed by the Standard Webhooks convention (standardwebhooks.com, version 1.0.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from sentinel_tui.clock import Clock
from sentinel_tui.config.base import Mistake
from sentinel_tui.config.channels import WebhookChannel, signing_key
from sentinel_tui.config.redaction import remember_url
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.platforms.notify.channel import DeliveryError, revealed
from sentinel_tui.platforms.notify.payload import payload, world_wide_id
from sentinel_tui.platforms.notify.posting import post


class Webhook:
    """Posts messages as JSON, with a `webhook-id` that is the same on every try."""

    def __init__(self, options: WebhookChannel, clock: Clock) -> None:
        self._options = options
        self._clock = clock

    async def send(self, message: Message) -> None:
        """See `Channel.send`."""
        options, now_ms = self._options, self._clock.now_ms()
        message_id = world_wide_id(message)
        url = revealed(options.url)
        remember_url(url)
        body = json.dumps(payload(message), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": "Sentinel",
            "webhook-id": message_id,
            "webhook-timestamp": str(now_ms // 1_000),
        }
        if options.secret is not None:
            key = _key(options.secret)
            headers["webhook-signature"] = signature(key, message_id, now_ms // 1_000, body)
        await post(url, headers, body, allow_private=options.allow_private, now_ms=now_ms)


def signature(key: bytes, message_id: str, timestamp_s: int, body: bytes) -> str:
    """The `webhook-signature` header: version 1, HMAC-SHA256 over `id.timestamp.body`."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode('ascii')}"


def _key(secret: Secret) -> bytes:
    try:
        return signing_key(revealed(secret))
    except Mistake as mistake:
        raise DeliveryError(f"the secret {mistake}; {mistake.mend}") from None
