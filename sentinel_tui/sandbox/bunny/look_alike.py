"""The video platform of the sandbox's world: its libraries, its API, and its webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.bunny.api import BunnyApi
from sentinel_tui.sandbox.bunny.library import BunnyLibrary
from sentinel_tui.sandbox.films import COURSES, PREVIEWS
from sentinel_tui.sandbox.network import Network
from sentinel_tui.sandbox.place import Place
from sentinel_tui.sandbox.viewing import Audience

_IDS = {PREVIEWS: 4_711, COURSES: 4_712}


class BunnyLookAlike:
    """Two libraries, and the API to read them.

    Attributes:
        audience: Who watches, for whoever wants to look behind the API.
        libraries: The libraries by their owner's names for them.
        api: The API; its `mishaps` befall the next calls.
        place: Where the API is.
    """

    def __init__(self, audience: Audience, network: Network, clock: Clock) -> None:
        """Hold the films of an audience.

        Args:
            audience: Who watches, and what.
            network: Leads to the API.
            clock: Says how much of it has been watched by now.
        """
        self.audience = audience
        self.libraries: Mapping[str, BunnyLibrary] = {
            name: BunnyLibrary(name, library_id, audience) for name, library_id in _IDS.items()
        }
        self.api = BunnyApi(list(self.libraries.values()), clock)
        self.place = Place.build(self.api, network, clock)

    @property
    def url(self) -> str:
        """Where the API begins."""
        return self.place.root


def encoding_notice(library: BunnyLibrary, film: str, status: int) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a webhook about a film's encoding.

    Args:
        library: The library it lies in, whose read-only key signs.
        film: Its id.
        status: How far it has come, in the numbers of webhooks: 3 is finished, 5 failed.
    """
    body = json.dumps({"VideoLibraryId": library.id, "VideoGuid": film, "Status": status}).encode()
    signature = hmac.new(library.key.encode(), body, hashlib.sha256).hexdigest()
    return body, {
        "content-type": "application/json",
        "x-bunnystream-signature-version": "v1",
        "x-bunnystream-signature-algorithm": "hmac-sha256",
        "x-bunnystream-signature": signature,
    }
