"""The configuration of the demo, commented for whoever wants to learn from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MARK = "# Sentinel's demo."
"""How the file begins. What does not begin so is somebody's own and never overwritten."""

INBOX_URL, INBOX_SECRET = "inbox.url", "inbox.secret"
"""Files in the demo's folder: where webhooks are taken, and what they are signed with."""

RENDER_KEY = "render.key"
"""The file in the demo's folder that holds the key of its platform."""

INGEST_TOKEN = "ingest.token"  # noqa: S105 (the name of a file)
"""The file in the demo's folder that holds what its players are known by."""

VIEWING_SINCE = "viewing.since"
"""The file in the demo's folder that says when people began to watch films in it."""

_TEXT = (
    MARK
    + """ Written anew at each start of `sentinel demo`; changes are lost.
# It watches three small services on this machine. Break one from another terminal:
#
#     sentinel demo --break public --how hang --for 60s
#
# or cut the network between the services and Sentinel, which is no service's fault:
#
#     sentinel demo --break network --how cut --for 60s
#
# or let nobody be at home where alerts go:
#
#     sentinel demo --break inbox --how refuse --for 60s
#
# or have nobody know how many watch what:
#
#     sentinel demo --break bunny --how 500 --for 5m
#
# or have somebody deploy what does not work, so that a restart does not help (after a quarter of an
# hour, when Sentinel has seen the deploy before it healthy for ten minutes, it asks to go back):
#
#     sentinel demo --break public --how deploy
#
# Everything is quicker than one would have it in earnest, so that a few minutes show a lot.

# Whom Sentinel asks before it believes that a service failed: if too few of these answer either,
# the fault is on its own side. Left out, they are your gateway and three well-known addresses.
[network]
witnesses = {witnesses}
quorum = 2

# Where alerts go. This one is a webhook that the demo's own inbox takes; `sentinel notify` shows
# what was told. Others are ntfy, smtp, command, terminal, and a hundred more through apprise.
# Both its address and its key let others write to the inbox, so they lie in files of their own.
[[channels]]
name = "inbox"
kind = "webhook"
url = {inbox_url}
secret = {inbox_secret}
allow_private = true

[notifications]
wait_critical = "5s"
wait_warning = "10s"
update_every = "30s"

# Where the services live: a look-alike of Render on this machine. Its free services share so few
# hours a month that they cannot all be kept awake; `sentinel plan` says when they are, and why.
[render]
key = {render_key}
api = {render_api}
poll = "10s"
budget_hours = {hours}
status_url = {render_status}

# Where the videos are: a look-alike of Bunny Stream on this machine. Its previews are open to all,
# its courses to who paid. People watch them as this machine's clock goes on, and the previews only
# while the public site works.
[videos]
poll_cron = "* * * * *"
study_cron = "*/3 * * * *"
requests_per_s = 10

{libraries}
# Where players tell who watches what, so that Sentinel need not guess. Pages would post there; here
# the demo does. `curl http://{listen}/healthz` says whether it works.
[ingest]
listen = {ingest_listen}

[[ingest.sources]]
name = "players"
token = {ingest_token}
scopes = ["views", "read"]
per_s = 500
burst = 2000

# What Sentinel may do by itself. It restarts the public site when that is down, asks before it goes
# back to an earlier deploy, and only suggests everything else.
[autonomy]
heal = true

[[autonomy.rules]]
services = ["public"]
verb = "restart"
level = "auto"
per_hour = 12
per_day = 200
cooldown = "1m"

[[autonomy.rules]]
services = ["public"]
verb = "rollback"
level = "confirm"

# A service on a free plan: it sleeps after 90 seconds without traffic and takes some seconds to
# wake. Sentinel wakes it when it expects people; now and then its platform stops it all the same.
[[services]]
id = "curator"
name = "Curator"
role = "curator"
render_service_id = {curator_id}
tags = ["demo"]
sleeps = {{ after = "90s", expected_wake = "8s", wake_every = "60s", wake_timeout = "60s" }}
thresholds = {{ burst = ["2s", "4s"], confirm_cycles = 2, recover_after = "15s" }}

[[services.checks]]
kind = "http"
name = "health"
url = "{curator}"
interval = "5s"
timeout = "3s"
max_latency = "1s"
json = [{{ path = "status", is = "ok" }}]

# As slow as the time of its short day makes it, and sometimes slower than it may be: DEGRADED.
[[services]]
id = "monetizer"
name = "Monetizer"
role = "monetizer"
render_service_id = {monetizer_id}
tags = ["demo"]
thresholds = {{ burst = ["2s", "4s"], confirm_cycles = 2, recover_after = "15s", fast_cycles = 3 }}

[[services.checks]]
kind = "http"
name = "health"
url = "{monetizer}"
interval = "5s"
timeout = "3s"
max_latency = "1s"
json = [{{ path = "status", is = "ok" }}]

# Healthy, except when it is not: every few minutes it answers errors, refuses connections or hangs.
[[services]]
id = "public"
name = "Public site"
role = "public"
render_service_id = {public_id}
tags = ["demo"]
thresholds = {{ burst = ["2s", "4s"], confirm_cycles = 2, recover_after = "15s" }}

[[services.checks]]
kind = "http"
name = "health"
url = "{public}"
interval = "5s"
timeout = "3s"
max_latency = "1s"
json = [{{ path = "status", is = "ok" }}]

# Sentinel itself: its engine reports in, and silence would be the failure.
[[services]]
id = "sentinel"
name = "Sentinel"
tags = ["demo"]

[[services.checks]]
kind = "heartbeat"
every = "30s"
grace = "30s"
"""
)


_LIBRARY = """\
[[videos.libraries]]
name = {name}
role = {role}
bunny_id = {id}
key = {key}
api = {api}
"""


def library_key(name: str) -> str:
    """The file in the demo's folder that holds the read-only key of a library."""
    return f"bunny-{name}.key"


def demo_config(world: Mapping[str, Any], folder: Path) -> str:
    """The TOML text that watches a world.

    Args:
        world: What the sandbox says of itself: the `urls` of its services, its `witnesses`; of
            `render` the `url` of its API, the `status_url`, its ids of the `services` by their
            names and the `hours` a month that its free services share; of `bunny` the `url` of its
            API and its `libraries`; and where players report, `ingest`.
        folder: Holds the files with addresses and keys that are secret.
    """
    render = world["render"]
    return _TEXT.format(
        **world["urls"],
        **{f"{name}_id": _quoted(host_id) for name, host_id in render["services"].items()},
        witnesses=_quoted(list(world["witnesses"])),
        inbox_url=_file(folder, INBOX_URL),
        inbox_secret=_file(folder, INBOX_SECRET),
        render_api=_quoted(render["url"]),
        render_status=_quoted(render["status_url"]),
        render_key=_file(folder, RENDER_KEY),
        hours=render["hours"],
        libraries="\n".join(_libraries(world["bunny"], folder)),
        listen=world["ingest"]["listen"],
        ingest_listen=_quoted(world["ingest"]["listen"]),
        ingest_token=_file(folder, INGEST_TOKEN),
    )


def _libraries(bunny: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """A table of each library."""
    for one in bunny["libraries"]:
        yield _LIBRARY.format(
            name=_quoted(one["name"]),
            role=_quoted(one["role"]),
            id=one["id"],
            key=_file(folder, library_key(one["name"])),
            api=_quoted(bunny["url"]),
        )


def _file(folder: Path, name: str) -> str:
    """A reference to a file in the demo's folder."""
    return _quoted(f"file:{folder / name}")


def _quoted(value: str | list[str]) -> str:
    """Text, or a list of texts, as TOML writes it: as JSON does, as long as nothing is escaped."""
    return json.dumps(value, ensure_ascii=False)
