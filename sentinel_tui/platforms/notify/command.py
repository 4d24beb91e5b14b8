"""A program of the owner's: the message on its standard input, its exit code as the answer."""

from __future__ import annotations

import json

from sentinel_tui.config.channels import CommandChannel
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.notify.payload import payload
from sentinel_tui.platforms.programs import ProgramFailed, run_program


class Command:
    """Runs a program with its arguments, never a shell."""

    def __init__(self, options: CommandChannel) -> None:
        self._options = options

    async def send(self, message: Message) -> None:
        """See `Channel.send`."""
        document = json.dumps(payload(message), ensure_ascii=False).encode() + b"\n"
        try:
            await run_program(
                self._options.argv,
                given=document,
                environment={
                    "SENTINEL_KEY": message.key,
                    "SENTINEL_KIND": message.kind,
                    "SENTINEL_SEVERITY": message.severity,
                    "SENTINEL_TITLE": message.title,
                },
                timeout_s=self._options.timeout_s,
            )
        except ProgramFailed as failed:
            raise DeliveryError(str(failed)) from None
