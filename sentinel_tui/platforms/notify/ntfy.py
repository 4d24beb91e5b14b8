"""Push messages over ntfy, published as JSON (docs.ntfy.sh/publish, "Publish as JSON")."""

from __future__ import annotations

import json
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.config.channels import NtfyChannel
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import Message, NoticeKind
from sentinel_tui.platforms.notify.channel import revealed
from sentinel_tui.platforms.notify.payload import world_wide_id
from sentinel_tui.platforms.notify.posting import post

_MOST_BYTES = 4_000
"""ntfy turns a longer text into an attachment, which no phone shows at a glance."""


class Ntfy:
    """Publishes messages to a topic.

    The key goes along as the sequence id: a server from 2.16 on lets the same message, tried again,
    replace the first one instead of ringing a second time under another id.
    """

    def __init__(self, options: NtfyChannel, clock: Clock) -> None:
        self._options = options
        self._clock = clock

    async def send(self, message: Message) -> None:
        """See `Channel.send`."""
        options = self._options
        headers = {"content-type": "application/json", "user-agent": "Sentinel"}
        if options.token is not None:
            headers["authorization"] = f"Bearer {revealed(options.token)}"
        body = json.dumps(_publication(options.topic, message), ensure_ascii=False).encode()
        now_ms = self._clock.now_ms()
        await post(options.url, headers, body, allow_private=options.allow_private, now_ms=now_ms)


def _publication(topic: str, message: Message) -> dict[str, Any]:
    return {
        "topic": topic,
        "title": message.title,
        "message": message.body.encode()[:_MOST_BYTES].decode("utf-8", "ignore"),
        "priority": _priority(message),
        "tags": [_tag(message)],
        "sequence_id": world_wide_id(message),
    }


def _priority(message: Message) -> int:
    """1 to 5; good news never breaks through a phone's night mode."""
    if message.kind in (NoticeKind.RECOVERY, NoticeKind.TEST):
        return 3
    return 5 if message.severity is Severity.CRITICAL else 4


def _tag(message: Message) -> str:
    """The name of the emoji that ntfy draws before the title."""
    if message.kind is NoticeKind.RECOVERY:
        return "white_check_mark"
    if message.kind is NoticeKind.TEST:
        return "bell"
    return "rotating_light" if message.severity is Severity.CRITICAL else "warning"
