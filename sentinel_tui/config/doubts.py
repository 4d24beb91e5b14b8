"""What works but had better be otherwise: secrets in clear, and words that match nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from pydantic import BaseModel

from sentinel_tui.config.ingest import UNIX
from sentinel_tui.config.model import Config
from sentinel_tui.config.positions import Path
from sentinel_tui.config.problems import Wording, suggestion
from sentinel_tui.config.redaction import SHORTEST_REDACTED
from sentinel_tui.config.secrets import Secret

Finding = tuple[Path, Wording]

_WITHOUT_PLATFORM = ("*", "wake")
_EPHEMERAL = 32_768
"""From this port on, the system hands ports out to whatever connects somewhere."""
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
    yield from _out_of_reach(config)
    yield from _automatic_in_name_only(config)
    yield from _one_key_for_two(config)
    yield from _where_it_listens(config)


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
    matchers: list[tuple[Path, str]] = [
        (("channels", n), one.match) for n, one in enumerate(config.channels)
    ]
    matchers += [(("maintenance", n), one.match) for n, one in enumerate(config.maintenance)]
    rules = config.autonomy.rules
    matchers += [(("autonomy", "rules", n), one.match) for n, one in enumerate(rules)]
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


def _out_of_reach(config: Config) -> Iterator[Finding]:
    """What only the platform could do, where it cannot be asked."""
    for number, service in enumerate(config.services):
        if service.deploy is not None and not service.render_service_id:
            wording = Wording("cannot be deployed", "", "set render_service_id of the service too")
            yield ("services", number, "deploy"), wording
    if config.render.key is not None:
        return
    for number, rule in enumerate(config.autonomy.rules):
        if rule.verb not in _WITHOUT_PLATFORM and rule.level in ("confirm", "auto"):
            wording = Wording("can never be done", "", "set key under [render] too")
            yield ("autonomy", "rules", number, "verb"), wording


def _automatic_in_name_only(config: Config) -> Iterator[Finding]:
    """Automatic deploys that no rule allows."""
    automatic = [
        (number, one)
        for number, one in enumerate(config.services)
        if one.deploy is not None and one.deploy.automatic
    ]
    if not automatic:
        return
    # Not imported above: few let deploys be automatic.
    from sentinel_tui.config.autonomy import policies_for
    from sentinel_tui.domain.autonomy.policy import Level, Verb

    policies = policies_for(config)
    for number, service in automatic:
        if policies.limits(service.id, service.tags, Verb.DEPLOY).level < Level.CONFIRM:
            mend = 'add an [[autonomy.rules]] with verb = "deploy" and level = "auto"'
            wording = Wording("is only ever suggested", "", mend)
            yield ("services", number, "deploy", "automatic"), wording


def _one_key_for_two(config: Config) -> Iterator[Finding]:
    """Libraries with one key: at Bunny each has its own."""
    seen: set[Secret] = set()
    for number, library in enumerate(config.videos.libraries):
        if library.key is not None and library.key in seen:
            wording = Wording("is another library's key too", "this library's own read-only key")
            yield ("videos", "libraries", number, "key"), wording
        if library.key is not None:
            seen.add(library.key)


def _where_it_listens(config: Config) -> Iterator[Finding]:
    ingest = config.ingest
    if ingest is None:
        return
    place = ("ingest", "listen")
    if not ingest.is_local:
        wording = Wording(
            "can be reached from other machines, and in clear",
            "",
            "listen on 127.0.0.1 and let a reverse proxy with TLS pass requests on",
        )
        yield place, wording
    elif not ingest.listen.startswith(UNIX) and int(ingest.listen.rpartition(":")[2]) >= _EPHEMERAL:
        wording = Wording(
            "may be taken when Sentinel starts: the system gives such ports to other programs",
            f"a port below {_EPHEMERAL}",
        )
        yield place, wording
