"""A bad night to look at: one outage with three services behind it, and all that people did.

The gateway is down and covers three services, and the feeds are slow. Somebody has the slow shop in
hand, the blog is silenced, the archive is in maintenance, the search flaps and the transcoder
sleeps. Mail arrives; the pager, which an escalation reaches, has not answered for an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tui_past import HOUR_MS, MINUTE_MS, NOW_MS, Past, Trouble

from sentinel_tui.config.model import Config
from sentinel_tui.domain.monitoring import sheets
from sentinel_tui.domain.monitoring.dependencies import RAISE, Ruling, RulingKind
from sentinel_tui.domain.monitoring.judgement import service_state, service_transition
from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.domain.monitoring.states import CheckState, State, transition
from sentinel_tui.store import incidents, outbox, recorder, silencing
from sentinel_tui.store.channels import register_channels
from sentinel_tui.store.registry import set_suppressed
from sentinel_tui.store.writer import Database
from sentinel_tui.text import clean_text

BEHIND = ("public", "api", "live")


def night_config(name: Callable[[str], str] = str.title) -> Config:
    """The services of the night, called what `name` makes of their ids."""

    def service(service_id: str, **more: object) -> dict[str, object]:
        url = f"https://{service_id}.example.com/health"
        return {"id": service_id, "name": name(service_id), "url": url, **more}

    return Config.model_validate(
        {
            "channels": [
                {"name": "mail", "kind": "terminal"},
                {"name": "pager", "kind": "terminal", "escalation_only": True},
            ],
            "notifications": {"escalation": [{"after": "5m", "channels": ["pager"]}]},
            "services": [
                service("gateway"),
                *(service(one, depends_on=["gateway"]) for one in BEHIND),
                service("shop", tags=["money"]),
                service("feeds"),
                service("blog", tags=["content"]),
                service("search"),
                service("archive"),
                service("transcoder", sleeps={"after": "15m", "expected_wake": "30s"}),
            ],
        }
    )


def troubles() -> tuple[Trouble, ...]:
    """What went wrong, and when."""
    later = NOW_MS + HOUR_MS
    return (
        Trouble("gateway", NOW_MS - 12 * MINUTE_MS, later, "status"),
        *(Trouble(one, NOW_MS - 11 * MINUTE_MS, later, "status") for one in BEHIND),
        Trouble("shop", NOW_MS - 40 * MINUTE_MS, later, "slow"),
        Trouble("feeds", NOW_MS - 33 * MINUTE_MS, later, "slow"),
        Trouble("blog", NOW_MS - 9 * HOUR_MS, NOW_MS - 8 * HOUR_MS - 20 * MINUTE_MS, "status"),
        Trouble("blog", NOW_MS - 25 * MINUTE_MS, later, "status"),
    )


def flap(check: CheckState, at_ms: int, reason: str) -> CheckState:
    """The check as one that changes too often to be believed."""
    return replace(check, flapping=True, since_ms=at_ms, reason=reason)


@dataclass
class Night(Past):
    """What an engine and its owner would have recorded in that night."""

    config: Config = field(default_factory=night_config)
    troubles: tuple[Trouble, ...] = field(default_factory=troubles)
    note: str = "restarted the load balancer, no change; calling the provider"
    reason: str = "new theme"
    trouble: str = "connection refused by pager.example.com"
    done_ms: int = 0

    def before(self, db: Database, at_ms: int) -> None:
        """What people did until this look, and what was told."""
        for when_ms, act in self.acts.items():
            if self.done_ms < when_ms <= at_ms:
                act(db, when_ms)
        self.done_ms = at_ms
        self._tell(db, at_ms)

    def ruling(self, service: str, states: Mapping[str, Mapping[str, CheckState]]) -> Ruling:
        """The gateway covers what stands behind it."""
        verdict = states["gateway"]["http"].verdict
        covered = service in BEHIND and verdict in (State.SUSPECT, State.DOWN)
        return Ruling(RulingKind.SUPPRESS, "gateway") if covered else RAISE

    def after(self, db: Database, states: Mapping[str, Mapping[str, CheckState]]) -> None:
        """Note which services are covered in the end."""
        for service in BEHIND:
            if states[service]["http"].verdict is State.DOWN:
                set_suppressed(db, service, "gateway")
        self._lay(db, states, "archive", sheets.maintain, "maintenance by tui")
        self._lay(db, states, "transcoder", sheets.rest, "asleep by plan")
        self._lay(db, states, "search", flap, "changed 7 times in its last 20 looks")

    @property
    def acts(self) -> dict[int, Callable[[Database, int], object]]:
        """What people did, and when."""
        return {
            self.end_ms - 13 * HOUR_MS: self._open_channels,
            self.end_ms - 30 * MINUTE_MS: self._take("shop"),
            self.end_ms - 20 * MINUTE_MS: self._silence,
            self.end_ms - 19 * MINUTE_MS: self._maintain,
            self.end_ms - 4 * MINUTE_MS: self._note,
        }

    def _open_channels(self, db: Database, _at_ms: int) -> None:
        register_channels(db, [("mail", "smtp"), ("pager", "webhook")])

    def _take(self, service: str) -> Callable[[Database, int], object]:
        def act(db: Database, at_ms: int) -> None:
            incidents.acknowledge_incident(db, self._incident(db, service), at_ms, "cli")

        return act

    def _silence(self, db: Database, at_ms: int) -> None:
        silencing.add_silence(
            db,
            kind=SilenceKind.SILENCE,
            match="service:blog",
            start_ms=at_ms,
            end_ms=at_ms + 4 * HOUR_MS,
            until_healthy=False,
            reason=clean_text(self.reason),
            by="tui",
        )

    def _maintain(self, db: Database, at_ms: int) -> None:
        silencing.add_silence(
            db,
            kind=SilenceKind.MAINTENANCE,
            match="archive",
            start_ms=at_ms,
            end_ms=at_ms + 2 * HOUR_MS,
            until_healthy=True,
            reason="",
            by="cli",
        )

    def _note(self, db: Database, at_ms: int) -> None:
        number = self._incident(db, "gateway")
        incidents.add_note(db, number, at_ms, "tui", clean_text(self.note))

    def _tell(self, db: Database, at_ms: int) -> None:
        outbox.tend(db, at_ms)
        message = outbox.claim(db, "mail", at_ms, "Europe/Paris")
        if message is not None:
            outbox.delivered(db, message.key, at_ms)
        message = outbox.claim(db, "pager", at_ms, "Europe/Paris")
        if message is None:
            return
        if at_ms < self.end_ms - HOUR_MS:
            outbox.delivered(db, message.key, at_ms)
            return
        error = clean_text(self.trouble)
        outbox.failed(db, message.key, at_ms, error, final=False, retry_after_s=None, jitter=0.0)

    def _incident(self, db: Database, service: str) -> int:
        row = db.row(
            "SELECT id FROM incidents WHERE resolved_ms IS NULL AND cause LIKE ?", (f"%/{service}",)
        )
        assert row is not None, service
        return int(row[0])

    def _lay(
        self,
        db: Database,
        states: Mapping[str, Mapping[str, CheckState]],
        service: str,
        sheet: Callable[[CheckState, int, str], CheckState],
        reason: str,
    ) -> None:
        before = dict(states[service])
        laid = {"http": sheet(before["http"], self.end_ms - 19 * MINUTE_MS, reason)}
        recorder.save_state(
            db,
            service,
            "http",
            laid["http"],
            transition(before["http"], laid["http"]),
            service_state(laid),
            service_transition(before, laid),
        )
