"""How Hypothesis runs here: no deadlines, because a busy machine is no fault of the domain."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "domain", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("domain")
