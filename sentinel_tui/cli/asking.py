"""The commands of the catalog on the command line, and `sentinel run "free text"`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from sentinel_tui.cli.output import json_option, print_answer, print_text, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.commands.catalog import CATALOG
from sentinel_tui.commands.confirming import Question, asks_first, question_for
from sentinel_tui.commands.context import Context, run
from sentinel_tui.commands.parser import parse, parse_arguments
from sentinel_tui.commands.reading import Invocation, Suggestion
from sentinel_tui.commands.spec import ArgumentKind, CommandSpec, Danger
from sentinel_tui.errors import SentinelError, UsageError

_YES = "yes"
"""What `--yes` alone stands for."""

_yes_option = click.Option(
    ["--yes", "yes"],
    is_flag=False,
    flag_value=_YES,
    metavar="[NAME]",
    help="Do not ask first; where a name would have to be typed, give it here.",
)
_format_option = click.Option(
    ["--format", "style"], type=click.Choice(["text", "md"]), help="md: a page in Markdown."
)
_dry_run_option = click.Option(
    ["--dry-run", "dry_run"], is_flag=True, help="Go through all checks, and change nothing."
)
_FREE_TEXT = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""For commands whose text may hold what looks like an option: `note 7 see df -h`."""


HAND_MADE = frozenset({"plan", "freeze", "video"})
"""Commands of the catalog that the command line offers with more than the catalog knows."""


def catalog_commands() -> list[click.Command]:
    """A click command for each command of the catalog but those of `HAND_MADE`."""
    return [_click_command(spec) for spec in CATALOG if spec.name not in HAND_MADE]


def catalog_help(spec: CommandSpec) -> str:
    """What `--help` says of a command of the catalog."""
    words = f"English: {', '.join(spec.words_en)}\n\nFrench: {', '.join(spec.words_fr)}"
    return f"{spec.summary}.\n\n{words}"


@click.command("run")
@click.argument("words", nargs=-1, metavar="TEXT")
@json_option
@click.pass_obj
def run_text(session: Session, words: tuple[str, ...], yes: str | None, json: bool) -> int:
    """Run a line as the console takes it: "montre moi les alertes"."""
    if not words and yes not in (None, _YES):
        # `run --yes "restart public"`: the option took the line that was meant to follow it.
        words, yes = (str(yes),), _YES
    with session.context() as context:
        read = parse(" ".join(words), session.service_ids(context))
        return answer(session, read, context, yes=yes, json=json)


run_text.params.append(_yes_option)


def _click_command(spec: CommandSpec) -> click.Command:
    params: list[click.Parameter] = []
    if spec.arguments or spec.fillers:
        metavar = spec.usage.removeprefix(spec.name).strip()
        params.append(click.Argument(["words"], nargs=-1, metavar=metavar))
    params.append(click.Option(["--json", "json"], is_flag=True, help="Answer as JSON."))
    if spec.danger is Danger.CONFIRMED:
        params.append(_yes_option)
    if spec.argument(ArgumentKind.DRY_RUN) is not None:
        params.append(_dry_run_option)
    if spec.markdown is not None:
        params.append(_format_option)

    @click.pass_obj
    def call(
        session: Session,
        json: bool,
        words: tuple[str, ...] = (),
        yes: str | None = None,
        dry_run: bool = False,
        style: str | None = None,
    ) -> int:
        with session.context() as context:
            services = session.service_ids(context)
            given = (*words, "dry-run") if dry_run else words
            read = parse_arguments(spec, given, services)
            if isinstance(read, Suggestion) and yes not in (None, _YES):
                # `restart --yes public`: the option took the word that was meant to follow it.
                read = parse_arguments(spec, (str(yes), *given), services)
                yes = yes if yes in services else _YES
            if style == "md":
                return _print_markdown(read, context)
            return answer(session, read, context, yes=yes, json=json)

    return click.Command(
        spec.name,
        callback=call,
        params=params,
        context_settings=_FREE_TEXT if spec.argument(ArgumentKind.TEXT) else {},
        help=catalog_help(spec),
        short_help=f"{spec.summary}.",
    )


def answer(
    session: Session,
    read: Invocation | Suggestion,
    context: Context,
    *,
    yes: str | None = None,
    json: bool = False,
) -> int:
    """Run what was read and print what it answers; returns the exit code.

    Args:
        session: This run.
        read: What was asked for.
        context: What commands work with.
        yes: What stands in for the answer to the question that may come first, or None.
        json: Whether a program reads the answer.

    Raises:
        SentinelError: It was not understood, not confirmed, or could not be done.
    """
    if isinstance(read, Suggestion):
        raise read.as_error()
    if read.acts:
        session.need_to_change()
    if asks_first(read):
        _need_somebody(read, yes)
    if read.acts:
        session.need_engine()
    if asks_first(read):
        _confirm(read, question_for(read, context), yes)
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


def _need_somebody(read: Invocation, yes: str | None) -> None:
    if yes is None and not sys.stdin.isatty():
        raise UsageError(f"“{read.text}” asks first, and nobody is there", "say yes with: --yes")


def _confirm(read: Invocation, question: Question, yes: str | None) -> None:
    """Have somebody say yes, or type the name of what is at stake.

    Raises:
        UsageError: `--yes` was given without that name, or with another one.
        SentinelError: The answer was no.
    """
    if yes is not None:
        _check_given(read, question, yes)
        return
    for line in question.lines:
        tell(line)
    if question.typed:
        typed = click.prompt(
            f"{question.title} Type {question.typed} to do it",
            default="",
            show_default=False,
            err=True,
        )
        agreed = typed.strip() == question.typed
    else:
        agreed = click.confirm(question.title, err=True)
    if not agreed:
        raise SentinelError("nothing was done")


def _check_given(read: Invocation, question: Question, yes: str) -> None:
    if yes == question.typed or (yes == _YES and not question.typed):
        return
    if question.typed:
        raise UsageError(
            f"“{read.text}” is dangerous: {' '.join(question.lines)}",
            f"name what it is done to: --yes {question.typed}",
        )
    if yes != read.arguments.service:
        raise UsageError(f"“{read.text}” is not about {yes}", "say yes with: --yes")


def _with_keys(context: Context, session: Session) -> Context:
    from sentinel_tui.tui.keymap import help_keys

    return replace(context, keys=help_keys(session.config.keys if session.config else {}))
