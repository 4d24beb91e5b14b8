"""`sentinel` itself: the options that hold for every command, and what happens without one."""

from __future__ import annotations

from pathlib import Path

import click

from sentinel_tui import __version__
from sentinel_tui.cli.asking import catalog_commands, run_text
from sentinel_tui.cli.checking import check
from sentinel_tui.cli.configuring import config, init
from sentinel_tui.cli.demonstrating import demo
from sentinel_tui.cli.exporting import export
from sentinel_tui.cli.holding import freeze
from sentinel_tui.cli.planning import plan
from sentinel_tui.cli.replaying import replay
from sentinel_tui.cli.reporting import report
from sentinel_tui.cli.running import beat, engine, service, stop
from sentinel_tui.cli.session import Session
from sentinel_tui.cli.storing import store
from sentinel_tui.cli.tracking import import_events, track
from sentinel_tui.cli.video import video
from sentinel_tui.paths import default_paths

_FILE = click.Path(path_type=Path)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "config_file", type=_FILE, help="The configuration file.")
@click.option("--data-dir", type=_FILE, help="The folder of the store, the log and the socket.")
@click.option("--read-only", is_flag=True, help="Only look: nothing can be changed or started.")
@click.version_option(__version__, "-V", "--version", message="sentinel %(version)s")
@click.pass_context
def sentinel(
    context: click.Context, config_file: Path | None, data_dir: Path | None, read_only: bool
) -> int:
    """Watch over web services. Without a command: open the dashboard.

    Commands that tell something exit with 0 when all is well, 1 when something needs a look or
    nothing is watching, 2 when something is down; errors exit with 3 and up. Data goes to
    standard output, everything else to standard error.
    """
    context.obj = Session(default_paths(config_file, data_dir), read_only)
    return _open_screen(context.obj) if context.invoked_subcommand is None else 0


def _open_screen(session: Session) -> int:
    from sentinel_tui.tui.run import run

    return run(session.paths, read_only=session.read_only)


for _command in [*catalog_commands(), plan, freeze, run_text, check, init, config, store]:
    sentinel.add_command(_command)
for _command in [track, import_events]:
    sentinel.add_command(_command)
for _command in [engine, stop, service, beat, demo, report, export, replay, video]:
    sentinel.add_command(_command)
