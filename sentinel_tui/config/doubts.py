"""What works but had better be otherwise: secrets in clear, and words that match nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from pydantic import BaseModel

from sentinel_tui.config.model import Config
from sentinel_tui.config.positions import Path
from sentinel_tui.config.problems import Wording, suggestion
from sentinel_tui.config.redaction import SHORTEST_REDACTED
from sentinel_tui.config.secrets import Secret

Finding = tuple[Path, Wording]

_REFERENCES = "credential:NAME, file:PATH or env:NAME"


def find_doubts(config: Config, *, is_open: bool) -> Iterator[Finding]:
    """Every warning a configuration deserves.

    Args:
        config: What was read.
        is_open: Whether others than the owner can read the file.
    """
    secrets = list(secrets_in(config))
    for path, secret in secrets:
        yield from ((path, wording) for wording in _doubts_about(secret))
    if is_open and any(secret.is_literal and not secret.is_masked for _, secret in secrets):
        yield (), Wording("the file holds secrets and others can read it", mend="chmod 600 it")
    yield from _matches_of_nothing(config)
    yield from _channels_never_told(config)


def secrets_in(value: object, path: Path = ()) -> Iterator[tuple[Path, Secret]]:
    """Every secret within a configuration or a part of it, with where the file has it."""
    if isinstance(value, Secret):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from secrets_in(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from secrets_in(member, (*path, key))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from secrets_in(member, (*path, number))


def _doubts_about(secret: Secret) -> Iterator[Wording]:
    if secret.is_masked:
        yield Wording("is only the mask of a secret", _REFERENCES)
    elif secret.is_literal:
        yield Wording("holds a secret in clear", _REFERENCES)
        if len(secret.reveal()) < SHORTEST_REDACTED:
            yield Wording("is too short to be found and hidden in logs", "a longer secret")
    elif secret.is_elsewhere:
        yield Wording(
            f"cannot be tried here: {secret.reference} is known only in the systemd service"
        )


def _matches_of_nothing(config: Config) -> Iterator[Finding]:
    """A service or tag named in a matcher that no service has, most likely misspelt."""
    matchers = [(("channels", n), one.match) for n, one in enumerate(config.channels)]
    matchers += [(("maintenance", n), one.match) for n, one in enumerate(config.maintenance)]
    known = {
        "service": sorted(service.id for service in config.services),
        "tag": sorted({tag for service in config.services for tag in service.tags}),
    }
    for path, match in matchers:
        for kind, pattern in _patterns(match):
            if kind in known and not any(_covers(pattern, name) for name in known[kind]):
                expected = f"one of {', '.join(known[kind])}" if known[kind] else ""
                wording = Wording(
                    f'names the {kind} "{pattern}", which there is not',
                    expected,
                    suggestion(pattern, known[kind]),
                )
                yield (*path, "match"), wording


def _patterns(match: str) -> Iterator[tuple[str, str]]:
    """What a matcher names, by kind: `tag:a,b api` names the tags a and b and the service api."""
    for word in match.split():
        kind, colon, names = word.removeprefix("!").rpartition(":")
        for name in names.split(","):
            yield (kind.casefold() if colon else "service"), name


def _covers(pattern: str, name: str) -> bool:
    literal = pattern.casefold().replace("[", "[[]").replace("?", "[?]")  # only * is a wildcard
    return fnmatchcase(name.casefold(), literal)


def _channels_never_told(config: Config) -> Iterator[Finding]:
    named = {name for step in config.notifications.escalation for name in step.channels}
    for number, channel in enumerate(config.channels):
        if channel.escalation_only and channel.name not in named:
            wording = Wording("is never told", "", "name it in a [[notifications.escalation]]")
            yield ("channels", number, "escalation_only"), wording
