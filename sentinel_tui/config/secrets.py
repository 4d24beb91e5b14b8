"""Secrets by reference: the configuration says where a secret lies, not what it is.

    bearer = "credential:monetizer"    a systemd credential (LoadCredential=monetizer:…)
    bearer = "file:~/.secrets/token"   a file only you can read
    bearer = "env:MONETIZER_TOKEN"     an environment variable of the engine
    bearer = "s3cr3t"                  the secret itself: taken, with a warning

A reference is followed each time the secret is needed, so that a new one counts at once.
"""

from __future__ import annotations

import hmac
import os
import re
import stat
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from sentinel_tui.config.base import Mistake, Reading, beside
from sentinel_tui.config.redaction import MASK, remember
from sentinel_tui.errors import SecretError

CREDENTIALS_DIRECTORY = "CREDENTIALS_DIRECTORY"
"""The variable in which systemd names the folder of a service's credentials."""

_Form = Literal["env", "file", "credential", "literal"]

_LARGEST_BYTES = 65_536
_LOOKS_LIKE_REFERENCE = re.compile(
    r"\s*(env|file|credential)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL
)
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_CREDENTIAL_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_EXPECTED = "credential:NAME, file:PATH or env:NAME"


class Secret:
    """A secret that never prints itself; `reveal` is the only way to it.

    Two secrets are equal when they are written alike, compared in constant time.

    Args:
        written: What the configuration says: a reference, or the secret itself.
        folder: Where a relative `file:` path starts; the working directory when left out.

    Raises:
        Mistake: `written` is empty, or a reference that names nothing.
    """

    __slots__ = ("_form", "_target")

    def __init__(self, written: str, folder: Path | None = None) -> None:
        self._form, self._target = _read_reference(written, folder)
        if self.is_literal and not self.is_masked:
            remember(self._target)

    @property
    def is_literal(self) -> bool:
        """Whether the secret itself stands in the configuration."""
        return self._form == "literal"

    @property
    def is_masked(self) -> bool:
        """Whether only the mask is left, as in a configuration that was printed and kept."""
        return self.is_literal and self._target == MASK

    @property
    def is_elsewhere(self) -> bool:
        """Whether only a systemd service could say if it resolves, and this process is none."""
        return self._form == "credential" and not os.environ.get(CREDENTIALS_DIRECTORY)

    @property
    def reference(self) -> str:
        """Where the secret lies, safe to show; the mask for a literal."""
        return MASK if self.is_literal else f"{self._form}:{self._target}"

    def reveal(self) -> str:
        """The secret itself; from now on `redact` takes it out of everything.

        Raises:
            SecretError: The reference leads nowhere, or to what others could read.
        """
        secret = self._follow()
        if not secret:
            raise SecretError(f"the secret {self.reference} is empty", "put the secret there")
        if _CONTROL.search(secret):
            raise SecretError(
                f"the secret {self.reference} holds a line break or another control character",
                "keep the secret on one line",
            )
        remember(secret)
        return secret

    def _follow(self) -> str:
        match self._form:
            case "env":
                return _from_environment(self._target)
            case "file":
                return _from_private_file(Path(self._target))
            case "credential":
                return _from_credential(self._target)
            case "literal":
                if self.is_masked:
                    raise SecretError(
                        f"the secret is only its mask, {MASK}",
                        f"put a reference there: {_EXPECTED}",
                    )
                return self._target

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        same_target = hmac.compare_digest(
            self._target.encode("utf-8", "surrogatepass"),
            other._target.encode("utf-8", "surrogatepass"),
        )
        return self._form == other._form and same_target

    def __hash__(self) -> int:
        return hash((self._form, self._target))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        """Only the reference travels; a literal arrives as its mask and says so when revealed."""
        return Secret, (self.reference,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate from text, and dump as the reference."""
        return core_schema.with_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda secret: secret.reference, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Text, which editors can tell from other text by its format."""
        return {"type": "string", "format": "secret", "examples": ["env:NAME", "file:PATH"]}

    @classmethod
    def _validate(cls, value: object, info: ValidationInfo) -> Secret:
        if isinstance(value, Secret):
            return value
        if not isinstance(value, str):
            raise Mistake("is not text", _EXPECTED)
        reading = info.context if isinstance(info.context, Reading) else None
        secret = cls(value, reading.folder if reading else None)
        if reading and reading.resolve and not (secret.is_masked or secret.is_elsewhere):
            try:
                secret.reveal()
            except SecretError as error:
                raise Mistake(str(error), mend=error.hint) from None
        return secret


def _read_reference(written: str, folder: Path | None) -> tuple[_Form, str]:
    if not written.strip():
        raise Mistake("is empty", _EXPECTED)
    found = _LOOKS_LIKE_REFERENCE.fullmatch(written)
    if found is None:
        return "literal", written
    form, target = found[1].lower(), found[2].strip()
    if not written.startswith(f"{form}:"):
        # Taken literally it would be sent as a password, and fail for no visible reason.
        raise Mistake("looks like a reference but is none", _EXPECTED, f"begin with {form}:")
    if form == "env" and _ENV_NAME.fullmatch(target):
        return "env", target
    if form == "credential" and _CREDENTIAL_NAME.fullmatch(target):
        return "credential", target
    if form == "file" and target:
        return "file", str(beside(folder, target))
    raise Mistake(f"names nothing after {form}:", _EXPECTED)


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise SecretError(
            f"the environment variable {name} is not set",
            f"export {name} before the engine starts, or use a file: reference",
        )
    return value


def _from_credential(name: str) -> str:
    folder = os.environ.get(CREDENTIALS_DIRECTORY)
    if not folder:
        raise SecretError(
            f"the credential {name} can only be read in a systemd service",
            f"add LoadCredential={name}:PATH to the unit, or use a file: reference",
        )
    # No look at the mode: systemd grants access by ACL, which shows as group bits.
    return _decode(Path(folder) / name, _read(Path(folder) / name)[0])


def _from_private_file(path: Path) -> str:
    data, status = _read(path)
    if status.st_uid not in (os.geteuid(), 0):
        raise SecretError(f"the secret file {path} belongs to somebody else", f"chown it: {path}")
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(status.st_mode)
        raise SecretError(
            f"the secret file {path} is open to others (mode {mode:04o})", f"chmod 600 {path}"
        )
    return _decode(path, data)


def _read(path: Path) -> tuple[bytes, os.stat_result]:
    """The start of a file and the status of exactly that file."""
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        _refuse(path, error)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SecretError(f"the secret {path} is no plain file", "name a file that holds it")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(_LARGEST_BYTES + 1), status
    except OSError as error:
        _refuse(path, error)
    finally:
        os.close(descriptor)


def _refuse(path: Path, error: OSError) -> NoReturn:
    raise SecretError(
        f"the secret file {path} cannot be read: {error.strerror}",
        "create it with mode 0600, owned by the user the engine runs as",
    ) from None


def _decode(path: Path, data: bytes) -> str:
    if len(data) > _LARGEST_BYTES:
        raise SecretError(f"the secret file {path} is too large", "it holds the secret alone")
    try:
        return data.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        # Raised below, not here: the decoding error holds the secret, and would hang on to ours.
        pass
    raise SecretError(f"the secret file {path} is not UTF-8 text", "write the secret as text")
