"""What a platform says of itself: only grave trouble counts, and silence never does."""

from __future__ import annotations

import json

import pytest
from receivers import Receiver, answer

from sentinel_tui.errors import PlatformError, PlatformUnavailable
from sentinel_tui.platforms.statuspage import ProviderStatus, provider_status


async def asked(receiver: Receiver, body: object, status: str = "200 OK") -> ProviderStatus:
    receiver.answers = [answer(json.dumps(body).encode(), status=status)]
    return await provider_status(f"http://127.0.0.1:{receiver.port}/api/v2/status.json")


@pytest.mark.parametrize(
    ("indicator", "incident"),
    [
        ("none", False),
        ("minor", False),
        ("maintenance", False),
        ("major", True),
        ("critical", True),
    ],
)
async def test_only_grave_trouble_is_an_incident(
    receiver: Receiver, indicator: str, incident: bool
) -> None:
    said = {"status": {"indicator": indicator, "description": "Builds \x1b[31mare slow"}}
    status = await asked(receiver, said)
    assert status.incident is incident
    assert status.text.startswith("Builds ")
    assert "\x1b" not in status.text


@pytest.mark.parametrize(
    "body", [{}, [], None, {"status": "critical"}, {"status": {"indicator": ["critical"]}}]
)
async def test_an_answer_in_another_form_is_no_incident(receiver: Receiver, body: object) -> None:
    with pytest.raises(PlatformError):
        await asked(receiver, body)


async def test_a_page_that_does_not_answer_is_said_so(receiver: Receiver, unused_port: int) -> None:
    with pytest.raises(PlatformUnavailable, match="503"):
        await asked(receiver, {}, "503 Service Unavailable")
    with pytest.raises(PlatformUnavailable):
        await provider_status(f"http://127.0.0.1:{unused_port}/status.json")
