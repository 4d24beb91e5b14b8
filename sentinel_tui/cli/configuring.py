"""`sentinel init` and `sentinel config`: writing the configuration, and looking at it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from sentinel_tui.cli.output import json_option, print_json, print_text, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.commands.discovering import RENDER_KEY
from sentinel_tui.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from sentinel_tui.config.problems import Problem


@click.command("init")
@click.argument("names", nargs=-1, metavar="[URL...]")
@click.option("--render", is_flag=True, help="Take over services of a Render workspace, by name.")
@click.option(
    "--render-key",
    metavar="REFERENCE",
    default=f"env:{RENDER_KEY}",
    show_default=True,
    help="Where Render's API key is: env:NAME, file:PATH or credential:NAME.",
)
@click.option("--render-api", hidden=True, help="A stand-in for Render's API.")
@click.pass_obj
def init(
    session: Session, names: tuple[str, ...], render: bool, render_key: str, render_api: str | None
) -> int:
    """Write a first configuration; without URLs, ask for them."""
    from sentinel_tui.config.starter import starter_file, starter_for, write_starter

    session.need_to_change()
    if session.paths.config.exists():
        raise ConfigError(
            f"there is a configuration at {session.paths.config} already",
            "edit it, or name another place with --config",
        )
    if render or (not names and _would_rather_ask_render()):
        from sentinel_tui.cli.discovering import chosen_of_render

        text = starter_for(chosen_of_render(render_key, names, api=render_api))
    else:
        text = starter_file(names or _ask_for_urls())
    write_starter(session.paths.config, text)
    print_text(str(session.paths.config))
    tell("Written. `sentinel` opens the dashboard and starts watching.")
    return 0


@click.group("config")
def config() -> None:
    """Look at the configuration."""


@config.command("path")
@click.pass_obj
def config_path(session: Session) -> int:
    """Print where the configuration is."""
    print_text(str(session.paths.config))
    return 0


@config.command("check")
@json_option
@click.pass_obj
def config_check(session: Session, json: bool) -> int:
    """Print every mistake in the configuration, with its line and what was expected."""
    from sentinel_tui.config.loader import load
    from sentinel_tui.config.problems import ConfigInvalid

    try:
        loaded = load(session.paths.config)
    except ConfigInvalid as error:
        return _print_problems(error.problems, (), error.exit_code, json=json)
    return _print_problems((), loaded.warnings, 0, json=json)


@config.command("show")
@click.pass_obj
def config_show(session: Session) -> int:
    """Print the configuration with every option and every secret masked."""
    from sentinel_tui.config.loader import load
    from sentinel_tui.config.reference import masked_toml

    print_text(masked_toml(load(session.paths.config, resolve=False).config))
    return 0


@config.command("schema")
def config_schema() -> int:
    """Print the JSON Schema of the configuration, for editors."""
    from sentinel_tui.config.reference import json_schema

    print_json(json_schema())
    return 0


def _would_rather_ask_render() -> bool:
    """Whether somebody with a Render key wants its services taken over instead of typing URLs."""
    if RENDER_KEY not in os.environ or not sys.stdin.isatty():
        return False
    tell(f"{RENDER_KEY} is set, so Render can say what there is.")
    return click.confirm("Take services of your Render workspace over", default=True, err=True)


def _ask_for_urls() -> list[str]:
    from sentinel_tui.config.starter import starter_file

    if not sys.stdin.isatty():
        raise UsageError("nothing to watch was named", "name it: sentinel init https://example.org")
    urls: list[str] = []
    while True:
        question = "Another one, or nothing" if urls else "A URL to watch"
        text = click.prompt(question, default="", show_default=False, err=True)
        if not text.strip():
            break
        try:
            starter_file([text])
        except UsageError as error:
            tell(f"{error}; {error.hint}")
        else:
            urls.append(text)
    if not urls:
        raise click.Abort
    return urls


def _print_problems(
    mistakes: tuple[Problem, ...], warnings: tuple[Problem, ...], exit_code: int, *, json: bool
) -> int:
    if json:
        print_json(
            {
                "mistakes": [_problem_data(one) for one in mistakes],
                "warnings": [_problem_data(one) for one in warnings],
                "exit_code": exit_code,
            }
        )
        return exit_code
    for mistake in mistakes:
        print_text(str(mistake))
    for warning in warnings:
        print_text(f"warning: {warning}")
    if not mistakes:
        print_text("The configuration is right.")
    return exit_code


def _problem_data(problem: Problem) -> dict[str, Any]:
    return {
        "file": str(problem.file),
        "line": problem.line,
        "key": problem.key,
        "message": problem.message,
        "expected": problem.expected,
        "mend": problem.mend,
    }
