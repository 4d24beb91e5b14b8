"""`sentinel demo`: a small real world on this machine, watched by the real engine."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

import click

from sentinel_tui.cli.output import print_text, tell
from sentinel_tui.cli.stopping import stop_engine
from sentinel_tui.client import Client
from sentinel_tui.errors import UsageError
from sentinel_tui.paths import Paths, demo_paths
from sentinel_tui.text import parse_duration_s

if TYPE_CHECKING:
    from sentinel_tui.sandbox.demo import DemoHandle


@click.command("demo")
@click.option("--fresh", is_flag=True, help="Forget what an earlier demo recorded.")
@click.option("--no-screen", is_flag=True, help="Run without the dashboard, until Ctrl-C.")
@click.option(
    "--break", "broken", metavar="SERVICE", help="Break a service, network, inbox, render or bunny."
)
@click.option("--how", default="500", help="500, refuse, hang, slow, drip, sleep, deploy, …")
@click.option("--for", "lasts", default="60s", show_default=True, help="For how long.")
@click.pass_context
def demo(
    context: click.Context, fresh: bool, no_screen: bool, broken: str | None, how: str, lasts: str
) -> int:
    """Watch a small world of services made for trying things out."""
    _refuse_other_files(context)
    context.obj.need_to_change()
    paths = demo_paths()
    if broken is not None:
        return _break(paths, broken, how, lasts)
    if not no_screen and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the screen needs a terminal", "without one: sentinel demo --no-screen")
    from sentinel_tui.sandbox.demo import start_demo

    with start_demo(paths, fresh=fresh) as handle:
        try:
            return _without_screen(handle) if no_screen else _with_screen(handle)
        finally:
            # With the world gone there is nothing left to watch.
            stop_engine(Client(paths))


def _refuse_other_files(context: click.Context) -> None:
    given = context.parent.params if context.parent else {}
    if given.get("config_file") or given.get("data_dir"):
        raise UsageError(
            "the demo keeps to files of its own", "SENTINEL_DEMO_DIR names another folder for them"
        )


def _break(paths: Paths, service: str, how: str, lasts: str) -> int:
    from sentinel_tui.sandbox.control import break_in

    try:
        for_s = parse_duration_s(lasts)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from None
    print_text(break_in(paths, service, how, for_s))
    return 0


def _with_screen(handle: DemoHandle) -> int:
    from sentinel_tui.tui.run import run

    return run(handle.paths, demo=handle.break_service)


def _without_screen(handle: DemoHandle) -> int:
    """Have the world watched until somebody ends it."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    Client(handle.paths).ensure_engine()
    paths = handle.paths
    tell(
        "The demo runs; Ctrl-C ends it. From another terminal:\n"
        f"  sentinel --config {paths.config} --data-dir {paths.data_dir} status"
    )
    ended.wait()
    return 0
