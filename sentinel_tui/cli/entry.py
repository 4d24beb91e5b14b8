"""Runs the command line and turns whatever goes wrong into a message and an exit code."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sentinel_tui.cli.output import print_json, tell
from sentinel_tui.cli.root import sentinel
from sentinel_tui.errors import SentinelError, UsageError

_INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended."""


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: What stands on the command line after the program's name.

    Returns:
        What the process should exit with.
    """
    try:
        code = sentinel.main(list(arguments), prog_name="sentinel", standalone_mode=False)
    except click.Abort:
        return _INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        tell(error.format_message())
        return UsageError.exit_code
    except click.ClickException as error:
        return fail(_from_click(error), arguments)
    except SentinelError as error:
        return fail(error, arguments)
    return code if isinstance(code, int) else 0


def _from_click(error: click.ClickException) -> UsageError:
    command = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        command = error.ctx.command_path
    hint = f"see: {command or 'sentinel'} --help"
    return UsageError(error.format_message(), hint)


def fail(error: SentinelError, arguments: Sequence[str]) -> int:
    """Say what went wrong and how to mend it; returns what the process should exit with."""
    if "--json" in arguments:
        print_json({"error": str(error), "hint": error.hint, "exit_code": error.exit_code})
    else:
        tell(f"sentinel: {error}")
        if error.hint:
            tell(error.hint)
    return error.exit_code
