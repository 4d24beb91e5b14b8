"""`notify`: how the notification channels do, and a test message over one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.records import channel_data
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, moment, since
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.notifying.notices import ChannelHealth

_TEST_TIMEOUT_S = 20.0
"""The engine waits 15 s for a channel to take its test."""

_TEST = Argument(
    ArgumentKind.CHOICE,
    "test",
    choices={"test": words("test try essai essaie essayer")},
    acts=True,
)
_CHANNEL = Argument(ArgumentKind.CHANNEL, "CHANNEL", follows=ArgumentKind.CHOICE)


@command(
    "notify",
    en="channels channel notifications",
    fr="canaux canal notifie notifier",
    arguments=(_TEST, _CHANNEL),
    waits="the channel to take the message",
)
def notify(context: Context, given: Arguments) -> Answer:
    """Show how the notification channels do, or test one."""
    if given.choice:
        return _test(context, given.channel)
    found = context.store.channels()
    failing = [one for one in found if one.failing_since_ms is not None]
    engine = find_engine(context)
    return Answer(
        title=_title(found, failing, context),
        lines=_lines(found),
        table=Table(
            ("CHANNEL", "KIND", "DELIVERED", "HEALTH", "WAITING", "GIVEN UP", "PROBLEM"),
            tuple(_row(one, context) for one in found),
            numbers=frozenset({"WAITING", "GIVEN UP"}),
        ),
        data={
            "channels": [channel_data(one) for one in found],
            "failing": len(failing),
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(1 if failing else 0, engine),
    )


def _test(context: Context, channel: str) -> Answer:
    if not channel:
        known = [one.name for one in context.reader.channels()] if context.reader else []
        hint = f"there is: {', '.join(known)}" if known else "[[channels]] configures one"
        raise UsageError("notify test needs the name of a channel", hint)
    result = context.ask("notify_test", timeout_s=_TEST_TIMEOUT_S, channel=channel)
    if result["sent"]:
        return Answer(f"{channel} took the test message.", data={"channel": channel, **result})
    return Answer(
        title=f"{channel} did not take the test message: {result['error']}",
        lines=("Mend it under [[channels]] in the configuration; the engine takes it over.",),
        data={"channel": channel, **result},
        exit_code=1,
    )


def _title(found: list[ChannelHealth], failing: list[ChannelHealth], context: Context) -> str:
    if not found:
        return "No notification channel is configured: alerts are seen on the screen only"
    title = counted(len(found), "channel")
    title += f", {len(failing)} failing" if failing else ", none failing"
    return f"{title} (times in {context.zone})"


def _lines(found: list[ChannelHealth]) -> tuple[str, ...]:
    if not found:
        return ("[[channels]] in the configuration adds one: e-mail, ntfy, a webhook, a command.",)
    return (f"`notify test {found[0].name}` sends a test message and tells how it went.",)


def _row(one: ChannelHealth, context: Context) -> tuple[str, ...]:
    delivered = "never"
    if one.last_sent_ms is not None:
        delivered = moment(one.last_sent_ms, context.now_ms, context.zone)
    health = "● well"
    if one.failing_since_ms is not None:
        health = f"✖ failing for {since(one.failing_since_ms, context.now_ms)}"
    return (
        one.name,
        one.kind,
        delivered,
        health,
        f"{one.waiting:,}",
        f"{one.dead:,}",
        one.error,
    )
