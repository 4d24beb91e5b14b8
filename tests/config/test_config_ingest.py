"""The server for what services and players tell Sentinel themselves."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from sentinel_tui.config.ingest import is_local
from sentinel_tui.config.loader import ConfigInvalid, Problem, load
from sentinel_tui.config.model import Config

WriteConfig = Callable[..., Path]

TOKEN = "canary-token-of-the-site"
SIGNING_KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()
SOURCE = """\
[[ingest.sources]]
name = "site"
scopes = ["views"]
"""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_TOKEN", TOKEN)
    monkeypatch.setenv("SITE_KEY", SIGNING_KEY)
    monkeypatch.setenv("SHORT", "123456789")


def with_token(source: str = SOURCE) -> str:
    return source + 'token = "env:SITE_TOKEN"\n'


def listening(listen: str, source: str = "") -> str:
    return f'[ingest]\nlisten = "{listen}"\n' + (source or with_token())


def problems(path: Path) -> list[Problem]:
    with pytest.raises(ConfigInvalid) as invalid:
        load(path)
    return list(invalid.value.problems)


def test_without_a_table_there_is_no_server(write_config: WriteConfig) -> None:
    assert load(write_config("")).config.ingest is None


def test_all_of_it_can_be_written(write_config: WriteConfig) -> None:
    text = """
        [ingest]
        listen = "[::1]:8788"
        viewer_key = "env:SITE_TOKEN"
        [[ingest.sources]]
        name = "site"
        hmac_keys = ["env:SITE_KEY", "env:SITE_KEY"]
        scopes = ["views", "actions", "beats", "read"]
        per_s = 7
        burst = 9
        origins = ["HTTPS://Shop.example/", "http://127.0.0.1:3000"]
    """
    ingest = load(write_config(text)).config.ingest
    assert ingest is not None
    assert (ingest.listen, ingest.is_local) == ("[::1]:8788", True)
    (site,) = ingest.sources
    assert [key.reveal() for key in site.hmac_keys] == [SIGNING_KEY, SIGNING_KEY]
    assert (site.per_s, site.burst) == (7, 9)
    # As browsers write them, so that they can be compared as they are.
    assert site.origins == ["https://shop.example", "http://127.0.0.1:3000"]


def test_a_socket_file_lies_beside_the_configuration(write_config: WriteConfig) -> None:
    path = write_config(listening("unix:in.sock"))
    ingest = load(path).config.ingest
    assert ingest is not None
    assert ingest.listen == f"unix:{path.parent / 'in.sock'}"
    assert ingest.is_local


@pytest.mark.parametrize(
    "listen",
    [
        "",
        "8787",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:70000",
        "example.com:80",
        "::1:8787",
        "[127.0.0.1]:8787",
        "http://127.0.0.1:8787",
        "unix:",
        "unix:/" + "x" * 200,
    ],
)
def test_where_nothing_can_listen_is_a_mistake(write_config: WriteConfig, listen: str) -> None:
    (problem,) = problems(write_config(listening(listen)))
    assert (problem.line, problem.key) == (2, "ingest.listen")
    assert not is_local("0.0.0.0:1")


@pytest.mark.parametrize("listen", ["0.0.0.0:8787", "192.168.1.4:8787", "[::]:8787"])
def test_beyond_this_machine_every_source_proves_who_it_is(
    write_config: WriteConfig, listen: str
) -> None:
    (problem,) = problems(write_config(listening(listen, SOURCE)))
    assert "lets in anybody" in str(problem)
    assert problem.line == 3
    (doubt,) = load(write_config(listening(listen))).warnings
    assert "reverse proxy with TLS" in str(doubt)


def test_on_this_machine_one_source_may_do_without_proof(write_config: WriteConfig) -> None:
    other = SOURCE.replace("site", "cron")
    assert load(write_config(listening("localhost:8787", SOURCE + with_token(other)))).config.ingest
    (problem,) = problems(write_config(listening("localhost:8787", SOURCE + other)))
    assert "cannot be told from the one on line 3" in str(problem)


@pytest.mark.parametrize(
    ("source", "key", "said"),
    [
        (SOURCE + 'token = "env:SHORT"', "token", "could be guessed"),
        (SOURCE + 'hmac_keys = ["env:SITE_TOKEN"]', "hmac_keys", "is no signing key"),
        (with_token() + 'hmac_keys = ["env:SITE_KEY"]', "hmac_keys", "stand beside token"),
        (with_token(SOURCE.replace('"views"', "")), "scopes", "at least 1 element"),
        (with_token(SOURCE.replace('"views"', '"all"')), "scopes", '"views", "actions"'),
        (with_token() + 'origins = ["https://shop.example/page"]', "origins", "more than an or"),
        (with_token() + 'origins = ["*"]', "origins", "is no URL"),
        (with_token() + "per_s = 0", "per_s", "from 1 to"),
        (with_token(SOURCE.replace('"site"', '"My site"')), "name", "is no id"),
    ],
)
def test_a_mistake_in_a_source_is_named_and_no_secret_with_it(
    write_config: WriteConfig, source: str, key: str, said: str
) -> None:
    (problem,) = problems(write_config("[ingest]\n" + source))
    assert key in problem.key
    assert said in str(problem)
    assert "123456789" not in str(problem)
    assert "canary" not in str(problem)


def test_a_server_without_a_source_would_serve_nobody(write_config: WriteConfig) -> None:
    (problem,) = problems(write_config("[ingest]\n"))
    assert "sources" in problem.key


def test_sources_have_names_of_their_own(write_config: WriteConfig) -> None:
    twice = problems(write_config("[ingest]\n" + with_token() + with_token()))
    assert ["already taken on line 3" in str(one) for one in twice] == [True]


def test_a_port_that_may_be_taken_is_doubted(write_config: WriteConfig) -> None:
    assert load(write_config(listening("127.0.0.1:32767"))).warnings == ()
    (doubt,) = load(write_config(listening("127.0.0.1:49152"))).warnings
    assert "may be taken" in str(doubt)


def test_what_is_shown_holds_no_secret(write_config: WriteConfig) -> None:
    config: Config = load(write_config(listening("127.0.0.1:8787"))).config
    assert "canary" not in f"{config!r} {config.model_dump_json()}"
