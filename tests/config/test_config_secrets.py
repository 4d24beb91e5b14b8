"""A secret is found where its reference says, and shows itself nowhere."""

import copy
import json
import os
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sentinel_tui.config.base import Mistake
from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.config.model import Config
from sentinel_tui.config.secrets import Secret
from sentinel_tui.errors import SecretError

CANARY = "canary-7f3a-never-show-me"

WriteSecret = Callable[..., Path]


def check_with(secret: str) -> HttpCheck:
    return HttpCheck(url="https://example.com", bearer=Secret(secret))


# -- where a secret is found ------------------------------------------------------------------


def test_a_literal_reveals_itself() -> None:
    secret = Secret(CANARY)
    assert secret.reveal() == CANARY
    assert secret.is_literal


def test_an_environment_variable_is_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret("env:SENTINEL_TEST_TOKEN")
    monkeypatch.setenv("SENTINEL_TEST_TOKEN", "first")
    assert secret.reveal() == "first"
    monkeypatch.setenv("SENTINEL_TEST_TOKEN", "second")
    assert secret.reveal() == "second"
    assert not secret.is_literal


def test_a_missing_variable_says_which_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENTINEL_TEST_TOKEN", raising=False)
    with pytest.raises(SecretError, match="SENTINEL_TEST_TOKEN is not set") as refused:
        Secret("env:SENTINEL_TEST_TOKEN").reveal()
    assert "export" in refused.value.hint


def test_a_private_file_is_read_without_its_line_end(secret_file: WriteSecret) -> None:
    path = secret_file(f"{CANARY}\r\n".encode())
    assert Secret(f"file:{path}").reveal() == CANARY


def test_a_rotated_file_counts_at_once(secret_file: WriteSecret) -> None:
    secret = Secret(f"file:{secret_file(b'before')}")
    assert secret.reveal() == "before"
    secret_file(b"afterwards")
    assert secret.reveal() == "afterwards"


def test_a_relative_file_starts_in_the_given_folder(
    secret_file: WriteSecret, tmp_path: Path
) -> None:
    secret_file(CANARY.encode(), name="relative")
    assert Secret("file:relative", tmp_path).reveal() == CANARY


def test_a_file_may_lie_in_the_home_folder(
    secret_file: WriteSecret, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    secret_file(CANARY.encode(), name="at-home")
    assert Secret("file:~/at-home").reveal() == CANARY


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602, 0o601])
def test_a_file_open_to_others_is_refused(secret_file: WriteSecret, mode: int) -> None:
    path = secret_file(CANARY.encode(), mode)
    with pytest.raises(SecretError, match="open to others") as refused:
        Secret(f"file:{path}").reveal()
    assert refused.value.hint == f"chmod 600 {path}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_is_refused(secret_file: WriteSecret) -> None:
    path = secret_file(CANARY.encode())
    os.chown(path, 12_345, -1)
    with pytest.raises(SecretError, match="belongs to somebody else"):
        Secret(f"file:{path}").reveal()


def test_what_is_no_plain_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (pipe, tmp_path, tmp_path / "missing"):
        with pytest.raises(SecretError, match=str(path)):
            Secret(f"file:{path}").reveal()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"two\nlines", "line break"),
        (b"tab\tbed", "control character"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * 70_000, "too large"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused(
    secret_file: WriteSecret, content: bytes, complaint: str
) -> None:
    with pytest.raises(SecretError, match=complaint):
        Secret(f"file:{secret_file(content)}").reveal()


def test_a_credential_is_read_from_the_folder_systemd_names(
    secret_file: WriteSecret, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Access is granted by an ACL there, so the mode says nothing.
    secret_file(CANARY.encode(), mode=0o640, name="monetizer")
    secret = Secret("credential:monetizer")

    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert secret.is_elsewhere
    with pytest.raises(SecretError, match="systemd"):
        secret.reveal()

    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert not secret.is_elsewhere
    assert secret.reveal() == CANARY


@pytest.mark.parametrize(
    "written",
    ["", "  ", "env:", "env:1BAD", "env:A B", "file:", "credential:../etc/passwd", "credential:.x"],
)
def test_a_reference_that_names_nothing_is_a_mistake(written: str) -> None:
    with pytest.raises(Mistake):
        Secret(written)


@pytest.mark.parametrize("written", ["ENV:TOKEN", "File:/x", " env:TOKEN", "credential : x"])
def test_what_only_looks_like_a_reference_is_not_sent_as_a_password(written: str) -> None:
    with pytest.raises(Mistake, match="looks like a reference"):
        Secret(written)


# -- where it does not show -------------------------------------------------------------------


def test_no_way_of_printing_shows_a_secret() -> None:
    secret, check = Secret(CANARY), check_with(CANARY)
    config = Config.model_validate(
        {
            "services": [
                {"id": "a", "checks": [{"kind": "http", "url": "http://a", "bearer": CANARY}]}
            ]
        }
    )
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>40}",
        f"{secret!r}",
        "%s %r" % (secret, secret),  # noqa: UP031 - this way of formatting is what is tried
        secret.reference,
        repr(check),
        repr(check.model_dump()),
        check.model_dump_json(),
        repr(config),
        config.model_dump_json(by_alias=True),
        json.dumps(config.model_dump(mode="json")),
        repr(pickle.dumps(secret)),
        repr(pickle.dumps(config)),
        repr([secret]) + repr({"key": secret}),
        repr(getattr(secret, "__dict__", "")),
    ]
    for text in shown:
        assert CANARY not in text
    assert "***" in repr(config)


def test_a_pickled_reference_still_leads_to_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTINEL_TEST_TOKEN", CANARY)
    back = pickle.loads(pickle.dumps(Secret("env:SENTINEL_TEST_TOKEN")))  # noqa: S301 - our own
    assert back.reveal() == CANARY


def test_a_pickled_literal_is_not_sent_as_its_mask() -> None:
    back = pickle.loads(pickle.dumps(Secret(CANARY)))  # noqa: S301 - our own
    with pytest.raises(SecretError, match="only its mask"):
        back.reveal()


def test_copies_keep_the_secret() -> None:
    check = check_with(CANARY)
    for twin in (copy.copy(check), copy.deepcopy(check), check.model_copy()):
        assert twin.bearer is not None
        assert twin.bearer.reveal() == CANARY


def test_validation_errors_do_not_quote_what_was_written() -> None:
    data = {
        "kind": "http",
        "url": f"http://user:{CANARY}@example.com",
        "bearer": f"env:{CANARY}!",
        "basic_password": [CANARY],
        "secret_headers": {"X-Key": {"nested": CANARY}},
        CANARY: CANARY,
    }
    del data[CANARY]
    with pytest.raises(ValidationError) as refused:
        HttpCheck.model_validate(data)
    assert CANARY not in "".join(traceback.format_exception(refused.value))
    assert CANARY not in repr(refused.value.errors(include_input=False))


def test_errors_about_files_do_not_carry_their_content(secret_file: WriteSecret) -> None:
    path = secret_file(CANARY.encode() + b"\xff")
    with pytest.raises(SecretError) as refused:
        Secret(f"file:{path}").reveal()
    error: BaseException | None = refused.value
    while error is not None:
        assert CANARY.encode() not in getattr(error, "object", b"")
        assert CANARY not in str(error)
        error = error.__context__


# -- when two are the same --------------------------------------------------------------------


@given(st.text(min_size=1), st.text(min_size=1))
def test_secrets_are_equal_when_they_are_written_alike(one: str, other: str) -> None:
    try:
        first, twin, second = Secret(one), Secret(one), Secret(other)
    except Mistake:
        return
    assert first == twin
    assert hash(first) == hash(twin)
    assert (first == second) == (one == other)


def test_a_secret_equals_no_text_and_no_other_form() -> None:
    assert Secret(CANARY) != CANARY
    assert Secret("env:TOKEN") != Secret("credential:TOKEN")
