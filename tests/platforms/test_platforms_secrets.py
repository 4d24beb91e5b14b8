"""Whatever goes wrong with a channel, nothing that is said or kept about it holds a secret."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from receivers import Behaviour, Receiver, answer, floods, hangs_up, serving

from sentinel_tui.config.loader import load
from sentinel_tui.platforms.notify import apprise, smtp
from sentinel_tui.platforms.notify.channel import Channel, DeliveryError
from sentinel_tui.platforms.notify.factory import channels_for

PATH_TOKEN = "canary-token-in-the-path"
QUERY_TOKEN = "canary-token-in-the-query"
NTFY_TOKEN = "tk_canary_of_ntfy"
SIGNING_KEY = base64.b64encode(b"canary-of-the-signing-key-32-byte").decode()
PASSWORD = "canary-mail-password"
CANARIES = (
    *(PATH_TOKEN, QUERY_TOKEN, NTFY_TOKEN, SIGNING_KEY, PASSWORD),
    base64.b64encode(PASSWORD.encode()).decode().rstrip("="),
    "canary-in-apprise",
)

CONFIG = f"""\
[[channels]]
name = "hook"
kind = "webhook"
allow_private = true
url = "http://127.0.0.1:PORT/{PATH_TOKEN}?key={QUERY_TOKEN}"
secret = "whsec_{SIGNING_KEY}"

[[channels]]
name = "phone"
kind = "ntfy"
allow_private = true
url = "http://127.0.0.1:PORT"
topic = "watch"
token = "{NTFY_TOKEN}"

[[channels]]
name = "mail"
kind = "smtp"
host = "127.0.0.1"
port = PORT
security = "starttls"
user = "me"
password = "{PASSWORD}"
sender = "sentinel@example.com"
recipients = ["me@example.com"]

[[channels]]
name = "all"
kind = "apprise"
url = "json://me:canary-in-apprise@127.0.0.1:PORT/hook"
"""


def mirror() -> Behaviour:
    """Answers with all that it was sent, as a receiver's error page might."""

    async def behave(reader: object, writer: object) -> None:
        receiver = Receiver()
        await receiver.behave(reader, Silent())  # type: ignore[arg-type]
        (request,) = receiver.requests
        said = f"{request.path} {request.headers} {request.body!r}".encode()
        writer.write(answer(said, status="400 Bad"))  # type: ignore[attr-defined]
        await writer.drain()  # type: ignore[attr-defined]

    return behave


class Silent:
    """Where an answer goes that nobody sends."""

    def write(self, data: bytes) -> None: ...

    async def drain(self) -> None: ...


TROUBLES: dict[str, Callable[[], Behaviour]] = {
    "a mirror": mirror,
    "a hang-up": lambda: hangs_up,
    "garbage": lambda: floods(b"\xff\x00", b"\xfe\n"),
    "a mail server that refuses": lambda: greets(b"220 hi\r\n", b"535 no\r\n"),
}


def greets(greeting: bytes, reply: bytes) -> Behaviour:
    async def behave(reader: object, writer: object) -> None:
        writer.write(greeting)  # type: ignore[attr-defined]
        for _ in range(4):
            await reader.readline()  # type: ignore[attr-defined]
            writer.write(reply)  # type: ignore[attr-defined]
            await writer.drain()  # type: ignore[attr-defined]

    return behave


@pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")  # Apprise's own
@pytest.mark.parametrize("name", ["hook", "phone", "mail", "all"])
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_no_trouble_makes_a_channel_talk(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    message: Callable[..., object],
    name: str,
    trouble: Callable[[], Behaviour],
) -> None:
    monkeypatch.setattr(smtp, "_DEADLINE_S", 0.5)
    monkeypatch.setattr(apprise, "_DEADLINE_S", 0.5)
    caplog.set_level(logging.DEBUG, "sentinel_tui")
    path = tmp_path / "sentinel.toml"
    async with serving(trouble()) as port:
        path.write_text(CONFIG.replace("PORT", str(port)))
        channel = channels_for(load(path).config)[name]
        told = await what_is_told(channel.send(message()), channel)  # type: ignore[arg-type]
    ours = [record for record in caplog.records if record.name.startswith("sentinel_tui")]
    told += "".join(record.getMessage() for record in ours)
    assert not [canary for canary in CANARIES if canary in told]


async def what_is_told(sending: Awaitable[None], channel: Channel) -> str:
    with pytest.raises(DeliveryError) as refused:
        await sending
    error = refused.value
    # Only what a log would show: chained errors that were cut off with `from None` are not.
    shown = "".join(traceback.format_exception(error))
    return shown + error.error + repr(error) + repr(channel) + repr(vars(channel))
