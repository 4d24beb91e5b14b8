"""The hundred services that Apprise knows, where its extra is installed."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Literal

from sentinel_tui.config.channels import AppriseChannel
from sentinel_tui.config.redaction import remember_url
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import Message, NoticeKind
from sentinel_tui.platforms.notify.channel import DeliveryError, revealed
from sentinel_tui.platforms.threads import in_thread

_DEADLINE_S = 25.0
_MISSING = "Apprise is not installed; install it with: pip install 'sentinel-tui[notify]'"

_Mark = Literal["INFO", "SUCCESS", "WARNING", "FAILURE"]


class Apprise:
    """Hands messages to Apprise, which blocks and is large: in a thread, loaded at first use."""

    def __init__(self, options: AppriseChannel) -> None:
        self._options = options

    async def send(self, message: Message) -> None:
        """See `Channel.send`. Apprise knows no keys: what is sent twice arrives twice."""
        url = revealed(self._options.url)
        remember_url(url)
        try:
            async with asyncio.timeout(_DEADLINE_S):
                await in_thread(partial(_tell, url, message))
        except ImportError:
            raise DeliveryError(_MISSING) from None
        except TimeoutError:
            raise DeliveryError(f"Apprise was not done within {_DEADLINE_S:g} s") from None


def _tell(url: str, message: Message) -> None:
    """Send it. Blocks.

    Raises:
        DeliveryError: It did not arrive.
        ImportError: There is no Apprise.
    """
    import apprise

    remarks = _Remarks()
    logger = logging.getLogger("apprise")
    logger.addHandler(remarks)
    try:
        services = apprise.Apprise()
        known = services.add(url)
        mark = getattr(apprise.NotifyType, _mark(message))
        taken = known and services.notify(title=message.title, body=message.body, notify_type=mark)
    except Exception as error:
        # A hundred services of many authors: whatever they raise, the message has not arrived.
        raise DeliveryError(f"Apprise failed: {type(error).__name__}") from None
    finally:
        logger.removeHandler(remarks)
    if not known:
        raise DeliveryError("Apprise cannot use the url; try it with: apprise -vv URL", final=True)
    if not taken:
        raise DeliveryError(remarks.last or "the service did not take it, and Apprise says no more")


class _Remarks(logging.Handler):
    """The last thing Apprise remarked; it says why only in its log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()


def _mark(message: Message) -> _Mark:
    if message.kind is NoticeKind.RECOVERY:
        return "SUCCESS"
    if message.kind is NoticeKind.TEST:
        return "INFO"
    return "FAILURE" if message.severity is Severity.CRITICAL else "WARNING"
