"""What the tests of the probes share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import trustme
from hostile import HostileServers

from sentinel_tui.probes.prober import Prober


@pytest.fixture
def hostile() -> Iterator[HostileServers]:
    servers = HostileServers()
    yield servers
    servers.close()


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    async with Prober() as one:
        yield one


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts by default."""
    return trustme.CA()
