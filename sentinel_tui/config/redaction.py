"""Keeping secrets out of logs, stored errors and exports.

Every secret that is revealed is remembered here, and `redact` takes it out of any text in which
it turns up: as it is, quoted for a URL, escaped for JSON or a Python repr, or inside Base64 such
as the one of HTTP basic authentication. What URLs carry in their user part and in the values of
their query goes as well, whoever put it there.

Redact before you cut: half a secret is no longer recognised.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, urlsplit

from sentinel_tui.text import clean_block, clean_text

MASK = "***"
"""Stands for a secret wherever one would have been shown."""

SHORTEST_REDACTED = 4
"""Secrets shorter than this would blot out ordinary words, so they are not looked for."""

_MOST_REMEMBERED = 1_024
_SHORTEST_URL_PART = 12
"""Shorter parts of a URL are more likely words, such as `/api/hooks`, than tokens."""
_LONGEST_RECORD = 16_384
_URL_TAIL = re.compile(r"://[^\s\"'<>]+")
_USER_PART = re.compile(r"^://[^/?#]*@")
_QUERY_VALUE = re.compile(r"([?&#;][^=&#;]*=)[^&#;]*")
_URL_SAFE = str.maketrans("+/", "-_")
_PERCENT_ESCAPE = re.compile("%[0-9A-F]{2}")


@dataclass(frozen=True, slots=True)
class _Forms:
    """What to look for: the secret as text, the longest first, and what Base64 makes of it."""

    plain: tuple[str, ...]
    base64: tuple[str, ...]


class Redactor:
    """Knows secrets, and takes them out of text. May be used from several threads."""

    def __init__(self) -> None:
        self._forms: dict[str, _Forms] = {}

    def remember(self, secret: str) -> None:
        """Take `secret` out of every text from now on."""
        if len(secret) < SHORTEST_REDACTED or secret in self._forms:
            return
        self._forms[secret] = _Forms(_plain_forms(secret), _base64_forms(secret))
        if len(self._forms) > _MOST_REMEMBERED:
            self._forms.pop(next(iter(self._forms)), None)

    def redact(self, text: str) -> str:
        """`text` without any secret that is known, and without what its URLs give away."""
        # The longest first: what is left of a secret that contains another would still tell.
        for _, forms in sorted(self._forms.items(), key=lambda item: len(item[0]), reverse=True):
            for form in forms.plain:
                text = text.replace(form, MASK)
            for core in forms.base64:
                if core in text:
                    text = re.sub(rf"[\w+/-]?{re.escape(core)}[\w+/-]?=*", MASK, text)
        return _URL_TAIL.sub(lambda found: _scrub_url(found[0]), text)


_known = Redactor()


def remember(secret: str) -> None:
    """Take `secret` out of everything `redact` and `RedactingFilter` see from now on."""
    _known.remember(secret)


def remember_url(url: str) -> None:
    """Take out what a secret URL gives away piece by piece: its path, its query, long parts."""
    remember(url)
    parts = urlsplit(url)
    for part in (parts.path, parts.query, *re.split("[/?&=]", f"{parts.path}?{parts.query}")):
        if len(part) >= _SHORTEST_URL_PART:
            remember(part)


def redact(text: str) -> str:
    """`text` without any secret revealed in this process; see the module's words on cutting."""
    return _known.redact(text)


class RedactingFilter(logging.Filter):
    """Makes log records safe to keep: no secrets, no terminal commands.

    Add it to handlers. A filter on a logger would miss what its children log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; every record passes."""
        record.msg = _safe(_message_of(record))
        record.args = ()
        if record.exc_info:
            # Formatted here and now, because later the formatter would do it unredacted.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = _safe(record.exc_text)
        if record.stack_info:
            record.stack_info = _safe(record.stack_info)
        return True


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:
        # Left alone, logging would print the arguments to stderr, secrets and all.
        return f"{record.msg} (its arguments do not fit: {type(error).__name__})"


def _safe(text: str) -> str:
    return clean_block(redact(text), _LONGEST_RECORD)


def _scrub_url(tail: str) -> str:
    without_user = _USER_PART.sub(f"://{MASK}@", tail)
    return _QUERY_VALUE.sub(rf"\g<1>{MASK}", without_user)


def _plain_forms(secret: str) -> tuple[str, ...]:
    """The secret as URLs, JSON, Python and our own cleaning write it; the longest first."""
    quoted = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    lower_case = {_PERCENT_ESCAPE.sub(lambda found: found[0].lower(), form) for form in quoted}
    escaped = {
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        clean_text(secret, len(secret) + 1),
    }
    return tuple(sorted({secret} | quoted | lower_case | escaped, key=len, reverse=True))


def _base64_forms(secret: str) -> tuple[str, ...]:
    """What Base64 makes of the secret in the middle of something longer.

    Three bytes become four characters, so the same bytes look different at each of three offsets.
    The characters on the rim are shared with the neighbouring bytes and not part of the form.
    """
    data = secret.encode("utf-8", "surrogatepass")
    cores = [_base64_core(data, offset) for offset in range(3)]
    return tuple(dict.fromkeys(cores + [core.translate(_URL_SAFE) for core in cores]))


def _base64_core(data: bytes, offset: int) -> str:
    first, end = -(-8 * offset // 6), 8 * (offset + len(data)) // 6
    return base64.b64encode(b"\0" * offset + data).decode("ascii")[first:end]
