"""`sentinel engine`, `stop`, `service` and `beat`: the engine as a process."""

from __future__ import annotations

import click

from sentinel_tui.cli.output import json_option, print_json, print_text, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.cli.stopping import stop_engine
from sentinel_tui.commands.wording import signed
from sentinel_tui.domain.monitoring.states import State

_NEXT_STEPS = """\
Start it now and at every login:
  systemctl --user daemon-reload
  systemctl --user enable --now sentinel
Keep it running while you are logged out:
  loginctl enable-linger"""


@click.command("engine")
@click.option("--foreground", is_flag=True, help="Log to the terminal as well.")
@click.pass_obj
def engine(session: Session, foreground: bool) -> int:
    """Watch, until stopped; the dashboard starts one by itself."""
    session.need_to_change()
    from sentinel_tui.engine.engine import main

    return main(session.paths, foreground=foreground)


@click.command("stop")
@click.pass_obj
def stop(session: Session) -> int:
    """Stop the engine, and wait until it has ended."""
    session.need_to_change()
    if stop_engine(session.client):
        tell("The engine has stopped; nothing is watched any more.")
    else:
        tell("No engine was running.")
    return 0


@click.group("service")
def service() -> None:
    """Have systemd keep the engine running."""


@service.command("print")
@click.pass_obj
def service_print(session: Session) -> int:
    """Print a hardened unit for your own service manager."""
    from sentinel_tui.engine.systemd import unit_text

    print_text(unit_text(session.paths).rstrip("\n"))
    return 0


@service.command("install")
@click.pass_obj
def service_install(session: Session) -> int:
    """Put the unit where your service manager finds it."""
    session.need_to_change()
    from sentinel_tui.engine.systemd import install

    print_text(str(install(session.paths)))
    tell(_NEXT_STEPS)
    return 0


@click.command("beat")
@click.argument("name")
@click.option("--fail", is_flag=True, help="Report a failure instead.")
@click.option("--message", default="", help="What to remember with it.")
@json_option
@click.pass_obj
def beat(session: Session, name: str, fail: bool, message: str, json: bool) -> int:
    """Report in for a service that has a heartbeat check."""
    session.need_engine()
    result = session.client.ask("beat", service=name, ok=not fail, message=message)
    if json:
        print_json({**result, "exit_code": 0})
    else:
        print_text(f"{name} is {signed(State(result['state']))}")
    return 0
