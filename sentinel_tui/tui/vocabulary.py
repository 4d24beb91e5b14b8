"""The commands of the catalog as the console needs them: to complete them, and to ask before."""

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


def question_before(text: str, services: Sequence[str]) -> str:
    """What must be asked before a typed line may run; empty for most lines."""
    from sentinel_tui.commands.parser import parse
    from sentinel_tui.commands.reading import Invocation
    from sentinel_tui.commands.spec import Danger

    read = parse(text, services)
    if isinstance(read, Invocation) and read.spec.danger is Danger.CONFIRMED:
        return f"{read.text.capitalize()}?"
    return ""
