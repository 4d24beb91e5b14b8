"""Which services a platform knows, and which of them to watch."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sentinel_tui.cli.output import tell
from sentinel_tui.errors import SecretError, UsageError

if TYPE_CHECKING:
    from sentinel_tui.config.starter import Discovery, Found
    from sentinel_tui.platforms.render import Render, RenderService

_WEB = "web_service"


def services_of_render(key: str, names: Sequence[str], *, api: str | None = None) -> Discovery:
    """The web services of a Render workspace that are to be watched, and how to ask for them.

    Args:
        key: Where the API key is, as a secret reference.
        names: Which services to take; none: whoever sits there is asked, and else all are taken.
        api: A stand-in for Render's API, or None.

    Raises:
        SecretError: There is no key where it should be, or it was written out.
        PlatformError: Render does not tell.
        UsageError: There is no service of such a name.
    """
    from sentinel_tui.clock import SystemClock
    from sentinel_tui.config.secrets import Secret
    from sentinel_tui.config.starter import Discovery
    from sentinel_tui.platforms.render import API, Render

    secret = Secret(key)
    if secret.is_literal:
        raise SecretError(
            "the key would be kept in the shell's history",
            "name where it is: --render-key env:RENDER_API_KEY",
        )
    render = Render(secret, SystemClock(), base_url=api or API, allow_private=api is not None)
    found = [_found(one) for one in asyncio.run(_web_services(render))]
    if not found:
        raise UsageError("the workspace has no web service", "sentinel init URL watches any URL")
    return Discovery(tuple(_chosen(found, names)), secret.reference, api or "")


async def _web_services(render: Render) -> list[RenderService]:
    return [one for one in await render.services() if one.type == _WEB and one.details.url]


def _found(service: RenderService) -> Found:
    from sentinel_tui.config.starter import Found

    path = service.details.health_check_path
    url = service.details.url.rstrip("/") + (path if path.startswith("/") else "")
    return Found(service.name, url, service.free, service.id, service.owner_id)


def _chosen(found: Sequence[Found], names: Sequence[str]) -> list[Found]:
    if not names and sys.stdin.isatty():
        names = _ask(found)
    known = {one.name: one for one in found}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"the workspace has no web service called {unknown[0]!r}",
            f"it has: {', '.join(known)}",
        )
    return [known[name] for name in dict.fromkeys(names)] if names else list(found)


def _ask(found: Sequence[Found]) -> list[str]:
    tell("Web services of the workspace:")
    for one in found:
        tell(f"  {one.name:<30} {'free, sleeps' if one.sleeps else 'always on':<14} {one.url}")
    question = "Which to watch, with spaces between; nothing for all"
    return str(click.prompt(question, default="", show_default=False, err=True)).split()
