"""Addresses are judged by what they mean, however they are written."""

from __future__ import annotations

import pytest

from sentinel_tui.domain.addresses import Reach, reach


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("93.184.215.14", Reach.PUBLIC),
        ("2606:2800:21f:cb07::1", Reach.PUBLIC),
        ("127.0.0.1", Reach.PRIVATE),
        ("0.0.0.0", Reach.PRIVATE),  # noqa: S104 - an address to judge, not to bind
        ("::", Reach.PRIVATE),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.16.0.1", Reach.PRIVATE),
        ("192.168.1.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("192.0.0.8", Reach.PRIVATE),
        ("198.18.0.1", Reach.PRIVATE),
        ("255.255.255.255", Reach.PRIVATE),
        ("::1", Reach.PRIVATE),
        ("fd00::1", Reach.PRIVATE),
        ("169.254.169.254", Reach.FORBIDDEN),
        ("169.254.1.1", Reach.FORBIDDEN),
        ("fe80::1", Reach.FORBIDDEN),
        ("fd00:ec2::254", Reach.FORBIDDEN),
        ("100.100.100.200", Reach.FORBIDDEN),
        ("224.0.0.1", Reach.FORBIDDEN),
        ("ff02::1", Reach.FORBIDDEN),
        # the same in disguise
        ("::ffff:127.0.0.1", Reach.PRIVATE),
        ("::ffff:169.254.169.254", Reach.FORBIDDEN),
        ("64:ff9b::a9fe:a9fe", Reach.FORBIDDEN),
        ("64:ff9b::a00:1", Reach.PRIVATE),
        ("64:ff9b::5db8:d70e", Reach.PUBLIC),
        ("2002:a9fe:a9fe::1", Reach.FORBIDDEN),
        ("2002:7f00:1::", Reach.PRIVATE),
        ("2001:0:5db8:d70e:0:0:5601:5601", Reach.FORBIDDEN),  # Teredo for 169.254.169.254
    ],
)
def test_reach(ip: str, expected: Reach) -> None:
    assert reach(ip) is expected
