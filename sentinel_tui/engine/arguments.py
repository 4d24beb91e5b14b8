"""The arguments of a request, taken out with the type they must have."""

from __future__ import annotations

from typing import overload

from sentinel_tui.engine.control import Request
from sentinel_tui.errors import UsageError

_LARGEST_NUMBER = 2**53


class Arguments:
    """What a request says besides its verb.

    Attributes:
        source: Who asks.
        key: What makes the request unique, or empty.
    """

    def __init__(self, request: Request) -> None:
        self.source = request.source
        self.key = request.key
        self._verb = request.verb
        self._given = request.arguments

    def expect(self, *names: str) -> None:
        """Refuse whatever has another name.

        Raises:
            UsageError: Something else was given.
        """
        unknown = sorted(set(self._given) - set(names))
        if unknown:
            takes = ", ".join(names) or "no arguments"
            raise UsageError(
                f"{self._verb} does not take {', '.join(unknown)}", f"it takes {takes}"
            )

    def text(self, name: str, default: str | None = None) -> str:
        """A text.

        Raises:
            UsageError: It is missing and has no default, or is no text.
        """
        value = self._given.get(name, default)
        if not isinstance(value, str):
            raise UsageError(f"{self._verb} needs {name}, a text")
        return value

    @overload
    def number(self, name: str) -> int: ...

    @overload
    def number(self, name: str, default: None) -> int | None: ...

    def number(self, name: str, default: int | None = -1) -> int | None:
        """A whole number of zero or more.

        Raises:
            UsageError: It is missing and has no default, or is no such number.
        """
        value = self._given.get(name, default)
        if value is None and default is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"{self._verb} needs {name}, a whole number")
        if not 0 <= value < _LARGEST_NUMBER:
            raise UsageError(f"{self._verb} needs {name}, a number of a sensible size")
        return value

    def amount(self, name: str) -> float:
        """A number of zero or more, whole or not.

        Raises:
            UsageError: It is missing, or is no such number.
        """
        value = self._given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{self._verb} needs {name}, a number")
        if not 0 <= value < _LARGEST_NUMBER:
            raise UsageError(f"{self._verb} needs {name}, a number of a sensible size")
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false.

        Raises:
            UsageError: It is neither.
        """
        value = self._given.get(name, default)
        if not isinstance(value, bool):
            raise UsageError(f"{self._verb} needs {name}, true or false")
        return value

    def items(self, name: str) -> list[object]:
        """A list, of whatever it holds.

        Raises:
            UsageError: It is missing, or is no list.
        """
        value = self._given.get(name)
        if not isinstance(value, list):
            raise UsageError(f"{self._verb} needs {name}, a list")
        return value
