"""`sentinel`: the way in. What must be quick is answered before the command line is imported."""

from __future__ import annotations

import os
import sys

from sentinel_tui import __version__


def main() -> int:
    """Run the command line.

    Returns:
        What the process should exit with.
    """
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        return _tell_version()
    if not arguments:
        return _open_screen()
    from sentinel_tui.cli import main as run_command_line

    return run_command_line(arguments)


def _open_screen() -> int:
    """Open the dashboard, without the command line that it does not need to be seen."""
    from sentinel_tui.errors import SentinelError
    from sentinel_tui.paths import default_paths
    from sentinel_tui.tui.run import run

    try:
        return run(default_paths())
    except SentinelError as error:
        from sentinel_tui.cli.entry import fail

        return fail(error, [])


def _tell_version() -> int:
    try:
        sys.stdout.write(f"sentinel {__version__}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody listens any more; the interpreter must not try once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
