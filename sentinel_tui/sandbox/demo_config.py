"""The configuration of the demo, commented for whoever wants to learn from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

MARK = "# Sentinel's demo."
"""How the file begins. What does not begin so is somebody's own and never overwritten."""

INBOX_URL, INBOX_SECRET = "inbox.url", "inbox.secret"
"""Files in the demo's folder: where webhooks are taken, and what they are signed with."""

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

# A service on a free plan: it sleeps after 90 seconds without traffic and takes some seconds to
# wake. Sentinel wakes it in time; now and then its platform stops it all the same.
[[services]]
id = "curator"
name = "Curator"
role = "curator"
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


def demo_config(urls: Mapping[str, str], witnesses: Sequence[str], folder: Path) -> str:
    """The TOML text that watches services at the given URLs.

    Args:
        urls: Of curator, monetizer and public.
        witnesses: Who can prove that the network is there.
        folder: Holds the files that say where the inbox is.
    """
    return _TEXT.format(
        **urls,
        witnesses=_quoted(list(witnesses)),
        inbox_url=_quoted(f"file:{folder / INBOX_URL}"),
        inbox_secret=_quoted(f"file:{folder / INBOX_SECRET}"),
    )


def _quoted(value: str | list[str]) -> str:
    """Text, or a list of texts, as TOML writes it: as JSON does, as long as nothing is escaped."""
    return json.dumps(value, ensure_ascii=False)
