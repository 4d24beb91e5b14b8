"""Push messages: the right topic, a priority by severity, an id by which servers find doubles."""

from __future__ import annotations

import json
from typing import Any

import pytest
from receivers import Receiver, answer

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.channels import NtfyChannel
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import Message, NoticeKind
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.notify.ntfy import Ntfy


async def published(receiver: Receiver, sent: Message, **options: object) -> dict[str, Any]:
    url = f"http://127.0.0.1:{receiver.port}"
    table = {"name": "phone", "kind": "ntfy", "allow_private": True, "url": url, "topic": "watch"}
    await Ntfy(NtfyChannel.model_validate(table | options), FakeClock()).send(sent)
    got: dict[str, Any] = json.loads(receiver.requests[-1].body)
    return got


async def test_it_is_published_with_its_words(receiver: Receiver, message) -> None:
    got = await published(receiver, message())
    assert got["topic"] == "watch"
    assert (got["title"], got["message"]) == (message().title, message().body)
    assert (receiver.requests[0].method, receiver.requests[0].path) == ("POST", "/")
    assert "authorization" not in receiver.requests[0].headers


async def test_a_token_goes_along(receiver: Receiver, message) -> None:
    await published(receiver, message(), token="tk_canary_token")
    assert receiver.requests[0].headers["authorization"] == "Bearer tk_canary_token"


async def test_the_worse_the_louder_and_good_news_least(receiver: Receiver, message) -> None:
    critical = await published(receiver, message())
    warning = await published(receiver, message(severity=Severity.WARNING))
    recovery = await published(receiver, message(kind=NoticeKind.RECOVERY))
    assert 5 >= critical["priority"] > warning["priority"] > recovery["priority"] >= 1
    assert len({one["tags"][0] for one in (critical, warning, recovery)}) == 3


async def test_the_same_message_has_the_same_sequence_id(receiver: Receiver, message) -> None:
    first = await published(receiver, message())
    again = await published(receiver, message())
    other = await published(receiver, message(key="8/alarm/0/phone"))
    anew = await published(receiver, message(created_ms=1_800_000_000_000))
    assert first["sequence_id"] == again["sequence_id"]
    assert len({one["sequence_id"] for one in (first, other, anew)}) == 3
    assert other["sequence_id"].isalnum()


async def test_a_long_text_stays_a_message(receiver: Receiver, message) -> None:
    got = await published(receiver, message(body="é" * 5_000))
    assert len(got["message"].encode()) <= 4_096  # beyond that, ntfy makes it an attachment
    assert set(got["message"]) == {"é"}


async def test_a_topic_that_is_forbidden_is_the_last_word(receiver: Receiver, message) -> None:
    receiver.answers = [answer(b'{"error":"forbidden"}', status="403 Forbidden")]
    with pytest.raises(DeliveryError, match=r"403.*forbidden") as refused:
        await published(receiver, message())
    assert refused.value.final


async def test_too_many_messages_come_later(receiver: Receiver, message) -> None:
    receiver.answers = [answer(b"", "Retry-After: 60", status="429 Too Many")]
    with pytest.raises(DeliveryError) as refused:
        await published(receiver, message())
    assert (refused.value.final, refused.value.retry_after_s) == (False, 60)
