"""Where the owner's videos are, and how they are read and looked into."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.hosting import PlatformUrl, is_on_this_machine
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.values import Cron, ServiceId


class LogOptions(Options):
    """Bunny's CDN logs of a library, read once a day to estimate its unique viewers.

    Logging must be switched on for the library's pull zone; Bunny keeps three days of it.
    """

    pull_zone: int = Field(ge=1)
    """The id of the library's pull zone."""
    key: Secret
    """The key of your Bunny account: logs are read with no lesser one."""
    api: PlatformUrl = "https://logging.bunnycdn.com"
    """Where logs are read; plain http only on this machine."""
    anonymised: Literal["network", "dropped", "no"] = "network"
    """What Bunny is set to do with addresses: cut them to their network, drop them, or keep them
    whole. It stands next to every estimate."""

    @property
    def api_is_local(self) -> bool:
        """Whether the API is on this machine, as a stand-in for it is."""
        return is_on_this_machine(self.api)


class LibraryOptions(Options):
    """A library of videos."""

    name: ServiceId
    """Stable name in commands, history and view events."""
    role: Literal["public", "private"]
    """Whom it is for: `public` for previews anybody may watch, `private` for what is paid for."""
    bunny_id: int | None = Field(default=None, ge=1)
    """The library's id at Bunny Stream; left out, it is known from view events alone."""
    key: Secret | None = Field(default=None, validate_default=True)
    """Its read-only API key, such as `env:BUNNY_PREVIEWS_KEY`: the one its page at Bunny calls
    that, not the account's, which could delete everything."""
    api: PlatformUrl = "https://video.bunnycdn.com"
    """Where its API is; plain http only on this machine."""
    logs: LogOptions | None = None
    """Set to estimate unique viewers from CDN logs."""

    @field_validator("key")
    @classmethod
    def _goes_with_the_id(cls, key: Secret | None, info: ValidationInfo) -> Secret | None:
        if "bunny_id" not in info.data:
            return key  # the id itself is mistaken, which is said there
        if info.data["bunny_id"] is None and key is not None:
            raise Mistake("opens nothing alone", mend="set bunny_id too")
        if info.data["bunny_id"] is not None and key is None:
            raise Mistake("is missing", "the library's read-only key, as env:NAME or file:PATH")
        return key

    @field_validator("logs")
    @classmethod
    def _of_a_library_at_bunny(
        cls, logs: LogOptions | None, info: ValidationInfo
    ) -> LogOptions | None:
        if logs is not None and info.data.get("bunny_id", 1) is None:
            raise Mistake("are of a library that is not at Bunny", mend="set bunny_id and key too")
        return logs

    @property
    def api_is_local(self) -> bool:
        """Whether the API is on this machine, as a stand-in for it is."""
        return is_on_this_machine(self.api)


class VideoOptions(Options):
    """Your videos: how often they are read, and looked into together."""

    poll_cron: Cron = "*/15 * * * *"
    """When to read what changed; empty to read only when asked."""
    study_cron: Cron = "7 * * * *"
    """When to look for what works and why; empty for only after a reading that changed something
    and when asked."""
    requests_per_s: int = Field(default=2, ge=1, le=10)
    """The most requests a second to each library."""
    language: Literal["en", "fr"] = "en"
    """In which language insights are written."""
    libraries: list[LibraryOptions] = Field(default_factory=list, max_length=20)
    """Where the videos are."""
