"""`help`: the catalog itself, one command, or the keys of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.spec import (
    Argument,
    ArgumentKind,
    Arguments,
    CommandSpec,
    Danger,
    command,
    words,
)

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_TOPIC = Argument(
    ArgumentKind.TOPIC,
    "COMMAND|keys",
    choices={"keys": words("keys key touches touche raccourcis shortcuts")},
)
_CARE = {
    Danger.NONE: "",
    Danger.SPELLED_OUT: "It runs only when command and service are typed in full.",
    Danger.CONFIRMED: "It runs only when typed in full, and asks first.",
}


@command(
    "help",
    en="commands ?",
    fr="aide commandes",
    arguments=(_TOPIC,),
    fillers="how use comment utiliser",
)
def help_(context: Context, given: Arguments) -> Answer:
    """Show the commands, one of them, or the keys."""
    if given.topic == "keys":
        return _keys(context)
    if given.topic:
        return _one(next(spec for spec in _catalog() if spec.name == given.topic))
    specs = _catalog()
    return Answer(
        title="Type a command in English or in French; unneeded words are ignored.",
        lines=("`help COMMAND` tells more of one, `help keys` of the screen's keys.",),
        table=Table(
            ("COMMAND", "WHAT IT DOES"), tuple((spec.usage, spec.summary) for spec in specs)
        ),
        data={"commands": [_spec_data(spec) for spec in specs]},
    )


def _catalog() -> tuple[CommandSpec, ...]:
    # Imported when it is asked for: the catalog imports this module.
    from sentinel_tui.commands.catalog import CATALOG

    return CATALOG


def _one(spec: CommandSpec) -> Answer:
    care = _CARE[spec.danger]
    return Answer(
        title=spec.usage,
        lines=(
            f"{spec.summary}.",
            f"English: {', '.join(spec.words_en)}",
            f"French: {', '.join(spec.words_fr)}",
            *((care,) if care else ()),
        ),
        data=_spec_data(spec),
    )


def _keys(context: Context) -> Answer:
    if not context.keys:
        return Answer(title="The keys of the screen are shown by ? on the screen.")
    return Answer(
        title="The keys of the screen; change one under [keys] in the configuration by its id.",
        table=Table(
            ("KEYS", "ID", "WHAT IT DOES"),
            tuple((key.keys, key.id, key.does) for key in context.keys),
        ),
        data={"keys": [{"id": key.id, "keys": key.keys, "does": key.does} for key in context.keys]},
    )


def _spec_data(spec: CommandSpec) -> dict[str, object]:
    return {
        "name": spec.name,
        "usage": spec.usage,
        "summary": spec.summary,
        "words_en": list(spec.words_en),
        "words_fr": list(spec.words_fr),
        "danger": spec.danger.name.lower(),
    }
