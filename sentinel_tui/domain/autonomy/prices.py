"""What a change of plan or instances adds to the monthly bill, by Render's published prices.

The figures are list prices in US dollars for one instance of a web service in a whole month. They
were not checked with the platform, which has no call that tells them, and taxes, traffic and the
workspace's own fee come on top; whoever shows a cost says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import HostedService

CAVEAT = "list price, unverified"

DOLLARS_PER_MONTH: Mapping[str, float] = {
    "free": 0.0,
    "starter": 7.0,
    "standard": 25.0,
    "pro": 85.0,
    "pro_plus": 175.0,
    "pro_max": 225.0,
    "pro_ultra": 450.0,
}


def added_euros(
    verb: Verb,
    arguments: Mapping[str, str | int | bool],
    hosted: HostedService,
    *,
    euros_per_dollar: float = 1.0,
) -> float | None:
    """What an action adds to the monthly bill; negative where it saves.

    Autoscaling is reckoned at its most, which is what it may come to.

    Args:
        verb: What is wanted.
        arguments: With what, as in `Action.arguments`.
        hosted: How the service is set now.
        euros_per_dollar: The rate of exchange.

    Returns:
        Euros a month, or None where the price of a plan is not known.
    """
    plan, instances = hosted.plan, hosted.instances
    match verb:
        case Verb.SCALE:
            instances = int(arguments["instances"])
        case Verb.PLAN:
            plan = str(arguments["plan"])
        case Verb.AUTOSCALE if arguments.get("on", True):
            instances = int(arguments["most"])
        case _:
            return 0.0
    before, after = DOLLARS_PER_MONTH.get(hosted.plan), DOLLARS_PER_MONTH.get(plan)
    if before is None or after is None:
        return None
    return (after * instances - before * hosted.instances) * euros_per_dollar
