"""What every service of the sandbox is: something that answers, and has its bad days."""

from __future__ import annotations

from abc import ABC, abstractmethod

from sentinel_tui.sandbox.http.messages import Request, Response, json_response, page
from sentinel_tui.sandbox.troubles import Spell


class Application(ABC):
    """A service without its port.

    Attributes:
        name: Its id in the demo's configuration.
        health_path: Where it says how it is.
    """

    name: str
    health_path: str = "/health"

    @abstractmethod
    async def answer(self, request: Request) -> Response | None:
        """Answer one request; None hangs up without a word."""

    def spell_at(self, now_s: float) -> Spell | None:
        """What is wrong with it at an instant of its own accord; None: nothing."""
        return None

    def eviction_at(self, now_s: float) -> Spell | None:
        """When its platform stops it though somebody comes, if that is now; None: not now."""
        return None


def healthy_answer(name: str, title: str, health_path: str, request: Request) -> Response:
    """How a small web service answers when all is well: health, a page, and nothing else."""
    if request.path == health_path:
        return json_response(status="ok", service=name)
    if request.path == "/":
        return page(title, "This is a service of Sentinel's demo. It lives on this machine only.")
    return json_response(404, status="error", service=name, error="there is nothing here")
