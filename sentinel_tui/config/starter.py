"""The first configuration: a commented file made from a URL or two."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sentinel_tui.config.base import Mistake
from sentinel_tui.config.hosting import RENDER_DOMAIN
from sentinel_tui.config.toml import toml_text
from sentinel_tui.config.urls import check_http_url
from sentinel_tui.config.values import is_address
from sentinel_tui.errors import ConfigError, UsageError
from sentinel_tui.text import clean_text, fold

_ROLES = ("curator", "monetizer", "public")
_NAMELESS_LABELS = frozenset({"www", "web", "app", "api", "localhost"})
_LONGEST_ID = 40

_HEAD = """\
# What Sentinel watches. The running engine takes changes over as soon as the file is saved.
# `sentinel config check` names every mistake with its line; the README lists every option.
"""

_NO_SERVICE = """\
# [[services]]
# id = "curator"
# url = "https://curator.example.com/health"
"""

_HOURS = """\
# budget_hours = 750        # what a free workspace has a month, for all its services together
# reserve = 10              # percent of it that no plan touches
"""

_SLEEPS = """\

[services.sleeps]           # a free Render service falls asleep without traffic
after = "15m"               # this long after the last request
expected_wake = "60s"       # and takes about this long to come back
# keep_awake = false        # let it sleep; it is then ASLEEP, not DOWN
"""

_TAIL = """\
# More ways to look at a service go below its [[services]]:
#
# [[services.checks]]
# name = "api"
# kind = "http"             # or tcp, dns, tls, heartbeat, icmp
# url = "https://example.com/api/health"
# contains = "ok"
# max_latency = "2s"        # slower is DEGRADED, not DOWN
# bearer = "env:API_TOKEN"  # secrets by reference: env:NAME, file:PATH, credential:NAME

# Who is told when something is down, and how (try it: sentinel notify test phone):
#
# [[channels]]
# name = "phone"
# kind = "ntfy"             # or smtp, webhook, command, terminal, apprise
# topic = "sentinel-a7f3"   # on a public server, choose one that nobody guesses
# least = "critical"        # "warning" tells everything

# What Sentinel may do by itself; without a rule it only suggests:
#
# [[autonomy.rules]]
# verb = "restart"          # or deploy, rollback, scale, plan …; "*" for everything
# level = "confirm"         # asks you first; "auto" does not, "observe" never even suggests

# Your videos at Bunny Stream: which of them work, and why:
#
# [[videos.libraries]]
# name = "previews"
# role = "public"           # or "private" for what is paid for
# bunny_id = 133            # the library's own id and read-only key, not the account's
# key = "env:BUNNY_PREVIEWS_KEY"

# What your players and services tell Sentinel themselves, such as who watched how far:
#
# [ingest]
# listen = "127.0.0.1:8787" # a reverse proxy with TLS stands in front of it
#
# [[ingest.sources]]
# name = "site"
# token = "env:SENTINEL_SITE_TOKEN"
# scopes = ["views"]        # or actions, beats, read

# [display]
# time_zone = "Europe/Paris"
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A service that a platform knows, to be watched.

    Attributes:
        name: What it is called there.
        url: Where it says how it is.
        sleeps: Whether it falls asleep without traffic.
        render_id: Its id in Render, or empty.
        workspace: The id of the workspace it lies in, or empty.
    """

    name: str
    url: str
    sleeps: bool
    render_id: str = ""
    workspace: str = ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a platform was found to hold, and how it is asked again.

    Attributes:
        services: The services that are to be watched.
        key: The reference of the API key.
        api: Where the API is, or empty for its usual place.
    """

    services: tuple[Found, ...]
    key: str
    api: str = ""


def starter_for(discovery: Discovery) -> str:
    """A configuration that watches what a platform knows, with comments that say how to go on.

    Raises:
        UsageError: One of the URLs cannot be requested.
    """
    taken: set[str] = set()
    services = [_found_service(one, taken) for one in discovery.services]
    return "\n".join([_HEAD, _render_table(discovery), *services, _TAIL])


def starter_file(urls: Sequence[str]) -> str:
    """A configuration that watches `urls`, with comments that say how to go on.

    Ids are made from the host names. What lies at onrender.com is taken for a service of the free
    plan, which sleeps.

    Args:
        urls: What to watch; one without a scheme is taken for https. The same one twice is one.

    Raises:
        UsageError: One of them cannot be requested.
    """
    taken: set[str] = set()
    blocks = [_service(url, taken) for url in dict.fromkeys(_full_url(url) for url in urls)]
    return "\n".join([_HEAD, *(blocks or [_NO_SERVICE]), _TAIL])


def write_starter(path: Path, text: str) -> None:
    """Write the first configuration, readable by its owner alone.

    Raises:
        ConfigError: There is a file already, which is never overwritten, or it cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise ConfigError(
            f"there is a configuration at {path} already",
            "edit it, or name another place with --config",
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"the configuration {path} cannot be written: {error.strerror}",
        "name another place with --config or SENTINEL_CONFIG",
    )


def _full_url(written: str) -> str:
    url = written.strip()
    if "://" not in url:
        url = f"https://{url}"
    try:
        return check_http_url(url)
    except Mistake as mistake:
        raise UsageError(
            f"{clean_text(written, 100)!r} {mistake}", f"expected {mistake.expected}"
        ) from None


def _service(url: str, taken: set[str]) -> str:
    host = urlsplit(url).hostname or ""
    identity = _unique(_id_from(host, urlsplit(url).port), taken)
    return _table(identity, url, taken, sleeps=host.endswith(RENDER_DOMAIN))


def _render_table(discovery: Discovery) -> str:
    lines = ["[render]", f"key = {toml_text(discovery.key)}"]
    if discovery.api:
        lines.append(f"api = {toml_text(discovery.api)}")
    workspaces = {one.workspace for one in discovery.services}
    if len(workspaces) == 1 and "" not in workspaces:
        lines.append(f"workspace = {toml_text(workspaces.pop())}")
    return "\n".join(lines) + "\n" + _HOURS


def _found_service(found: Found, taken: set[str]) -> str:
    words = re.findall("[a-z0-9]+", fold(found.name))
    identity = _unique("-".join(words)[:_LONGEST_ID] or "service", taken)
    return _table(
        identity, _full_url(found.url), taken, sleeps=found.sleeps, render_id=found.render_id
    )


def _table(identity: str, url: str, taken: set[str], *, sleeps: bool, render_id: str = "") -> str:
    taken.add(identity)
    lines = ["[[services]]", f"id = {toml_text(identity)}", f"url = {toml_text(url)}"]
    role = next((role for role in _ROLES if role in identity), None)
    if role:
        lines.append(f"role = {toml_text(role)}")
    if render_id:
        lines.append(f"render_service_id = {toml_text(render_id)}")
    return "\n".join(lines) + "\n" + (_SLEEPS if sleeps else "")


def _id_from(host: str, port: int | None) -> str:
    """The part of a host that tells it from others: `curator` of curator.onrender.com."""
    labels = [host] if is_address(host) else host.split(".")
    while len(labels) > 2 and labels[0] in _NAMELESS_LABELS:
        labels = labels[1:]
    words = re.findall("[a-z0-9]+", fold(labels[0]))
    # A machine's own names stand for whatever listens there; only the port tells it.
    if port and (is_address(host) or labels[0] in _NAMELESS_LABELS):
        words.append(str(port))
    return "-".join(words)[:_LONGEST_ID] or "service"


def _unique(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3` … that is free."""
    identity, number = wanted, 1
    while identity in taken:
        number += 1
        identity = f"{wanted[: _LONGEST_ID - 5]}-{number}"
    return identity
