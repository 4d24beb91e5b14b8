"""Render's API, as far as Sentinel needs it: what a workspace holds, and what can be done to it.

Restart is the one call that is not the same twice; all others name the state they want, so that
asking again after an unknown outcome does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote, urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sentinel_tui.clock import Clock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.errors import PlatformError
from sentinel_tui.platforms.guard import Guard
from sentinel_tui.text import clean_text

API = "https://api.render.com/v1"
FREE = "free"

_PAGE = 100
_MOST_PAGES = 50

_LONGEST_TEXT = 500
_PER_SERVICE = frozenset({"", "/deploys", "/rollback", "/scale", "/suspend", "/resume"})
"""Writes that are limited service by service; all others share one limit."""

Text = Annotated[str, AfterValidator(lambda text: clean_text(text, _LONGEST_TEXT))]
"""A string from outside, cleaned."""

FirstLine = Annotated[
    str, AfterValidator(lambda text: clean_text(text.strip().partition("\n")[0], _LONGEST_TEXT))
]
"""The first line of a text from outside, cleaned."""

Metric = Literal["instance-count", "http-requests", "cpu", "cpu-limit", "memory", "memory-limit"]
"""What Render measures in workspaces of every plan."""


class _Outside(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class Owner(_Outside):
    """A workspace."""

    id: Text
    name: Text


class Details(_Outside):
    """What only some kinds of services have."""

    plan: Text = ""
    url: Text = ""
    health_check_path: Text = Field(default="", alias="healthCheckPath")
    num_instances: int = Field(default=1, alias="numInstances")


class RenderService(_Outside):
    """A service of a workspace."""

    id: Text
    name: Text
    type: Text
    owner_id: Text = Field(alias="ownerId")
    suspended: Text
    suspenders: tuple[Text, ...] = ()
    auto_deploy: Text = Field(default="", alias="autoDeploy")
    details: Details = Field(default=Details(), alias="serviceDetails")

    @property
    def free(self) -> bool:
        """Whether it is on the free plan, and so sleeps."""
        return self.details.plan == FREE


class Instance(_Outside):
    """One running instance; there is none while a service sleeps."""

    id: Text
    created_at: datetime | None = Field(default=None, alias="createdAt")


class Commit(_Outside):
    """What was deployed."""

    id: Text = ""
    message: FirstLine = ""


class Deploy(_Outside):
    """One deploy. Statuses Sentinel does not know are shown as they are."""

    id: Text
    status: Text = ""
    trigger: Text = ""
    commit: Commit = Commit()
    created_at: datetime | None = Field(default=None, alias="createdAt")
    started_at: datetime | None = Field(default=None, alias="startedAt")
    updated_at: datetime | None = Field(default=None, alias="updatedAt")
    finished_at: datetime | None = Field(default=None, alias="finishedAt")


class RenderEvent(_Outside):
    """Something that happened to a service."""

    id: Text
    timestamp: datetime
    type: Text
    details: dict[str, Any] = Field(default_factory=dict)


class Sample(_Outside):
    """One value of a metric."""

    timestamp: datetime
    value: float


class Series(_Outside):
    """A metric over time, of one resource."""

    labels: tuple[dict[str, Any], ...] = ()
    values: tuple[Sample, ...] = ()
    unit: Text = ""


Model = TypeVar("Model")

_readers: dict[Any, TypeAdapter[Any]] = {}


class Render:
    """Asks Render for one owner of a key."""

    def __init__(
        self, key: Secret, clock: Clock, *, base_url: str = API, allow_private: bool = False
    ) -> None:
        """Ask nothing yet.

        Args:
            key: An API key; it opens all workspaces of its user.
            clock: Times pauses.
            base_url: Where the API is.
            allow_private: Whether it may lie in a private network.
        """
        headers = {"authorization": f"Bearer {key.reveal()}"}
        self._guard = Guard(base_url, headers, clock, allow_private=allow_private)

    async def owners(self) -> list[Owner]:
        """The workspaces that the key opens."""
        return await self._pages("/owners", {}, "owner", Owner)

    async def services(self, owner: str = "") -> list[RenderService]:
        """The services of a workspace, or of all."""
        query = {"ownerId": owner} if owner else {}
        return await self._pages("/services", query, "service", RenderService)

    async def service(self, service: str) -> RenderService:
        """One service."""
        return _parsed(RenderService, await self._guard.read(_of(service)))

    async def instances(self, service: str) -> list[Instance]:
        """What runs of a service at this moment."""
        return _parsed(list[Instance], await self._guard.read(f"{_of(service)}/instances"))

    async def deploys(
        self, service: str, limit: int = 20, *, after_ms: int | None = None
    ) -> list[Deploy]:
        """The last deploys of a service, the newest first.

        Args:
            service: Its id.
            limit: The most that are wanted, up to 100.
            after_ms: Instead of the last few, all that were ordered after this instant.
        """
        path = f"{_of(service)}/deploys"
        if after_ms is not None:
            return await self._pages(path, {"createdAfter": _written(after_ms)}, "deploy", Deploy)
        answer = await self._guard.read(f"{path}?{urlencode({'limit': limit})}")
        rows = _parsed(list[dict[str, Any]], answer)
        return [_parsed(Deploy, row.get("deploy")) for row in rows]

    async def deploy(self, service: str, deploy: str) -> Deploy:
        """One deploy."""
        path = f"{_of(service)}/deploys/{quote(deploy, safe='')}"
        return _parsed(Deploy, await self._guard.read(path))

    async def events(self, service: str, start_ms: int, end_ms: int) -> list[RenderEvent]:
        """What happened to a service between two instants, the newest first."""
        query = {"startTime": _written(start_ms), "endTime": _written(end_ms)}
        return await self._pages(f"{_of(service)}/events", query, "event", RenderEvent)

    async def metric(
        self,
        name: Metric,
        services: Sequence[str],
        start_ms: int,
        end_ms: int,
        resolution_s: int = 60,
    ) -> list[Series]:
        """A metric of some services between two instants."""
        query = urlencode(
            [
                *(("resource", service) for service in services),
                ("startTime", _written(start_ms)),
                ("endTime", _written(end_ms)),
                ("resolutionSeconds", str(resolution_s)),
            ]
        )
        return _parsed(list[Series], await self._guard.read(f"/metrics/{name}?{query}"))

    async def restart(self, service: str) -> None:
        """Restart a service."""
        await self._write("POST", service, "/restart")

    async def start_deploy(self, service: str, commit: str = "") -> Deploy | None:
        """Deploy the newest commit, or a given one; None where it was only queued."""
        body = {"commitId": commit} if commit else {}
        made = await self._write("POST", service, "/deploys", body)
        return None if made is None else _parsed(Deploy, made)

    async def roll_back(self, service: str, deploy: str) -> Deploy:
        """Deploy again what a former deploy was; it does not switch auto-deploy off."""
        made = await self._write("POST", service, "/rollback", {"deployId": deploy})
        return _parsed(Deploy, made)

    async def suspend(self, service: str) -> None:
        """Stop a service until it is resumed."""
        await self._write("POST", service, "/suspend")

    async def resume(self, service: str) -> None:
        """Let a suspended service run again."""
        await self._write("POST", service, "/resume")

    async def scale(self, service: str, instances: int) -> None:
        """Run so many instances of a service."""
        await self._write("POST", service, "/scale", {"numInstances": instances})

    async def set_plan(self, service: str, plan: str) -> None:
        """Put a service on another plan."""
        await self._write("PATCH", service, "", {"serviceDetails": {"plan": plan}})

    async def set_auto_deploy(self, service: str, *, on: bool) -> None:
        """Deploy new commits by themselves, or no longer."""
        await self._write("PATCH", service, "", {"autoDeploy": "yes" if on else "no"})

    async def set_autoscaling(self, service: str, least: int, most: int, cpu_percent: int) -> None:
        """Let the platform run between so many instances, by their use of the CPU."""
        criteria = {
            "cpu": {"enabled": True, "percentage": cpu_percent},
            "memory": {"enabled": False, "percentage": 90},
        }
        rule = {"enabled": True, "min": least, "max": most, "criteria": criteria}
        await self._write("PUT", service, "/autoscaling", rule)

    async def stop_autoscaling(self, service: str) -> None:
        """Run as many instances as were asked for."""
        await self._write("DELETE", service, "/autoscaling")

    async def _write(self, method: str, service: str, path: str, body: object = None) -> Any:
        bucket = f"{method} {path} {service}" if path in _PER_SERVICE else "write"
        return await self._guard.write(method, f"{_of(service)}{path}", body, bucket=bucket)

    async def _pages(
        self, path: str, query: dict[str, str], member: str, kind: type[Model]
    ) -> list[Model]:
        """All rows of a list, page by page; a page that is not full is the last."""
        found: list[Model] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            asked = {**query, "limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
            rows = _parsed(
                list[dict[str, Any]], await self._guard.read(f"{path}?{urlencode(asked)}")
            )
            found += [_parsed(kind, row.get(member)) for row in rows]
            cursor = str(rows[-1].get("cursor", "")) if rows else ""
            if len(rows) < _PAGE or not cursor:
                break
        return found


def _parsed(kind: type[Model], value: object) -> Model:
    """Outside JSON as what it should be.

    Raises:
        PlatformError: It is something else.
    """
    try:
        return _reader(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        raise PlatformError(
            f"Render's answer is not as expected: {where}: {clean_text(first['msg'], 120)}"
        ) from None


def _reader(kind: type[Model]) -> TypeAdapter[Model]:
    """What reads a kind; kept, because it is costly to put together."""
    if kind not in _readers:
        _readers[kind] = TypeAdapter(kind)
    return _readers[kind]


def _of(service: str) -> str:
    """The path of a service; quoted, because ids are also typed by people."""
    return f"/services/{quote(service, safe='')}"


def _written(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat().replace("+00:00", "Z")
