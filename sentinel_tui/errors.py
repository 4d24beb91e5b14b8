"""The errors Sentinel raises on purpose, each with the exit code a shell sees.

Every message says what is wrong, where, and how to mend it; `hint` holds the mending part so
that a screen can set it apart. The tree is small and meant to be caught by its branches:

    SentinelError            1
    ├── UsageError           64  the command or its arguments are off
    ├── ConfigError          3   the configuration cannot be used
    ├── StoreError           4   the store cannot be opened, read or written
    │   ├── StoreTooNew          written by a newer Sentinel
    │   ├── StoreUnsafe          wrong owner, file system or SQLite library
    │   └── StoreFull            no space left on the device
    ├── EngineError          5   the engine does not answer, or refuses
    │   ├── EngineBusy           another engine holds this store
    │   └── EngineGone           no engine listens on the control socket
    ├── SecretError          6   a secret reference does not resolve
    └── PlatformError        7   a platform's API does not do what it was asked
        ├── PlatformRefused      it said no, and nothing was changed
        ├── PlatformUnsure       nobody knows whether anything was changed
        └── PlatformUnavailable  it was not asked, or does not answer
"""


class SentinelError(Exception):
    """Something Sentinel expected might go wrong did.

    Attributes:
        hint: How to mend it, or an empty string.
        exit_code: What a command that fails with this error exits with.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(SentinelError):
    """A command or its arguments cannot be understood."""

    exit_code = 64


class ConfigError(SentinelError):
    """The configuration cannot be used; the message lists every mistake."""

    exit_code = 3


class StoreError(SentinelError):
    """The store cannot be opened, read or written."""

    exit_code = 4


class StoreTooNew(StoreError):
    """The store was written by a newer Sentinel."""


class StoreUnsafe(StoreError):
    """The store lies where, or is owned so, that it cannot be kept safe."""


class StoreFull(StoreError):
    """The device that holds the store has no space left."""


class EngineError(SentinelError):
    """The engine refuses, or cannot do, what it was asked."""

    exit_code = 5


class EngineBusy(EngineError):
    """Another engine already holds this store."""


class EngineGone(EngineError):
    """No engine listens on the control socket."""


class SecretError(SentinelError):
    """A secret reference does not resolve, or resolves unsafely."""

    exit_code = 6


class PlatformError(SentinelError):
    """A platform's API does not do what it was asked, or answers what cannot be understood."""

    exit_code = 7


class PlatformRefused(PlatformError):
    """The platform said no, and nothing was changed.

    Attributes:
        status: The HTTP status it said it with; 0 where it said it otherwise.
    """

    def __init__(self, message: str, hint: str = "", *, status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class PlatformUnsure(PlatformError):
    """Nobody knows whether the platform did what it was asked: it fell silent, or failed."""


class PlatformUnavailable(PlatformError):
    """The platform was not asked, because it takes no calls now, or gives no proper answer."""
