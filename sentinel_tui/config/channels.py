"""The kinds of channels over which Sentinel tells. Each docstring is an entry in the README."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from sentinel_tui.config.base import Mistake, Options, Reading
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.hours import HoursOptions
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.urls import HttpUrl, check_talk_url
from sentinel_tui.config.values import Host, Match

_CHANNEL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_KEY_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)
_KEY_EXPECTED = "whsec_ and the Base64 of 24 to 64 random bytes"


def _channel_name(text: str) -> str:
    if not _CHANNEL_NAME.fullmatch(text):
        raise Mistake("is no name", "lower-case letters, digits, - and _, at most 40 characters")
    return text


def _mailbox(text: str) -> str:
    if not _MAILBOX.fullmatch(text):
        raise Mistake("is no mail address", "an address such as you@example.com, without a name")
    return text


def _argument(text: str) -> str:
    if "\0" in text:
        raise Mistake("cannot be an argument", "text without the character NUL")
    return text


ChannelName = Annotated[
    str,
    AfterValidator(_channel_name),
    WithJsonSchema(
        {"type": "string", "format": "channel-name", "pattern": f"^{_CHANNEL_NAME.pattern}$"}
    ),
]
"""The name of a channel."""

Mailbox = Annotated[
    str, AfterValidator(_mailbox), WithJsonSchema({"type": "string", "format": "email"})
]
"""A mail address, without a display name."""

Argument = Annotated[str, AfterValidator(_argument)]
"""One argument of a command."""


class _Channel(Options):
    """What every kind of channel has."""

    name: ChannelName
    """How the channel is called, as in `sentinel notify test NAME`."""
    least: Literal["warning", "critical"] = "warning"
    """The least severity it is told."""
    match: Match = ""
    """Only what matches: `tag:shop`, `service:api rule:down`; empty for everything."""
    hours: HoursOptions | None = None
    """Only in these hours; what is news at another time waits for them."""
    escalation_only: bool = False
    """Told only by a step of the escalation."""


class AppriseChannel(_Channel):
    """One of the hundred services that Apprise knows; needs the `notify` extra."""

    kind: Literal["apprise"] = "apprise"
    """`apprise`."""
    url: Secret
    """The service's Apprise URL, such as `env:SLACK_URL`."""


class SmtpChannel(_Channel):
    """Plain text mail over an SMTP server."""

    kind: Literal["smtp"] = "smtp"
    """`smtp`."""
    host: Host
    """The mail server."""
    port: int = Field(default=587, ge=1, le=65_535)
    """Its port: 587 for `starttls`, 465 for `tls`, 25 for `none`."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is secured; `none` only without a password."""
    user: str = Field(default="", max_length=320)
    """User name, where the server wants one."""
    password: Secret | None = None
    """Its password."""
    sender: Mailbox
    """The address mails come from."""
    recipients: list[Mailbox] = Field(min_length=1, max_length=50)
    """The addresses they go to."""

    @field_validator("user")
    @classmethod
    def _on_one_line(cls, user: str) -> str:
        if _CONTROL.search(user):
            raise Mistake("cannot be a user name", "text without control characters")
        return user

    @field_validator("password")
    @classmethod
    def _never_in_clear(cls, password: Secret | None, info: ValidationInfo) -> Secret | None:
        if password is not None and info.data.get("security") == "none":
            raise Mistake("would be sent in clear", mend='set security = "starttls" or "tls"')
        if password is not None and not info.data.get("user", "?"):
            raise Mistake("is of no use alone", mend="set user too")
        return password


class WebhookChannel(_Channel):
    """A POST of JSON, signed by the Standard Webhooks convention."""

    kind: Literal["webhook"] = "webhook"
    """`webhook`."""
    allow_private: bool = False
    """Let it go to this machine or its own network, and over plain http."""
    url: Secret
    """Where to; https only, redirects are not followed. Often a secret in itself."""
    secret: Secret | None = None
    """The signing key, `whsec_…`; left out, messages are not signed."""

    @field_validator("url")
    @classmethod
    def _can_be_requested(cls, url: Secret, info: ValidationInfo) -> Secret:
        return check_secret_url(url, info)

    @field_validator("secret")
    @classmethod
    def _is_a_key(cls, secret: Secret | None, info: ValidationInfo) -> Secret | None:
        if secret is not None and can_be_read(secret, info):
            signing_key(secret.reveal())
        return secret


class NtfyChannel(_Channel):
    """A push message to phones over ntfy.sh or an ntfy server of your own."""

    kind: Literal["ntfy"] = "ntfy"
    """`ntfy`."""
    allow_private: bool = False
    """Let it go to this machine or its own network, and over plain http."""
    url: HttpUrl = "https://ntfy.sh"
    """The server."""
    topic: str
    """The topic. Whoever knows it can read along, unless the server protects it."""
    token: Secret | None = None
    """An access token, where the server wants one."""

    @field_validator("url")
    @classmethod
    def _can_be_talked_to(cls, url: str, info: ValidationInfo) -> str:
        check_talk_url(url, allow_http=bool(info.data.get("allow_private")))
        return url

    @field_validator("topic")
    @classmethod
    def _is_a_topic(cls, topic: str) -> str:
        if not _TOPIC.fullmatch(topic):
            raise Mistake("is no topic", "letters, digits, - and _, at most 64 characters")
        return topic


class CommandChannel(_Channel):
    """A program of yours: the message comes as JSON on its standard input, never through a shell.

    Key, severity, kind and title also stand in `SENTINEL_KEY`, `SENTINEL_SEVERITY`,
    `SENTINEL_KIND` and `SENTINEL_TITLE`; of the engine's own environment it sees only `PATH`,
    `HOME` and the like. Exit code 0 means that it was told.
    """

    kind: Literal["command"] = "command"
    """`command`."""
    argv: list[Argument] = Field(min_length=1, max_length=100)
    """The program and its arguments, each by itself: `["/usr/local/bin/tell", "--now"]`."""
    timeout_s: Seconds = Field(default=10.0, alias="timeout", gt=0, le=25)
    """After this long it is killed, with everything it started."""


class TerminalChannel(_Channel):
    """The open screens ring and show a note."""

    kind: Literal["terminal"] = "terminal"
    """`terminal`."""
    bell: bool = True
    """Ring the terminal's bell."""
    desktop: Literal["osc9", "osc777", "none"] = "none"
    """How the terminal is asked for a desktop notification."""


Channel = Annotated[
    AppriseChannel | SmtpChannel | WebhookChannel | NtfyChannel | CommandChannel | TerminalChannel,
    Field(discriminator="kind"),
]


def can_be_read(secret: Secret, info: ValidationInfo) -> bool:
    """Whether what a secret holds can be looked at while the file is read."""
    if secret.is_masked:
        return False
    resolving = isinstance(info.context, Reading) and info.context.resolve
    return secret.is_literal or (resolving and not secret.is_elsewhere)


def check_secret_url(url: Secret, info: ValidationInfo) -> Secret:
    """A secret that must be a URL, checked where it can be read.

    Raises:
        Mistake: It is no URL that can be talked to; its words never quote it.
    """
    if can_be_read(url, info):
        check_talk_url(url.reveal(), allow_http=bool(info.data.get("allow_private")))
    return url


def signing_key(secret: str) -> bytes:
    """The key in a `whsec_…` secret of the Standard Webhooks convention.

    Raises:
        Mistake: It holds none.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_KEY_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_KEY_PREFIX) or len(key) not in _KEY_BYTES:
        mend = "make one: echo whsec_$(openssl rand -base64 32)"
        raise Mistake("is no signing key", _KEY_EXPECTED, mend)
    return key
