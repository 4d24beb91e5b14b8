"""What an owner did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OwnerAction:
    """Something the owner did, told by one of the owner's services.

    Attributes:
        id: What makes it one event however often it is told.
        action: What was done, such as `upload_video`.
        service: The service it was done with, or empty.
        at_ms: When.
        context: What else was told, names and plain values.
        duration_ms: How long it took, or None.
    """

    id: str
    action: str
    service: str
    at_ms: int
    context: Mapping[str, str | float | bool | None] = field(default_factory=dict)
    duration_ms: float | None = None
