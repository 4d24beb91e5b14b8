"""The open screens, which ring by themselves."""

from __future__ import annotations

from sentinel_tui.domain.notifying.notices import Message


class Terminal:
    """Delivers by what has happened already: the message is stored, and screens read the store."""

    async def send(self, message: Message) -> None:
        """See `Channel.send`; nothing is left to do."""
