"""What somebody wants done, before anything is decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sentinel_tui.domain.autonomy.policy import Verb

Arguments = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Want:
    """An action that the owner or one of Sentinel's workers wants.

    Attributes:
        key: Makes it unique: the same key never acts twice.
        service: To which service.
        verb: What.
        by: Who wants it: `tui`, `cli`, or a worker such as `healing`.
        why: Why, in one line.
        arguments: With what; see `Action.arguments`.
        automatic: Whether Sentinel wants it by itself.
        dry_run: Whether it is only to be seen what would happen.
        undoes: The number of the action that it takes back, or 0.
        incident: The incident that it is to end, or 0.
    """

    key: str
    service: str
    verb: Verb
    by: str
    why: str
    arguments: Arguments = field(default_factory=dict)
    automatic: bool = False
    dry_run: bool = False
    undoes: int = 0
    incident: int = 0


def rollback_key(bad_deploy: str, attempt: int = 0) -> str:
    """The key of going back from a deploy: the same, whoever wants it, so that it happens once.

    Args:
        bad_deploy: The deploy to get away from.
        attempt: How often it was wanted and never reached the platform.
    """
    return f"rollback/{bad_deploy}/{attempt}"
