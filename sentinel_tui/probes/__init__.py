"""Looks at services over the network: a check in, an observation out."""

import sys

# httpx brings a command line client of its own, and with it rich and pygments: 6 MB and a third of
# the start of an engine that has no screen. Without this module httpx goes on without its client.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how to forbid it
