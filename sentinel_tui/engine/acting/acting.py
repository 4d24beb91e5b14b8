"""Everything that acts, put together."""

from __future__ import annotations

from sentinel_tui.config.autonomy import policies_for
from sentinel_tui.config.model import Config
from sentinel_tui.engine.acting.deciding import Deciding
from sentinel_tui.engine.acting.following import Following
from sentinel_tui.engine.acting.freezing import Freezing
from sentinel_tui.engine.acting.journal import Journal
from sentinel_tui.engine.acting.prechecks import Prechecks
from sentinel_tui.engine.acting.tunings import Tunings
from sentinel_tui.engine.acting.verifying import Verifying
from sentinel_tui.engine.action_verbs import ActionVerbs
from sentinel_tui.engine.actuator import Actuator
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.supervisor import Work
from sentinel_tui.engine.workers.deploying import Deploying
from sentinel_tui.engine.workers.healing import Healing
from sentinel_tui.engine.workers.scaling import Scaling
from sentinel_tui.engine.workers.tuning import SelfTuning
from sentinel_tui.paths import Paths


class Acting:
    """What acts on services, and who wants it to.

    Attributes:
        actuator: Decides what is wanted, and sees to it.
        tunings: What Sentinel tuned by itself.
        verbs: What the owner may say about it.
    """

    def __init__(self, paths: Paths, parts: Parts, config: Config) -> None:
        """Put it together; nothing is done yet.

        Args:
            paths: The watch's files.
            parts: The engine's parts.
            config: What to go by.
        """
        clock, hosted = parts.clock, parts.hosted
        freezing = Freezing(paths.frozen, clock, parts.writer)
        journal = Journal(clock, parts.writer, parts.own_alerts)
        verifying = Verifying(paths, parts, hosted)
        self._deciding = Deciding(parts, hosted, freezing, policies_for(config))
        prechecks = Prechecks(clock, parts.watch)
        following = Following(parts, hosted, self._deciding, verifying, prechecks, journal)
        self.actuator = Actuator(parts, hosted, self._deciding, following, journal)
        self.tunings = Tunings(clock, parts.writer, parts.watch, parts.modes)
        self.verbs = ActionVerbs(clock, hosted, self.actuator, freezing, self.tunings)
        self._healing = Healing(paths, parts, hosted, self.actuator)
        self._deploying = Deploying(parts, hosted, self.actuator, verifying, prechecks)
        self._scaling = Scaling(paths, parts, hosted, self.actuator)
        self._tuning = SelfTuning(paths, parts, self.tunings)
        self.go_by(config)

    @property
    def workers(self) -> dict[str, Work]:
        """Who works here, by the names that people see."""
        return {
            "actions": self.actuator.run,
            "healing": self._healing.run,
            "deploying": self._deploying.run,
            "scaling": self._scaling.run,
            "tuning": self._tuning.run,
        }

    def go_by(self, config: Config) -> None:
        """Work by a configuration from now on; what was not sent yet is judged by it."""
        policies = policies_for(config)
        self._deciding.policies = policies
        self._healing.enabled = policies.heal
        self._tuning.level = policies.tune
        self.tunings.put_on()
