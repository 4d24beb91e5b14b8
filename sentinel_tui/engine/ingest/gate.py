"""Who asks, and whether they may: tokens, signatures, pages and pace."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from sentinel_tui.clock import Clock
from sentinel_tui.config.channels import signing_key
from sentinel_tui.config.ingest import SourceOptions
from sentinel_tui.config.secrets import Secret
from sentinel_tui.engine.ingest.limits import Rate
from sentinel_tui.engine.ingest.messages import Refusal, Request, come_again
from sentinel_tui.engine.ingest.signatures import Done, signed_id
from sentinel_tui.errors import SecretError

Scope = Literal["views", "actions", "beats", "read"]

_BEARER = "bearer "
_SIGNED = "webhook-signature"
_LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who may ask.

    Attributes:
        name: Their name in the configuration.
        scopes: What they may do.
        origins: The pages that may ask in their name.
        token_hash: SHA-256 of their token, or None.
        keys: What they sign with.
        rate: How often they may come.
    """

    name: str
    scopes: frozenset[str]
    origins: frozenset[str]
    token_hash: bytes | None
    keys: tuple[bytes, ...]
    rate: Rate

    @property
    def open(self) -> bool:
        """Whether no proof is asked of them."""
        return self.token_hash is None and not self.keys


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may be done.

    Attributes:
        source: Whose it is.
        message: The id of the signed message it is, or empty.
        repeated: Whether that message was done already.
    """

    source: Source
    message: str = ""
    repeated: bool = False


class Gate:
    """Lets requests in.

    Attributes:
        trouble: Whose secrets could not be read, so that they are let in no more; or empty.
    """

    def __init__(self, clock: Clock) -> None:
        """Let nobody in yet.

        Args:
            clock: The time.
        """
        self.trouble = ""
        self._clock = clock
        self._sources: list[Source] = []
        self._done = Done(clock)

    def go_by(self, sources: Sequence[SourceOptions]) -> None:
        """Let these in from now on."""
        known: list[Source] = []
        troubles: list[str] = []
        for options in sources:
            try:
                known.append(_source(options, self._clock))
            except SecretError as error:
                troubles.append(f"{options.name} cannot be let in: {error}")
        self._sources = known
        self.trouble = "; ".join(troubles)

    def admit(self, request: Request, scope: Scope) -> Admitted:
        """Let a request in.

        Raises:
            Refusal: It comes from somebody unknown, from a page that was not named, is not theirs
                to ask, or comes too soon.
        """
        admitted = self._recognise(request)
        source = admitted.source
        origin = request.headers.get("origin")
        if origin is not None and origin.lower() not in source.origins:
            raise Refusal(
                403, "origin", "pages of this origin may not ask here: see origins of the source"
            )
        if scope not in source.scopes:
            raise Refusal(403, "scope", f"{source.name} may not do this: it takes scope {scope}")
        wait_s = source.rate.take()
        if wait_s:
            raise come_again(429, "too_often", f"too many requests of {source.name}", wait_s)
        return admitted

    def finish(self, admitted: Admitted) -> None:
        """Take note that a request was done."""
        if admitted.message:
            self._done.add(admitted.source.name, admitted.message)

    def knows_page(self, origin: str) -> bool:
        """Whether pages of an origin may ask in anybody's name."""
        return any(origin.lower() in source.origins for source in self._sources)

    def _recognise(self, request: Request) -> Admitted:
        authorization = request.headers.get("authorization", "")
        if authorization:
            return self._by_token(authorization)
        if _SIGNED in request.headers:
            return self._by_signature(request)
        source = next((one for one in self._sources if one.open), None)
        # A name that leads here and is not this machine's own was made up by a page somewhere, to
        # have its reader's browser ask in their stead.
        if source is None or not _is_local(request.headers.get("host", "")):
            raise _unknown("this takes Authorization: Bearer and a token, or a signature")
        return Admitted(source)

    def _by_token(self, authorization: str) -> Admitted:
        if authorization[: len(_BEARER)].lower() != _BEARER:
            raise _unknown("this takes Authorization: Bearer and a token")
        given = hashlib.sha256(authorization[len(_BEARER) :].strip().encode("latin-1")).digest()
        found: Source | None = None
        for source in self._sources:
            if source.token_hash and hmac.compare_digest(source.token_hash, given):
                found = source
        if found is None:
            raise _unknown("this token is nobody's")
        return Admitted(found)

    def _by_signature(self, request: Request) -> Admitted:
        now_ms = self._clock.now_ms()
        for source in self._sources:
            if not source.keys:
                continue
            message = signed_id(request.headers, request.body, source.keys, now_ms)
            if message is not None:
                return Admitted(source, message, self._done.knows(source.name, message))
        raise _unknown("this signature is nobody's, or older than 5 minutes")


def _source(options: SourceOptions, clock: Clock) -> Source:
    token = options.token
    return Source(
        name=options.name,
        scopes=frozenset(options.scopes),
        origins=frozenset(options.origins),
        token_hash=None if token is None else hashlib.sha256(token.reveal().encode()).digest(),
        keys=tuple(_key(one) for one in options.hmac_keys),
        rate=Rate(clock, options.per_s, options.burst),
    )


def _key(secret: Secret) -> bytes:
    try:
        return signing_key(secret.reveal())
    except ValueError as error:
        raise SecretError(f"{secret.reference} {error}") from None


def _unknown(message: str) -> Refusal:
    return Refusal(401, "unknown", message, headers=(("www-authenticate", "Bearer"),))


def _is_local(host: str) -> bool:
    """Whether a `Host` names this machine by its own name; a socket file's clients name none."""
    name = urlsplit(f"//{host}").hostname or _LOCAL
    if name == _LOCAL:
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
