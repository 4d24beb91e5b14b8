"""Where the command line writes: data to standard output, words for people to standard error."""

from __future__ import annotations

import shutil
import sys

import click

from sentinel_tui.commands.answers import Answer, as_json, as_text, to_json


def print_text(text: str) -> None:
    """Write data for a person, or for a pipe; what the terminal cannot show becomes `?`."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding))


def print_json(data: object) -> None:
    """Write data for a program."""
    print_text(to_json(data))


def print_answer(answer: Answer, *, json: bool) -> int:
    """Write an answer; returns what the process should exit with."""
    print_text(as_json(answer) if json else as_text(answer, line_width()))
    return answer.exit_code


def tell(text: str) -> None:
    """Say something to whoever sits there, apart from the data."""
    click.echo(text, err=True)


def line_width() -> int | None:
    """The cells of a line of the terminal; None in a pipe, where lines are as long as they come."""
    return shutil.get_terminal_size(fallback=(0, 0)).columns or None


json_option = click.option("--json", "json", is_flag=True, help="Answer as JSON.")
