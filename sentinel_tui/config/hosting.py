"""Where services live: the platform that hosts them, and how new versions of them get there."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.channels import Argument
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.urls import HttpUrl, check_http_url
from sentinel_tui.config.values import Line, is_address

RENDER_DOMAIN = ".onrender.com"
"""What the names of services at Render end in, unless they have names of their own."""

_LOCAL = "localhost"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_WORKSPACE = re.compile(r"[a-z]{1,10}-[A-Za-z0-9]{1,90}")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}")


def _workspace(text: str) -> str:
    if text and not _WORKSPACE.fullmatch(text):
        raise Mistake("is no workspace", "an id like tea-cabc123", "its settings page shows it")
    return text


def _repository(text: str) -> str:
    if text and not _REPOSITORY.fullmatch(text):
        raise Mistake("is no repository", 'its owner and name, such as "acme/shop"')
    return text


def _branch(text: str) -> str:
    if not _BRANCH.fullmatch(text) or ".." in text:
        raise Mistake("is no branch", "the name of a branch, such as main")
    return text


def _status_url(url: str) -> str:
    return check_platform_url(url) if url else url


def check_platform_url(url: str) -> str:
    """The URL as it is, when a platform may be asked there.

    Raises:
        Mistake: It cannot be requested, or is plain http and not on this machine.
    """
    check_http_url(url)
    if url.startswith("http://") and not is_on_this_machine(url):
        raise Mistake(
            "is plain http, which anybody on the way can read",
            "https:// and a host; http:// only on this machine",
        )
    return url


def is_on_this_machine(url: str) -> bool:
    """Whether a URL leads to this machine by its address: 127.0.0.1, [::1], localhost."""
    host = urlsplit(url).hostname or ""
    return host == _LOCAL or (is_address(host) and ip_address(host).is_loopback)


PlatformUrl = Annotated[HttpUrl, AfterValidator(check_platform_url)]
"""The URL of an API: https, or plain http on this machine."""

StatusUrl = Annotated[
    str, AfterValidator(_status_url), WithJsonSchema({"type": "string", "format": "uri"})
]
"""The URL of a status page's summary, or empty."""


class RenderOptions(Options):
    """Render, where services may live: what it is asked, and the hours its free plan gives."""

    key: Secret | None = None
    """An API key, such as `env:RENDER_API_KEY`; without one Render is asked nothing, and hours are
    counted from Sentinel's own looks alone."""
    api: PlatformUrl = "https://api.render.com/v1"
    """Where its API is; plain http only on this machine."""
    workspace: Annotated[Line, AfterValidator(_workspace)] = ""
    """Only services of this workspace (`tea-…`); left out, of all that the key opens."""
    poll_s: Seconds = Field(default=60.0, alias="poll", ge=10, le=3_600)
    """How often it is asked."""
    budget_hours: float = Field(default=750.0, gt=0, le=100_000)
    """Hours a month that all services that cost hours may be awake together."""
    reserve: float = Field(default=10.0, ge=0, le=90)
    """How much of the budget no plan touches, in percent."""
    status_url: StatusUrl = "https://status.render.com/api/v2/status.json"
    """Where its status page says whether it has trouble itself; empty to never ask."""

    @property
    def reserve_share(self) -> float:
        """How much of the budget no plan touches, from 0 to 1."""
        return self.reserve / 100

    @property
    def api_is_local(self) -> bool:
        """Whether the API is on this machine, as a stand-in for it is."""
        return is_on_this_machine(self.api)


class DeployOptions(Options):
    """How new versions of a service are checked before they are deployed."""

    repo: Annotated[str, AfterValidator(_repository)] = ""
    """The repository at GitHub, as `owner/name`, whose checks of a commit must have passed."""
    github_token: Secret | None = None
    """A token that may read its checks; a public repository needs none."""
    github_api: PlatformUrl = "https://api.github.com"
    """Where its API is, for a GitHub of one's own; plain http only on this machine."""
    branch: Annotated[str, AfterValidator(_branch)] = "main"
    """The branch that is deployed."""
    command: list[Argument] = Field(default_factory=list, max_length=100)
    """A program of yours that must exit with 0 before a deploy, never through a shell; it finds
    `SENTINEL_SERVICE` and `SENTINEL_COMMIT` in its environment."""
    timeout_s: Seconds = Field(default=600.0, alias="timeout", gt=0, le=3_600)
    """How long the program may take, and how long checks are waited for."""
    automatic: bool = False
    """Deploy new commits of the branch that passed; wants `repo`, and a rule with verb `deploy`."""

    @field_validator("github_token")
    @classmethod
    def _of_a_repository(cls, token: Secret | None, info: ValidationInfo) -> Secret | None:
        if token is not None and info.data.get("repo") == "":
            raise Mistake("is of no use alone", mend='set repo = "owner/name" too')
        return token

    @field_validator("automatic")
    @classmethod
    def _knows_of_commits(cls, automatic: bool, info: ValidationInfo) -> bool:
        if automatic and info.data.get("repo") == "":
            raise Mistake("knows of no new commits", mend='set repo = "owner/name" too')
        return automatic
