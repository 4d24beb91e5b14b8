"""The commands of the catalog on the command line, and `sentinel run "free text"`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from sentinel_tui.cli.output import json_option, print_answer, print_text, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.commands.catalog import CATALOG
from sentinel_tui.commands.context import Context, run
from sentinel_tui.commands.parser import parse, parse_arguments
from sentinel_tui.commands.reading import Invocation, Suggestion
from sentinel_tui.commands.spec import ArgumentKind, CommandSpec, Danger
from sentinel_tui.errors import SentinelError, UsageError

_yes_option = click.Option(["--yes"], is_flag=True, help="Do not ask first.")
_format_option = click.Option(
    ["--format", "style"], type=click.Choice(["text", "md"]), help="md: a page in Markdown."
)
_FREE_TEXT = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""For commands whose text may hold what looks like an option: `note 7 see df -h`."""


def catalog_commands() -> list[click.Command]:
    """A click command for each command of the catalog."""
    return [_click_command(spec) for spec in CATALOG]


@click.command("run")
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@json_option
@click.pass_obj
def run_text(session: Session, words: tuple[str, ...], yes: bool, json: bool) -> int:
    """Run a line as the console takes it: "montre moi les alertes"."""
    with session.context() as context:
        read = parse(" ".join(words), session.service_ids(context))
        return _answer(session, read, context, yes=yes, json=json)


def _click_command(spec: CommandSpec) -> click.Command:
    params: list[click.Parameter] = []
    if spec.arguments:
        metavar = spec.usage.removeprefix(f"{spec.name} ")
        params.append(click.Argument(["words"], nargs=-1, metavar=metavar))
    params.append(click.Option(["--json", "json"], is_flag=True, help="Answer as JSON."))
    if spec.danger is Danger.CONFIRMED:
        params.append(_yes_option)
    if spec.markdown is not None:
        params.append(_format_option)

    @click.pass_obj
    def call(
        session: Session,
        json: bool,
        words: tuple[str, ...] = (),
        yes: bool = False,
        style: str | None = None,
    ) -> int:
        with session.context() as context:
            read = parse_arguments(spec, words, session.service_ids(context))
            if style == "md":
                return _print_markdown(read, context)
            return _answer(session, read, context, yes=yes, json=json)

    words = f"English: {', '.join(spec.words_en)}\n\nFrench: {', '.join(spec.words_fr)}"
    return click.Command(
        spec.name,
        callback=call,
        params=params,
        context_settings=_FREE_TEXT if spec.argument(ArgumentKind.TEXT) else {},
        help=f"{spec.summary}.\n\n{words}",
        short_help=f"{spec.summary}.",
    )


def _answer(
    session: Session, read: Invocation | Suggestion, context: Context, *, yes: bool, json: bool
) -> int:
    if isinstance(read, Suggestion):
        raise read.as_error()
    if read.spec.danger is Danger.CONFIRMED and not yes:
        _confirm(read)
    if read.acts:
        session.need_engine()
    if read.acts and read.spec.waits and sys.stderr.isatty():
        tell(f"Waiting for {read.spec.waits}. Ctrl-C ends the waiting, not what was asked for.")
    if read.arguments.topic == "keys":
        context = _with_keys(context, session)
    return print_answer(run(read, context), json=json)


def _print_markdown(read: Invocation | Suggestion, context: Context) -> int:
    if isinstance(read, Suggestion):
        raise read.as_error()
    if read.spec.markdown is not None:
        print_text(read.spec.markdown(context, read.arguments))
    return 0


def _confirm(read: Invocation) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"“{read.text}” asks first, and nobody is there", "say yes with: --yes")
    if not click.confirm(f"Really {read.text}?", err=True):
        raise SentinelError("nothing was done")


def _with_keys(context: Context, session: Session) -> Context:
    from sentinel_tui.tui.keymap import help_keys

    return replace(context, keys=help_keys(session.config.keys if session.config else {}))
