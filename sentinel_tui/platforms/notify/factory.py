"""From the configuration to channels that can send."""

from __future__ import annotations

from sentinel_tui.clock import Clock, SystemClock
from sentinel_tui.config.channels import (
    AppriseChannel,
    CommandChannel,
    NtfyChannel,
    SmtpChannel,
    TerminalChannel,
    WebhookChannel,
)
from sentinel_tui.config.channels import Channel as ChannelOptions
from sentinel_tui.config.model import Config
from sentinel_tui.platforms.notify.channel import Channel


def channels_for(config: Config, clock: Clock | None = None) -> dict[str, Channel]:
    """The channels of a configuration by their names, in the owner's order.

    They hold no connection and nothing that would have to be closed.

    Args:
        config: What the owner wrote.
        clock: Says when something is signed.
    """
    return {options.name: _channel(options, clock or SystemClock()) for options in config.channels}


def _channel(options: ChannelOptions, clock: Clock) -> Channel:
    # Each is imported only where it is used: an engine has little memory to spare.
    match options:
        case WebhookChannel():
            from sentinel_tui.platforms.notify.webhook import Webhook

            return Webhook(options, clock)
        case NtfyChannel():
            from sentinel_tui.platforms.notify.ntfy import Ntfy

            return Ntfy(options, clock)
        case SmtpChannel():
            from sentinel_tui.platforms.notify.smtp import Smtp

            return Smtp(options)
        case CommandChannel():
            from sentinel_tui.platforms.notify.command import Command

            return Command(options)
        case AppriseChannel():
            from sentinel_tui.platforms.notify.apprise import Apprise

            return Apprise(options)
        case TerminalChannel():
            from sentinel_tui.platforms.notify.terminal import Terminal

            return Terminal()
