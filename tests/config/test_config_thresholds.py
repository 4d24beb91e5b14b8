"""The options of a service become what the state machine goes by."""

from sentinel_tui.config.checks import DomainCheck, HeartbeatCheck, HttpCheck
from sentinel_tui.config.model import Service, Sleeps, ThresholdOptions
from sentinel_tui.config.thresholds import thresholds_for
from sentinel_tui.domain.monitoring.states import Thresholds

HTTP = HttpCheck(url="https://example.com")


def test_the_defaults_are_those_of_the_state_machine() -> None:
    assert thresholds_for(Service(id="a", checks=[HTTP]), HTTP) == Thresholds()


def test_every_option_arrives() -> None:
    options = ThresholdOptions.model_validate(
        {
            "confirm_cycles": 4,
            "burst": ["1s", "7s"],
            "recover_cycles": 5,
            "recover_after": "3m",
            "slow_cycles": 6,
            "fast_cycles": 7,
            "slow_factor": 4.5,
            "slow_floor": "800ms",
        }
    )
    sleeps = Sleeps.model_validate({"after": "20m", "wake_timeout": "90s"})
    service = Service(id="a", checks=[HTTP], thresholds=options, sleeps=sleeps)

    assert thresholds_for(service, HTTP) == Thresholds(
        burst_s=(1, 7),
        confirm_cycles=4,
        recover_cycles=5,
        recover_after_s=180,
        slow_cycles=6,
        fast_cycles=7,
        slow_factor=4.5,
        slow_floor_ms=800,
        sleeps_after_s=1_200,
        wake_deadline_s=90,
    )


def test_a_heartbeat_is_believed_at_once_both_ways() -> None:
    beat = HeartbeatCheck()
    thresholds = thresholds_for(Service(id="a", checks=[beat]), beat)
    assert thresholds.burst_s == ()
    assert thresholds.confirm_cycles == thresholds.recover_cycles == 1
    assert thresholds.recover_after_s == 0


def test_a_registry_is_asked_again_within_seconds_and_then_believed() -> None:
    check = DomainCheck(domain="example.com")
    thresholds = thresholds_for(Service(id="a", checks=[check]), check)
    assert thresholds.burst_s == Thresholds().burst_s
    assert thresholds.confirm_cycles == thresholds.recover_cycles == 1
    assert thresholds.recover_after_s == 0
