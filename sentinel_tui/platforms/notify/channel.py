"""What every channel promises, and how it says that it could not keep it."""

from __future__ import annotations

from typing import Protocol

from sentinel_tui.config.redaction import redact
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.errors import SecretError
from sentinel_tui.text import clean_text

_LONGEST_ERROR = 300


class DeliveryError(Exception):
    """A channel did not take a message.

    Attributes:
        error: Why, in one line, cleaned and without secrets: the border is here.
        final: The same message would never be taken; trying again is of no use.
        retry_after_s: When the other side wants to be tried again, or None.
        unsure: The other side may have taken it all the same.
    """

    def __init__(
        self,
        error: str,
        *,
        final: bool = False,
        retry_after_s: float | None = None,
        unsure: bool = False,
    ) -> None:
        self.error = clean_text(redact(error), _LONGEST_ERROR)
        super().__init__(self.error)
        self.final = final
        self.retry_after_s = retry_after_s
        self.unsure = unsure


class Channel(Protocol):
    """A way to tell somebody."""

    async def send(self, message: Message) -> None:
        """Deliver the message; to have returned is to have delivered.

        Sending the same one again does no harm beyond a second arrival: its key travels along
        wherever the other side can tell by it.

        Raises:
            DeliveryError: It was not taken, within the channel's own deadline.
        """


def revealed(secret: Secret) -> str:
    """The secret itself.

    Raises:
        DeliveryError: It cannot be had right now; that may be mended, so it is not final.
    """
    try:
        return secret.reveal()
    except SecretError as error:
        raise DeliveryError(f"{error}; {error.hint}") from None
