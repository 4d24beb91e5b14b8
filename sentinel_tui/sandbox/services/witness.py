"""Somebody on the network who always answers: proof that the network is there."""

from __future__ import annotations

from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.services.application import Application


class Witness(Application):
    """Answers every request with 204."""

    name = "witness"
    health_path = "/generate_204"

    async def answer(self, request: Request) -> Response:
        """Be there."""
        return Response(204)
