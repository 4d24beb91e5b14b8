"""What a platform's own status page says: whether it has trouble itself.

The page is read in the form of Atlassian Statuspage (`/api/v2/status.json`), whose indicator is
none, minor, major, critical or maintenance. That Render's page has this form was not verified; an
answer in another form is an error, never an incident.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from sentinel_tui.config.hosting import is_on_this_machine
from sentinel_tui.errors import PlatformError, PlatformUnavailable
from sentinel_tui.platforms.transport import NoAnswer, exchange
from sentinel_tui.text import clean_text

_GRAVE = frozenset({"major", "critical"})
_INDICATORS = _GRAVE | {"none", "minor", "maintenance"}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """How a platform says it is.

    Attributes:
        incident: Whether it has trouble that explains why services fail.
        text: What it says, in one line.
    """

    incident: bool
    text: str


async def provider_status(url: str) -> ProviderStatus:
    """Ask a status page.

    Raises:
        PlatformUnavailable: It does not answer.
        PlatformError: Its answer has another form.
    """
    host = urlsplit(url).hostname or ""
    headers = {"accept": "application/json", "user-agent": "Sentinel"}
    try:
        answer = await exchange("GET", url, headers=headers, allow_private=is_on_this_machine(url))
    except NoAnswer as nobody:
        raise PlatformUnavailable(nobody.error) from None
    if answer.status != 200:
        raise PlatformUnavailable(f"{host} answered with status {answer.status}")
    return _read(host, answer.body)


def _read(host: str, body: bytes) -> ProviderStatus:
    try:
        status = json.loads(body)["status"]
        indicator, said = str(status["indicator"]), status["description"]
    except (ValueError, RecursionError, KeyError, TypeError):
        indicator, said = "", ""
    if indicator not in _INDICATORS:
        raise PlatformError(f"{host} says nothing that can be understood")
    return ProviderStatus(indicator in _GRAVE, clean_text(said, _LONGEST))
