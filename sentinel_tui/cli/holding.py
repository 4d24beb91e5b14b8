"""`sentinel freeze`: the stop that works whatever else does not.

The engine writes it down where one answers or can be started. Where none can, a file in the data
folder says the same; every engine looks for it before it does anything to a service.
"""

from __future__ import annotations

import os

import click

from sentinel_tui.cli.asking import catalog_help
from sentinel_tui.cli.output import json_option, print_answer, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.commands.answers import Answer
from sentinel_tui.commands.catalog import BY_NAME
from sentinel_tui.commands.context import run
from sentinel_tui.commands.freezing import BECAUSE, FROZEN
from sentinel_tui.commands.reading import Invocation
from sentinel_tui.commands.spec import Arguments
from sentinel_tui.errors import SentinelError, StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.text import clean_text

_SPEC = BY_NAME["freeze"]
_MODE = 0o600


@click.command("freeze", help=catalog_help(_SPEC), short_help=f"{_SPEC.summary}.")
@click.argument("words", nargs=-1, metavar="[WHY]")
@json_option
@click.pass_obj
def freeze(session: Session, words: tuple[str, ...], json: bool) -> int:
    """Stop all actions on services at once, even where no engine can be asked."""
    session.need_to_change()
    reason = _reason(words)
    try:
        session.need_engine()
        with session.context() as context:
            answer = run(Invocation(_SPEC, Arguments(text=reason)), context)
    except SentinelError as error:
        tell(f"No engine could be told: {error}")
        answer = _freeze_by_file(session.paths, reason)
    return print_answer(answer, json=json)


def _reason(words: tuple[str, ...]) -> str:
    """The words without the "because" before them: in an emergency nobody knows the grammar."""
    text = list(words)
    while text and text[0].casefold() in BECAUSE:
        text.pop(0)
    return clean_text(" ".join(text))


def _freeze_by_file(paths: Paths, reason: str) -> Answer:
    try:
        paths.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(paths.frozen, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{reason}\n")
    except OSError as error:
        raise StoreError(
            f"cannot write {paths.frozen}: {error.strerror}",
            "no engine could be told either: switch the platform's API key off",
        ) from None
    return Answer(
        title=FROZEN,
        lines=(f"{paths.frozen} says so to every engine; `sentinel unfreeze` takes it away.",),
        data={"frozen": True, "file": str(paths.frozen), "reason": reason},
    )
