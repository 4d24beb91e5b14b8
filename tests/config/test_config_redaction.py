"""What is known to be secret is taken out of whatever is kept."""

import base64
import io
import json
import logging
import sys
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.redaction import MASK, RedactingFilter, Redactor, redact, remember_url
from sentinel_tui.config.secrets import Secret

CANARY = "canary/7f3a+never show=me"

secrets = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="*"),
    min_size=6,
    max_size=40,
).filter(lambda text: len(text.strip()) >= 6)


def knowing(*known: str) -> Redactor:
    redactor = Redactor()
    for secret in known:
        redactor.remember(secret)
    return redactor


@given(secrets, st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_found_in_every_form_it_takes(secret: str, before: str, after: str) -> None:
    redactor = knowing(secret)
    forms = [
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    ]
    for form in forms:
        assert form not in redactor.redact(f"{before} {form} {after}")


@given(secrets, st.binary(max_size=20), st.binary(max_size=20))
def test_a_secret_is_found_inside_base64(secret: str, before: bytes, after: bytes) -> None:
    redactor = knowing(secret)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(before + secret.encode() + after).decode()
        left = redactor.redact(f"Basic {encoded}").removeprefix("Basic ")
        assert MASK in left
        # What is left on either side decodes to nothing of the secret but its first or last bits.
        assert len(left.replace(MASK, "")) * 6 <= (len(before) + len(after)) * 8 + 16


def test_the_longer_of_two_nested_secrets_leaves_nothing_behind() -> None:
    redactor = knowing("inner-secret", "the-inner-secret-and-more")
    assert redactor.redact("x the-inner-secret-and-more x") == f"x {MASK} x"
    assert redactor.redact("x inner-secret x") == f"x {MASK} x"


def test_text_without_secrets_stays_as_it_is() -> None:
    text = "curator: connection refused after 12 ms (127.0.0.1:8000)"
    assert knowing(CANARY).redact(text) == text


def test_a_secret_too_short_to_find_does_not_blot_out_the_log() -> None:
    assert knowing("a", "ok").redact("a look went ok") == "a look went ok"


def test_only_so_many_are_remembered_and_the_latest_always() -> None:
    redactor = Redactor()
    for number in range(3_000):
        redactor.remember(f"rotating-{number:05}")
    assert redactor.redact("rotating-02999") == MASK


@pytest.mark.parametrize(
    ("logged", "kept"),
    [
        ("GET https://user:pa@ss@host/path", f"GET https://{MASK}@host/path"),
        (
            "GET https://host/p?token=abc&page=2#access_token=xyz done",
            f"GET https://host/p?token={MASK}&page={MASK}#access_token={MASK} done",
        ),
        ("to postgres://u:p@db:5432/x", f"to postgres://{MASK}@db:5432/x"),
        ("mail to owner@example.com", "mail to owner@example.com"),
        ("GET https://host/a@b/c", "GET https://host/a@b/c"),
    ],
)
def test_urls_lose_their_user_part_and_their_query_values(logged: str, kept: str) -> None:
    assert redact(logged) == kept


def test_revealing_a_secret_is_enough_to_have_it_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTINEL_TEST_TOKEN", "revealed-by-reference-91")
    secret = Secret("env:SENTINEL_TEST_TOKEN")
    assert redact("revealed-by-reference-91") != MASK
    secret.reveal()
    assert redact("revealed-by-reference-91") == MASK


def test_a_literal_is_redacted_before_it_is_ever_used() -> None:
    Secret("literal-never-revealed-17")
    assert redact("literal-never-revealed-17") == MASK


# -- logging ----------------------------------------------------------------------------------


@pytest.fixture
def kept() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger and what its handler keeps."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter())
    parent = logging.getLogger("redaction-test")
    parent.propagate = False
    parent.addHandler(handler)
    Secret(CANARY)
    yield logging.getLogger("redaction-test.child"), stream
    parent.removeHandler(handler)


Kept = tuple[logging.Logger, io.StringIO]


def test_messages_and_their_arguments_are_redacted(kept: Kept) -> None:
    logger, stream = kept
    logger.warning("token %s in %r", CANARY, {"bearer": CANARY})
    logger.warning("GET %s", "https://host/?key=abcdef")
    assert CANARY not in stream.getvalue()
    assert "abcdef" not in stream.getvalue()
    assert stream.getvalue().count(MASK) == 3


def test_tracebacks_and_stacks_are_redacted(kept: Kept) -> None:
    logger, stream = kept
    try:
        raise RuntimeError(f"refused: {CANARY}")
    except RuntimeError:
        logger.exception("it failed", stack_info=True)
    assert CANARY not in stream.getvalue()
    assert "RuntimeError: refused: ***" in stream.getvalue()
    assert "Stack (most recent call last)" in stream.getvalue()


def test_a_log_call_with_wrong_arguments_prints_none_of_them(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    logger, stream = kept
    arguments = (CANARY, CANARY)
    logger.warning("only one: %s", *arguments)
    printed = stream.getvalue() + capsys.readouterr().err
    assert CANARY not in printed
    assert "only one" in printed


def test_a_log_line_sends_no_commands_to_the_terminal_that_shows_it(kept: Kept) -> None:
    logger, stream = kept
    logger.warning("answer: %s", "\x1b]52;c;ZXZpbA==\x07 and \u202e back")
    assert stream.getvalue().rstrip("\n").isprintable()


def test_the_filter_drops_no_record() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "plain", (), None)
    assert RedactingFilter().filter(record)
    assert record.getMessage() == "plain"
    assert sys.exc_info() == (None, None, None)


def test_a_secret_url_is_taken_out_piece_by_piece() -> None:
    remember_url("https://hooks.example.com/api/hooks/T0123456789A/abc?key=KKKKKKKKKKKKKK")
    for said in (
        "POST /api/hooks/T0123456789A/abc failed",
        "no such hook: T0123456789A",
        "KKKKKKKKKKKKKK is no key",
        "https://hooks.example.com/api/hooks/T0123456789A/abc?key=KKKKKKKKKKKKKK",
    ):
        shown = redact(said)
        assert "T0123456789A" not in shown
        assert "KKKK" not in shown
    assert redact("hooks.example.com answered 500 to /api") == (
        "hooks.example.com answered 500 to /api"
    )
