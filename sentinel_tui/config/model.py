"""The configuration: one frozen model of one TOML file.

Every option is documented here and in the modules of its tables, and nowhere else: the README's
tables, `sentinel config schema` and what the loader calls expected are made from these docstrings
and types.
"""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.calendar import ModeHours
from sentinel_tui.config.channels import Channel
from sentinel_tui.config.checks import Check, HttpCheck
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.hosting import RENDER_DOMAIN, DeployOptions, RenderOptions
from sentinel_tui.config.ingest import IngestOptions
from sentinel_tui.config.maintenance import MaintenanceWindow
from sentinel_tui.config.network import HeartbeatOptions, NetworkOptions
from sentinel_tui.config.notifications import NotificationOptions
from sentinel_tui.config.permissions import AutonomyOptions
from sentinel_tui.config.urls import HttpUrl
from sentinel_tui.config.values import Cron, HeaderValue, Line, ServiceId, TimeZone
from sentinel_tui.config.videos import VideoOptions

NOTHING_TO_LOOK_AT = "nothing_to_look_at"
"""The type of error of a service with neither a url nor a check."""

CHECK_NAME_TWICE = "check_name_twice"
"""The type of error of a service with two checks of one name."""


class Sleeps(Options):
    """How a service that falls asleep behaves, such as one on Render's free plan."""

    after_s: Seconds = Field(default=900.0, alias="after", gt=0)
    """It falls asleep after this long without traffic."""
    expected_wake_s: Seconds = Field(default=60.0, alias="expected_wake", gt=0)
    """How long it is expected to take to wake."""
    keep_awake: bool = True
    """Wake it before it falls asleep."""
    wake_every_s: Seconds = Field(default=300.0, alias="wake_every", ge=1, validate_default=True)
    """How often to wake it; well below `after`."""
    wake_timeout_s: Seconds = Field(default=120.0, alias="wake_timeout", gt=0, le=600)
    """How long a wake may take before the service counts as DOWN."""
    costs_hours: bool | None = None
    """Whether being awake uses up the hours of `[render]`; left out, it does for what lies at
    Render."""

    @field_validator("wake_every_s")
    @classmethod
    def _in_time(cls, wake_every_s: float, info: ValidationInfo) -> float:
        after_s = info.data.get("after_s", float("inf"))
        if info.data.get("keep_awake") and wake_every_s >= after_s:
            raise Mistake("would come too late to keep it awake", "less than `after`")
        return wake_every_s


class ThresholdOptions(Options):
    """When a check's verdict changes."""

    confirm_cycles: int = Field(default=3, ge=1, le=60)
    """Failed cycles in a row until DOWN."""
    burst_s: list[Seconds] = Field(
        default_factory=lambda: [2.0, 5.0, 10.0], alias="burst", max_length=5
    )
    """Fresh looks this long after a cycle's first failure, ascending; empty for none."""
    recover_cycles: int = Field(default=2, ge=1, le=60)
    """Good cycles in a row until UP again."""
    recover_after_s: Seconds = Field(default=60.0, alias="recover_after")
    """The least time those good cycles must span."""
    slow_cycles: int = Field(default=3, ge=1, le=60)
    """Slow looks in a row until DEGRADED."""
    fast_cycles: int = Field(default=5, ge=1, le=60)
    """Fast looks in a row until no longer DEGRADED."""
    slow_factor: float = Field(default=3.0, gt=1, le=100)
    """Slower than this many times the usual for the hour is slow."""
    slow_floor_s: Seconds = Field(default=1.5, alias="slow_floor")
    """Faster than this is never called slow by comparison."""

    @field_validator("burst_s")
    @classmethod
    def _ascending(cls, burst_s: list[float]) -> list[float]:
        if any(a >= b for a, b in zip([0.0, *burst_s], burst_s, strict=False)):
            raise Mistake("is out of order", "ascending durations above zero, such as [2, 5, 10]")
        return burst_s


class Service(Options):
    """What you run and Sentinel watches."""

    id: ServiceId
    """Stable name in commands and history; keep it when you rename the service."""
    name: Line = Field(default="", max_length=60)
    """Display name; the id when left out."""
    role: Literal["curator", "monetizer", "public", "other"] = "other"
    """What the service is for in a video business."""
    url: HttpUrl | None = None
    """Short for one HTTP check of this URL with the usual options."""
    checks: list[Check] = Field(default_factory=list)
    """The ways to look at it; the first one is drawn in charts."""
    depends_on: list[ServiceId] = Field(default_factory=list)
    """Services without which this one cannot work."""
    tags: list[Line] = Field(default_factory=list)
    """Words to filter by."""
    sleeps: Sleeps | None = None
    """Set for a service that falls asleep without traffic."""
    thresholds: ThresholdOptions = ThresholdOptions()
    """When the verdict of its checks changes."""
    objective: float | None = Field(default=None, gt=0, lt=100)
    """How much of 30 days it should be up, in percent, such as `99.9`; for the error budget."""
    render_service_id: str = Field(default="", pattern=r"^(srv-[A-Za-z0-9]+)?$", max_length=100)
    """The service's id in Render (`srv-…`)."""
    deploy: DeployOptions | None = None
    """How new versions of it are checked before they are deployed."""

    @model_validator(mode="after")
    def _has_something_to_look_at(self) -> Self:
        if self.url is None and not self.checks:
            raise PydanticCustomError(NOTHING_TO_LOOK_AT, "a service needs a url or a check")
        names = [check.name or check.kind for check in self.all_checks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise PydanticCustomError(
                CHECK_NAME_TWICE, "two checks are called {names}", {"names": ", ".join(twice)}
            )
        return self

    @property
    def label(self) -> str:
        """What is shown: the name, else the id."""
        return self.name or self.id

    @property
    def all_checks(self) -> list[Check]:
        """The checks, the one that `url` stands for first."""
        short = [HttpCheck(name="http", url=self.url)] if self.url else []
        return [*short, *self.checks]

    @property
    def costs_hours(self) -> bool:
        """Whether being awake uses up the hours of a limited workspace."""
        if self.sleeps is None:
            return False
        if self.sleeps.costs_hours is not None:
            return self.sleeps.costs_hours
        return bool(self.render_service_id) or any(map(_is_at_render, self.all_checks))


def _is_at_render(check: Check) -> bool:
    host = urlsplit(check.url).hostname if isinstance(check, HttpCheck) else None
    return host is not None and host.endswith(RENDER_DOMAIN)


class EngineOptions(Options):
    """The process that watches."""

    concurrency: int = Field(default=50, ge=1, le=1_000)
    """The most looks under way at the same time."""
    user_agent: HeaderValue = "Sentinel"
    """How probes name themselves to services."""


class RetentionOptions(Options):
    """How long things are kept."""

    raw_days: int = Field(default=30, ge=1, le=400)
    """Single observations."""
    minute_days: int = Field(default=3, ge=1, le=90)
    """Rollups by minute."""
    hour_days: int = Field(default=400, ge=7, le=4_000)
    """Rollups by hour; those by day are kept for good."""
    event_days: int = Field(default=90, ge=1, le=4_000)
    """Single reports of viewers' players; the views they add up to are kept for good."""
    max_store_mb: int = Field(default=4_096, ge=64)
    """The store never grows beyond this."""
    backup_cron: Cron = "17 4 * * *"
    """When to copy the store into the backups folder; empty for never."""
    backups_kept: int = Field(default=7, ge=1, le=365)
    """How many copies to keep."""


class KeepAliveOptions(Options):
    """Keeping services awake that would fall asleep."""

    enabled: bool = True
    """Off: nothing is woken unless you ask for it."""


class AlertingOptions(Options):
    """When to raise an alert."""

    certificate_warnings: bool = True
    """Warn before a certificate or a domain ends: at min(21 days, a third of its lifetime)."""


class DisplayOptions(Options):
    """The screen."""

    theme: Line = ""
    """`sentinel-dark`, `sentinel-light`, `ansi` or `high-contrast`; left out, the first, or `ansi`
    over SSH."""
    time_zone: TimeZone = "UTC"
    """The zone in which times are shown."""
    mouse: bool = False
    """Let the terminal report the mouse."""
    ascii: bool = False
    """Draw with ASCII only, for terminals without Braille."""


class Config(Options):
    """Everything Sentinel is told."""

    services: list[Service] = Field(default_factory=list)
    """What to watch."""
    engine: EngineOptions = EngineOptions()
    """The process that watches."""
    retention: RetentionOptions = RetentionOptions()
    """How long things are kept."""
    keep_alive: KeepAliveOptions = KeepAliveOptions()
    """Keeping services awake."""
    alerting: AlertingOptions = AlertingOptions()
    """When to raise an alert."""
    network: NetworkOptions = NetworkOptions()
    """This machine's own network."""
    channels: list[Channel] = Field(default_factory=list)
    """Over what you are told."""
    notifications: NotificationOptions = NotificationOptions()
    """When you are told."""
    maintenance: list[MaintenanceWindow] = Field(default_factory=list)
    """Maintenance that comes back by itself."""
    render: RenderOptions = RenderOptions()
    """Where services may live."""
    modes: list[ModeHours] = Field(default_factory=list)
    """Hours in which to watch more closely, or less."""
    autonomy: AutonomyOptions = AutonomyOptions()
    """What Sentinel may do by itself."""
    videos: VideoOptions = VideoOptions()
    """Where your videos are."""
    ingest: IngestOptions | None = None
    """The server for what services and players tell Sentinel themselves."""
    heartbeat: HeartbeatOptions | None = None
    """Whom to tell that Sentinel itself is well."""
    display: DisplayOptions = DisplayOptions()
    """The screen."""
    keys: dict[str, Line] = Field(default_factory=dict)
    """Your keys, by binding id: `"probe.now" = "p,f5"`; `sentinel help keys` lists the ids."""
