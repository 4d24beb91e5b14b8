"""Apprise, where it is installed; where not, the error names what to install."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest
from receivers import Receiver, answer, keeps_silent, serving

from sentinel_tui.config.channels import AppriseChannel
from sentinel_tui.domain.notifying.notices import NoticeKind
from sentinel_tui.platforms.notify import apprise
from sentinel_tui.platforms.notify.apprise import Apprise
from sentinel_tui.platforms.notify.channel import DeliveryError

pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")  # Apprise's own

installed = pytest.mark.skipif(
    importlib.util.find_spec("apprise") is None, reason="needs the notify extra"
)


def channel(url: str) -> Apprise:
    return Apprise(AppriseChannel.model_validate({"name": "all", "kind": "apprise", "url": url}))


async def test_without_it_the_error_names_the_extra(
    message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(DeliveryError, match=r"sentinel-tui\[notify\]") as refused:
        await channel("json://127.0.0.1:9").send(message())
    assert not refused.value.final


@installed
async def test_a_message_arrives(receiver: Receiver, message) -> None:
    url = f"json://127.0.0.1:{receiver.port}/hook"
    await channel(url).send(message())
    await channel(url).send(message(kind=NoticeKind.RECOVERY))

    first, second = (json.loads(request.body) for request in receiver.requests)
    assert first["title"] == message().title
    assert first["message"] == message().body
    assert (first["type"], second["type"]) == ("failure", "success")


@installed
async def test_a_refusal_is_told_without_the_url(receiver: Receiver, message) -> None:
    receiver.answers = [answer(b"no", status="500 Oops")]
    with pytest.raises(DeliveryError) as refused:
        await channel(f"json://me:canary-password@127.0.0.1:{receiver.port}/hook").send(message())
    assert not refused.value.final
    assert refused.value.error
    assert "canary-password" not in refused.value.error


@installed
async def test_a_url_it_cannot_use_is_the_last_word(message) -> None:
    with pytest.raises(DeliveryError, match="cannot use the url") as refused:
        await channel("nosuchservice://canary-token").send(message())
    assert refused.value.final
    assert "canary-token" not in refused.value.error


@installed
async def test_a_service_that_never_answers_holds_nothing_up(
    message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apprise, "_DEADLINE_S", 0.1)
    async with serving(keeps_silent) as port:
        with pytest.raises(DeliveryError, match="not done within"):
            await channel(f"json://127.0.0.1:{port}").send(message())
