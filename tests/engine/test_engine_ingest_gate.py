"""Who is let in: tokens, signatures that age and count once, pages by name, and not too often."""

from __future__ import annotations

from typing import Any

import pytest
from ingest_world import KEY, OTHER_TOKEN, PAGE, SIGNING_KEY, TOKEN, signed

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.ingest import IngestOptions
from sentinel_tui.engine.ingest.gate import Gate
from sentinel_tui.engine.ingest.messages import Refusal, Request

_BODY = b'{"event": "play"}'


def gate_of(clock: FakeClock, *sources: dict[str, Any]) -> Gate:
    gate = Gate(clock)
    gate.go_by(IngestOptions.model_validate({"sources": list(sources)}).sources)
    return gate


def source(**options: Any) -> dict[str, Any]:
    return {"name": "pages", "scopes": ["views"], **options}


def post(body: bytes = _BODY, **headers: str) -> Request:
    given = {"host": "127.0.0.1:8787", **headers}
    return Request(
        "POST", "/v1/views", {name.replace("_", "-"): one for name, one in given.items()}, body
    )


def bearer(token: str = TOKEN, **headers: str) -> Request:
    return post(authorization=f"Bearer {token}", **headers)


def refused(gate: Gate, request: Request) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        gate.admit(request, "views")
    return caught.value.status, caught.value.code


def test_a_token_lets_its_own_source_in_and_no_other_does(clock: FakeClock) -> None:
    gate = gate_of(
        clock, source(token=TOKEN), source(name="shop", token=OTHER_TOKEN, scopes=["views"])
    )
    assert gate.admit(bearer(OTHER_TOKEN), "views").source.name == "shop"
    for wrong in ("", TOKEN[:-1], TOKEN + "0", TOKEN.upper(), "é" * 32):
        assert refused(gate, bearer(wrong)) == (401, "unknown")
    assert refused(gate, post(authorization="Basic Ym9iOg==")) == (401, "unknown")
    assert refused(gate, post()) == (401, "unknown")


def test_a_source_does_only_what_it_is_for(clock: FakeClock) -> None:
    gate = gate_of(clock, source(token=TOKEN))
    with pytest.raises(Refusal) as caught:
        gate.admit(bearer(), "read")
    assert (caught.value.status, caught.value.code) == (403, "scope")


def test_a_signature_counts_for_five_minutes_and_its_message_once(clock: FakeClock) -> None:
    gate = gate_of(clock, source(hmac_keys=[SIGNING_KEY]))
    message = post(**signed(_BODY, clock.now_ms()))
    first = gate.admit(message, "views")
    # What was not done may be tried again; what was done may not.
    assert not gate.admit(message, "views").repeated
    gate.finish(first)
    assert gate.admit(message, "views").repeated
    assert gate.admit(post(**signed(_BODY, clock.now_ms(), "msg_2")), "views").repeated is False
    for skew_s in (-301, 301):
        stamped = signed(_BODY, clock.now_ms() + skew_s * 1_000, "msg_3")
        assert refused(gate, post(**stamped)) == (401, "unknown")


async def test_a_message_is_remembered_for_longer_than_it_counts(clock: FakeClock) -> None:
    gate = gate_of(clock, source(hmac_keys=[SIGNING_KEY]))
    early = post(**signed(_BODY, clock.now_ms() + 299_000))
    gate.finish(gate.admit(early, "views"))
    await clock.advance(590)
    assert gate.admit(early, "views").repeated


@pytest.mark.parametrize(
    "spoilt",
    [
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": "é"},
        {"webhook_signature": ""},
        {"webhook_id": "msg_2"},
        {"webhook_id": ""},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "9" * 400},
    ],
)
def test_a_signature_that_is_off_in_anything_is_nobodys(
    clock: FakeClock, spoilt: dict[str, str]
) -> None:
    gate = gate_of(clock, source(hmac_keys=[SIGNING_KEY]))
    headers = signed(_BODY, clock.now_ms()) | spoilt
    assert refused(gate, post(**headers)) == (401, "unknown")
    other_body = post(b'{"event": "ended"}', **signed(_BODY, clock.now_ms()))
    assert refused(gate, other_body) == (401, "unknown")


def test_while_one_key_replaces_the_other_both_sign(clock: FakeClock) -> None:
    new = "whsec_" + "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleSE="
    gate = gate_of(clock, source(hmac_keys=[new, SIGNING_KEY]))
    headers = signed(_BODY, clock.now_ms(), key=KEY)
    # A sender who replaces its key sends one signature by each.
    headers["webhook_signature"] = "v1,b3RoZXI= " + headers["webhook_signature"]
    assert gate.admit(post(**headers), "views").source.name == "pages"


def test_only_pages_that_were_named_may_ask(clock: FakeClock) -> None:
    gate = gate_of(clock, source(token=TOKEN, origins=[PAGE]))
    assert gate.admit(bearer(origin=PAGE), "views").source.name == "pages"
    assert gate.knows_page(PAGE)
    for other in ("https://shop.example.evil.test", "http://shop.example", "null"):
        assert refused(gate, bearer(origin=other)) == (403, "origin")
        assert not gate.knows_page(other)


def test_without_a_token_only_this_machine_is_served_by_its_own_name(clock: FakeClock) -> None:
    gate = gate_of(clock, source())
    for own in ("localhost:8787", "127.0.0.1", "[::1]:8787", ""):
        assert gate.admit(post(host=own), "views").source.name == "pages"
    # A page's own name may be made to lead here; so its reader's browser would ask in its stead.
    assert refused(gate, post(host="evil.test:8787")) == (401, "unknown")
    assert refused(gate, post(origin="https://evil.test")) == (403, "origin")


async def test_who_comes_too_often_is_told_when_to_come_again(clock: FakeClock) -> None:
    gate = gate_of(
        clock, source(token=TOKEN, per_s=2, burst=5), source(name="b", token=OTHER_TOKEN)
    )
    for _ in range(5):
        gate.admit(bearer(), "views")
    with pytest.raises(Refusal) as caught:
        gate.admit(bearer(), "views")
    assert (caught.value.status, caught.value.code) == (429, "too_often")
    wait_s = int(dict(caught.value.headers)["retry-after"])
    assert wait_s >= 1
    assert gate.admit(bearer(OTHER_TOKEN), "views").source.name == "b"
    await clock.advance(wait_s)
    assert gate.admit(bearer(), "views").source.name == "pages"
    # A long rest saves up no more than the burst.
    await clock.advance(3_600)
    for _ in range(5):
        gate.admit(bearer(), "views")
    assert refused(gate, bearer()) == (429, "too_often")


def test_a_secret_that_is_gone_shuts_out_its_source_alone(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SENTINEL_TEST_TOKEN", raising=False)
    gate = gate_of(
        clock, source(token="env:SENTINEL_TEST_TOKEN"), source(name="shop", token=OTHER_TOKEN)
    )
    assert "pages cannot be let in" in gate.trouble
    assert gate.admit(bearer(OTHER_TOKEN), "views").source.name == "shop"
    assert refused(gate, bearer()) == (401, "unknown")
