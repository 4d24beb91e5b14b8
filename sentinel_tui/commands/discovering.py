"""Which services a platform knows, and which of them are to be watched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sentinel_tui.errors import SecretError, UsageError

if TYPE_CHECKING:
    from sentinel_tui.config.starter import Discovery, Found
    from sentinel_tui.platforms.render import Render, RenderService

RENDER_KEY = "RENDER_API_KEY"
"""The environment variable in which Render's own tools look for a key."""

RENDER_API = "RENDER_API_URL"
"""The environment variable that names a stand-in for Render's API."""

_WEB = "web_service"


def services_of_render(key: str, api: str = "") -> Discovery:
    """The web services of a Render workspace, and how to ask for them; takes as long as Render.

    Args:
        key: Where the API key is, as a secret reference.
        api: A stand-in for Render's API, or empty.

    Raises:
        SecretError: There is no key where it should be, or it was written out.
        PlatformError: Render does not tell.
        UsageError: There is no web service.
    """
    from sentinel_tui.clock import SystemClock
    from sentinel_tui.config.secrets import Secret
    from sentinel_tui.config.starter import Discovery
    from sentinel_tui.platforms.render import API, Render

    secret = Secret(key)
    if secret.is_literal:
        raise SecretError(
            "the key would be kept in the shell's history",
            f"name where it is: --render-key env:{RENDER_KEY}",
        )
    render = Render(secret, SystemClock(), base_url=api or API, allow_private=bool(api))
    found = [_found(one) for one in asyncio.run(_web_services(render))]
    if not found:
        raise UsageError("the workspace has no web service", "sentinel init URL watches any URL")
    return Discovery(tuple(found), secret.reference, api)


def chosen(discovery: Discovery, names: Sequence[str]) -> Discovery:
    """Only the services of these names, in this order; without names all of them.

    Raises:
        UsageError: There is no service of such a name.
    """
    known = {one.name: one for one in discovery.services}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"the workspace has no web service called {unknown[0]!r}",
            f"it has: {', '.join(known)}",
        )
    if not names:
        return discovery
    return replace(discovery, services=tuple(known[name] for name in dict.fromkeys(names)))


def listed(discovery: Discovery) -> list[str]:
    """A line for each service: its name, whether it sleeps, where it answers."""
    return [
        f"{one.name:<24} {'free, sleeps' if one.sleeps else 'always on':<13} {one.url}"
        for one in discovery.services
    ]


async def _web_services(render: Render) -> list[RenderService]:
    return [one for one in await render.services() if one.type == _WEB and one.details.url]


def _found(service: RenderService) -> Found:
    from sentinel_tui.config.starter import Found

    path = service.details.health_check_path
    url = service.details.url.rstrip("/") + (path if path.startswith("/") else "")
    return Found(service.name, url, service.free, service.id, service.owner_id)
