"""The commands of the catalog as the console needs them: to complete, and which ask first."""

from __future__ import annotations

from collections.abc import Sequence


def completions(services: Sequence[str]) -> list[str]:
    """Lines that can be typed: each command, and where it takes a service, one for each."""
    # Imported here and below: no command is needed before somebody types one.
    from sentinel_tui.commands.catalog import CATALOG
    from sentinel_tui.commands.spec import ArgumentKind

    lines = [spec.name for spec in CATALOG]
    lines += [
        f"{spec.name} {service}"
        for spec in CATALOG
        if spec.argument(ArgumentKind.SERVICE) is not None
        for service in services
    ]
    return lines


def must_ask_before(text: str, services: Sequence[str]) -> bool:
    """Whether a typed line may only run after a question."""
    from sentinel_tui.commands.confirming import asks_first
    from sentinel_tui.commands.parser import parse
    from sentinel_tui.commands.reading import Invocation

    read = parse(text, services)
    return isinstance(read, Invocation) and asks_first(read)
