"""Plain text mail over SMTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import smtplib
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import BinaryIO

from sentinel_tui.config.channels import SmtpChannel
from sentinel_tui.config.redaction import redact
from sentinel_tui.config.trust import system_trust
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.platforms.notify.channel import DeliveryError, revealed
from sentinel_tui.platforms.notify.payload import world_wide_id
from sentinel_tui.platforms.threads import in_thread
from sentinel_tui.text import clean_text

_log = logging.getLogger(__name__)

_DEADLINE_S = 25.0
_EACH_READ_S = 10.0
_MOST_REPLY_BYTES = 65_536
_MOST_SAID = 150


class Smtp:
    """Mails messages. smtplib blocks, so each mail has a thread and a deadline of its own."""

    def __init__(self, options: SmtpChannel) -> None:
        self._options = options

    async def send(self, message: Message) -> None:
        """See `Channel.send`. The key becomes the Message-ID, by which mailboxes find doubles."""
        options = self._options
        password = revealed(options.password) if options.password is not None else ""
        talk = _Talk(options, password, letter(options, message))
        try:
            async with asyncio.timeout(_DEADLINE_S):
                await in_thread(talk.deliver)
        except TimeoutError:
            if not talk.accepted:
                raise DeliveryError(f"{options.host} did not take the mail in time") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _delivery_error(options.host, error) from None
        finally:
            talk.abandon()


def letter(options: SmtpChannel, message: Message) -> EmailMessage:
    """The message as a mail: one header line each, whatever the title holds."""
    mail = EmailMessage(policy=SMTP_POLICY)
    domain = options.sender.rpartition("@")[2]
    mail["Message-ID"] = f"<{world_wide_id(message)}@{domain}>"
    mail["Date"] = datetime.fromtimestamp(message.created_ms / 1_000, UTC)
    mail["From"] = f"Sentinel <{options.sender}>"
    mail["To"] = ", ".join(options.recipients)
    mail["Subject"] = clean_text(message.title)
    mail["Auto-Submitted"] = "auto-generated"
    if message.severity is Severity.CRITICAL:
        mail["Importance"] = "high"
    mail.set_content(message.body + "\n")
    return mail


class _Talk(smtplib.SMTP):
    """One connection for one mail.

    Attributes:
        accepted: The server has taken the mail; what comes after that is of no importance.
    """

    def __init__(self, options: SmtpChannel, password: str, mail: EmailMessage) -> None:
        super().__init__(local_hostname=_own_name(), timeout=_EACH_READ_S)
        self.accepted = False
        self._host = options.host  # which certificate starttls() asks for
        self._options = options
        self._password = password
        self._mail = mail
        self._line: socket.socket | None = None
        self._abandoned = False

    def deliver(self) -> None:
        """Connect, send, and leave. Blocks.

        Raises:
            SMTPException: The server does not take it.
            OSError: It cannot be reached, or is not who it should be.
        """
        options = self._options
        try:
            self._open()
            if options.security == "starttls":
                self.starttls(context=system_trust())
            if options.user:
                self.login(options.user, self._password)
            refused = self.sendmail(options.sender, options.recipients, self._mail.as_bytes())
            self.accepted = True
            _log_refusals(options, refused)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.putcmd("quit")
        finally:
            self.close()

    def abandon(self) -> None:
        """End the connection under a thread that may still be in the middle of it."""
        self._abandoned = True
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            self._line.close()

    def getreply(self) -> tuple[int, bytes]:
        """The next reply, out of a connection that may say only so much."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()

    def _open(self) -> None:
        options = self._options
        sock = socket.create_connection((options.host, options.port), timeout=_EACH_READ_S)
        self.sock = sock
        self._line = sock.dup()
        if self._abandoned:  # while it connected: what has been given up must not arrive after all
            self._line.close()
            raise TimeoutError
        if options.security == "tls":
            self.sock = system_trust().wrap_socket(sock, server_hostname=options.host)
        code, said = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)


class _Bounded:
    """The replies of a server, up to a limit: a reply of many lines may otherwise never end."""

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._left = _MOST_REPLY_BYTES

    def readline(self, most_bytes: int) -> bytes:
        line = self._replies.readline(most_bytes)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("it says more than any mail server should")
        return line

    def close(self) -> None:
        self._replies.close()


def _own_name() -> str:
    """How we introduce ourselves; smtplib would look itself up, which may take its time."""
    name = socket.gethostname()
    return name if name.isascii() and "." in name else "[127.0.0.1]"


def _log_refusals(options: SmtpChannel, refused: Mapping[str, tuple[int, bytes]]) -> None:
    """Some recipients got it, so it was told; sending it to all again would tell those twice."""
    for recipient, (code, said) in refused.items():
        _log.warning(
            "channel %s: %s refused %s: %d %s",
            *(options.name, options.host, recipient, code, _plain(said)),
        )


def _delivery_error(host: str, error: Exception) -> DeliveryError:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
            return _refused(host, code, said)
        case smtplib.SMTPResponseException():
            return _refused(host, error.smtp_code, error.smtp_error)
        case ssl.SSLCertVerificationError():
            return DeliveryError(
                f"the certificate of {host} is not trusted: {error.verify_message}"
            )
        case smtplib.SMTPNotSupportedError() | smtplib.SMTPException():
            return DeliveryError(f"{host}: {error}")
        case _:
            return DeliveryError(f"{host} cannot be talked to: {_reason(error)}")


def _refused(host: str, code: int, said: bytes | str) -> DeliveryError:
    """A reply of the 5xx kind is the server's last word (RFC 5321, 4.2.1)."""
    return DeliveryError(f"{host} answered {code} {_plain(said)}", final=500 <= code <= 599)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _plain(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return clean_text(redact(text), _MOST_SAID)
