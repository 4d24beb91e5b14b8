"""Alerts about Sentinel itself: a worker that fails, a check that stopped, a full disk.

Workers tell what they find as often as they like; only what changes reaches the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.engine.recording import Recording
from sentinel_tui.store.recorder import raise_finding


class OwnAlerts:
    """Knows which alerts are open, and records those that open, rise or end."""

    def __init__(self, recording: Recording, open_alerts: Iterable[AlertRecord]) -> None:
        """Begin where an earlier engine left off.

        Args:
            recording: The way into the store.
            open_alerts: Alerts that are open there.
        """
        self._recording = recording
        self._open = {alert.fingerprint: alert.severity for alert in open_alerts}

    def tell(self, finding: Finding, service: str = "", check: str = "") -> None:
        """Take note of a finding.

        Args:
            finding: What holds, or no longer holds.
            service: The service it is about, or empty for Sentinel itself.
            check: The check it is about, or empty.
        """
        known = self._open.get(finding.fingerprint)
        if finding.holds:
            if known in (finding.severity, Severity.CRITICAL):
                return
            self._open[finding.fingerprint] = finding.severity
        else:
            if known is None:
                return
            del self._open[finding.fingerprint]
        self._recording.note(partial(raise_finding, finding=finding, service=service, check=check))

    def open_of(self, rule: Rule) -> list[str]:
        """The fingerprints of the open alerts of a rule."""
        return [one for one in self._open if one.partition("/")[0] == rule]

    def forget(self, fingerprint: str) -> None:
        """Take an alert for closed, because the store closes it with what it was about."""
        self._open.pop(fingerprint, None)
