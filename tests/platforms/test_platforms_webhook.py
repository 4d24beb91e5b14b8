"""Webhooks arrive signed, with one key on every try, and say what came of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl

import pytest
from receivers import Receiver, answer, serving

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.channels import WebhookChannel
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.notify.payload import world_wide_id
from sentinel_tui.platforms.notify.posting import retry_after_s
from sentinel_tui.platforms.notify.webhook import Webhook, signature

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


def webhook(url: str, clock: FakeClock, **options: object) -> Webhook:
    table = {"name": "phone", "kind": "webhook", "allow_private": True, "url": url} | options
    return Webhook(WebhookChannel.model_validate(table), clock)


def test_the_signature_is_that_of_the_convention() -> None:
    # The example every implementation of the convention is tested with.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_receiver_can_verify_it(receiver: Receiver, clock: FakeClock, message) -> None:
    url = f"http://127.0.0.1:{receiver.port}/hook"
    await webhook(url, clock, secret=SECRET).send(message())

    (request,) = receiver.requests
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == world_wide_id(message())
    assert int(headers["webhook-timestamp"]) == clock.now_ms() // 1_000


async def test_it_says_what_the_message_says(receiver: Receiver, clock: FakeClock, message) -> None:
    await webhook(f"http://127.0.0.1:{receiver.port}/", clock).send(message())

    (request,) = receiver.requests
    told = json.loads(request.body)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["type"] == "incident.alarm"
    assert told["timestamp"] == "2026-09-21T14:13:20.123Z"
    assert told["data"]["title"] == message().title
    assert told["data"]["body"] == message().body
    assert told["data"]["severity"] == "CRITICAL"
    assert told["data"]["incidents"] == [7]
    assert "webhook-signature" not in request.headers


async def test_tried_again_it_is_the_same_message_signed_anew(
    receiver: Receiver, clock: FakeClock, message
) -> None:
    receiver.answers = [answer(status="503 Busy"), answer()]
    channel = webhook(f"http://127.0.0.1:{receiver.port}/", clock, secret=SECRET)
    with pytest.raises(DeliveryError):
        await channel.send(message())
    await clock.advance(600)
    await channel.send(message())

    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


@pytest.mark.parametrize(
    ("status", "final"),
    [
        ("400 Bad", True),
        ("401 No", True),
        ("404 Gone", True),
        ("410 Gone", True),
        ("408 Late", False),
        ("425 Early", False),
        ("429 Many", False),
        ("500 Oops", False),
        ("503 Busy", False),
        ("302 Found", False),
        ("999 What", False),
    ],
)
async def test_which_answers_are_the_last_word(
    receiver: Receiver, clock: FakeClock, message, status: str, final: bool
) -> None:
    receiver.answers = [answer(b"told you so \x1b[31m", status=status)]
    with pytest.raises(DeliveryError) as refused:
        await webhook(f"http://127.0.0.1:{receiver.port}/", clock).send(message())
    assert refused.value.final is final
    assert status[:3] in refused.value.error
    assert refused.value.error.isprintable()


async def test_when_to_come_back_is_passed_on(
    receiver: Receiver, clock: FakeClock, message
) -> None:
    receiver.answers = [answer(b"", "Retry-After: 37", status="429 Many")]
    with pytest.raises(DeliveryError) as refused:
        await webhook(f"http://127.0.0.1:{receiver.port}/", clock).send(message())
    assert refused.value.retry_after_s == 37


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Thu, 01 Jan 1970 00:01:30 GMT", 30),
        ("Thu, 01 Jan 1970 00:00:30 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("٣", None),
        ("Thu, 01 Jan 99999 00:00:30 GMT", None),
    ],
)
def test_retry_after_in_both_its_forms(written: str, expected: float | None) -> None:
    assert retry_after_s(written, 60_000) == expected


async def test_a_network_that_fails_is_tried_again(
    unused_port: int, clock: FakeClock, message
) -> None:
    with pytest.raises(DeliveryError) as refused:
        await webhook(f"http://127.0.0.1:{unused_port}/", clock).send(message())
    assert not refused.value.final


async def test_nothing_goes_into_the_private_network_unasked(
    receiver: Receiver, clock: FakeClock, message
) -> None:
    url = f"https://127.0.0.1:{receiver.port}/"
    with pytest.raises(DeliveryError, match="nothing may be sent"):
        await webhook(url, clock, allow_private=False).send(message())
    assert receiver.requests == []


async def test_a_redirect_to_the_metadata_service_goes_nowhere(
    receiver: Receiver, clock: FakeClock, message
) -> None:
    receiver.answers = [answer(b"", "Location: http://169.254.169.254/x", status="302 Found")]
    with pytest.raises(DeliveryError, match="redirect, which is not followed"):
        await webhook(f"http://127.0.0.1:{receiver.port}/", clock).send(message())
    assert len(receiver.requests) == 1


@pytest.mark.usefixtures("trusted")
async def test_over_tls(server_tls: ssl.SSLContext, clock: FakeClock, message) -> None:
    one = Receiver()
    async with serving(one.behave, server_tls) as port:
        await webhook(f"https://localhost:{port}/", clock, secret=SECRET).send(message())
    assert one.requests[0].headers["webhook-id"] == world_wide_id(message())


async def test_a_secret_that_is_not_there_any_more_is_no_last_word(
    receiver: Receiver, clock: FakeClock, message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_KEY", SECRET)
    channel = webhook(f"http://127.0.0.1:{receiver.port}/", clock, secret="env:HOOK_KEY")
    for broken in (None, "whsec_short"):
        if broken is None:
            monkeypatch.delenv("HOOK_KEY")
        else:
            monkeypatch.setenv("HOOK_KEY", broken)
        with pytest.raises(DeliveryError) as refused:
            await channel.send(message())
        assert not refused.value.final
    assert receiver.requests == []
