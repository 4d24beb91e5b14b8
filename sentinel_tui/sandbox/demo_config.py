"""The configuration of the demo, commented for whoever wants to learn from it."""

from __future__ import annotations

from collections.abc import Mapping

MARK = "# Sentinel's demo."
"""How the file begins. What does not begin so is somebody's own and never overwritten."""

_TEXT = (
    MARK
    + """ Written anew at each start of `sentinel demo`; changes are lost.
# It watches three small services on this machine. Break one from another terminal:
#
#     sentinel demo --break public --how hang --for 60s
#
# Everything is quicker than one would have it in earnest, so that a few minutes show a lot.

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


def demo_config(urls: Mapping[str, str]) -> str:
    """The TOML text that watches services at the given URLs.

    Args:
        urls: Of curator, monetizer and public.
    """
    return _TEXT.format_map(urls)
