"""What is to be told: one notice for each incident, channel and occasion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.monitoring.alerts import Severity


class NoticeKind(StrEnum):
    """On what occasion something is told. The words are stored."""

    ALARM = "alarm"
    RISEN = "risen"
    """It became more severe."""
    REMINDER = "reminder"
    ESCALATION = "escalation"
    """Nobody acknowledged in time; this channel is told as well. Pairs with a recovery as an alarm
    does."""
    RECOVERY = "recovery"
    TEST = "test"


class NoticeStatus(StrEnum):
    """How far a notice has come. The words are stored."""

    QUEUED = "queued"
    SENDING = "sending"
    """Part of a message that was begun; tried again with the same key until it ends."""
    SENT = "sent"
    DEAD = "dead"
    """The channel refused it for good, or could not take it for a day."""
    DROPPED = "dropped"
    """Never begun, and no longer news: superseded, or over before it was due."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing one channel is to be told.

    Attributes:
        key: What makes it unique: "incident/kind/count/channel"; written at most once.
        incident: The incident's number; 0 for a test.
        channel: The channel's name.
        kind: The occasion.
        severity: The incident's severity when it was written.
        created_ms: When it was written, in the transaction of what it tells.
        due_ms: Not to be told before.
        status: How far it has come.
        sent_ms: When the channel took it, or None.
        message: The key of the message that carries it, or empty.
    """

    key: str
    incident: int
    channel: str
    kind: NoticeKind
    severity: Severity
    created_ms: int
    due_ms: int
    status: NoticeStatus = NoticeStatus.QUEUED
    sent_ms: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out over a channel once, and is tried again under the same key until it arrives.

    Attributes:
        key: Its idempotency key.
        channel: The channel's name.
        severity: The highest of what it tells.
        title: Its subject, one line.
        body: Its text, plain lines.
        kind: The occasion of its most urgent notice.
        incidents: The incidents it tells of.
        created_ms: When it was put together.
        attempts: How often it was tried.
        next_try_ms: When it is tried next, or None once it ended.
        sent_ms: When the channel took it, or None.
        error: Why the last try failed, or empty.
        dead: Whether it was given up.
    """

    key: str
    channel: str
    severity: Severity
    title: str
    body: str
    kind: NoticeKind
    incidents: tuple[int, ...]
    created_ms: int
    attempts: int = 0
    next_try_ms: int | None = None
    sent_ms: int | None = None
    error: str = ""
    dead: bool = False


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel does.

    Attributes:
        name: The channel's name.
        kind: webhook, smtp, ….
        last_sent_ms: When it last took a message, or None.
        failing_since_ms: Since when it takes none, or None.
        error: Why, or empty.
        waiting: Notices and messages that wait for it.
        dead: Messages it was given up on.
    """

    name: str
    kind: str
    last_sent_ms: int | None = None
    failing_since_ms: int | None = None
    error: str = ""
    waiting: int = 0
    dead: int = 0
