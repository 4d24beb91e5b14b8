"""The configuration of the demo, commented for whoever wants to learn from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MARK = "# Sentinel's demo."
"""How the file begins. What does not begin so is somebody's own and never overwritten."""

INBOX_URL, INBOX_SECRET = "inbox.url", "inbox.secret"
"""Files in the demo's folder: where webhooks are taken, and what they are signed with."""

RENDER_KEY = "render.key"
"""The file in the demo's folder that holds the key of its platform."""

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


def demo_config(
    urls: Mapping[str, str], witnesses: Sequence[str], render: Mapping[str, Any], folder: Path
) -> str:
    """The TOML text that watches services at the given URLs.

    Args:
        urls: Of curator, monetizer and public.
        witnesses: Who can prove that the network is there.
        render: The platform: the `url` of its API, the `status_url`, its ids of the `services` by
            their names, and the `hours` a month that its free services share.
        folder: Holds the files that say where the inbox is, and the key of the platform.
    """
    return _TEXT.format(
        **urls,
        **{f"{name}_id": _quoted(host_id) for name, host_id in render["services"].items()},
        witnesses=_quoted(list(witnesses)),
        inbox_url=_quoted(f"file:{folder / INBOX_URL}"),
        inbox_secret=_quoted(f"file:{folder / INBOX_SECRET}"),
        render_api=_quoted(render["url"]),
        render_status=_quoted(render["status_url"]),
        render_key=_quoted(f"file:{folder / RENDER_KEY}"),
        hours=render["hours"],
    )


def _quoted(value: str | list[str]) -> str:
    """Text, or a list of texts, as TOML writes it: as JSON does, as long as nothing is escaped."""
    return json.dumps(value, ensure_ascii=False)
