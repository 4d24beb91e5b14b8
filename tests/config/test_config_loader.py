"""A file that is right becomes a configuration; one that is wrong tells every mistake at once."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel_tui.config.checks import HttpCheck, TcpCheck
from sentinel_tui.config.loader import ConfigInvalid, ConfigMissing, Problem, load
from sentinel_tui.errors import ConfigError

CANARY = "canary-51c2-never-show-me"

WriteConfig = Callable[..., Path]


def mistakes_in(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ConfigInvalid) as refused:
        load(path)
    return refused.value.problems


def service(more: str = "", *, check: str = "") -> str:
    """A service that is right, with `more` from line 4 on; `check` is the inside of one check."""
    checks = f"checks = [{{ {check} }}]" if check else 'url = "https://example.com"'
    return f'[[services]]\nid = "a"\n{checks}\n{more}\n'


# -- right ------------------------------------------------------------------------------------


def test_a_file_that_is_right_is_taken_over(write_config: WriteConfig) -> None:
    path = write_config(
        dedent(
            """\
            [[services]]
            id = "public"
            name = "Public site"
            role = "public"
            url = "https://example.com/health"
            depends_on = ["db"]
            tags = ["money", "eu"]
            sleeps = { after = "15m", wake_every = "5m" }

            [[services]]
            id = "db"

            [[services.checks]]
            kind = "tcp"
            host = "127.0.0.1"
            port = 5432
            interval = "1m"
            max_latency = 0.25

            [[services.checks]]
            name = "api"
            kind = "http"
            url = "http://[::1]:8080/"
            status = ["200-299", 404]
            json = [{ path = "a.b", is = 3, comparison = ">=" }]

            [display]
            time_zone = "Europe/Paris"

            [keys]
            "probe.now" = "p,f5"
            """
        )
    )
    loaded = load(path)

    assert loaded.warnings == ()
    public, database = loaded.config.services
    assert public.label == "Public site"
    assert public.sleeps is not None
    assert public.sleeps.after_s == 900
    tcp, api = database.checks
    assert isinstance(tcp, TcpCheck)
    assert (tcp.interval_s, tcp.max_latency_s) == (60, 0.25)
    assert isinstance(api, HttpCheck)
    assert api.status == ["200-299", "404"]
    assert loaded.config.keys == {"probe.now": "p,f5"}


@pytest.mark.parametrize("text", ["", "\n# nothing yet\n", "\ufeff# from another editor\n"])
def test_an_empty_file_watches_nothing_and_is_right(write_config: WriteConfig, text: str) -> None:
    assert load(write_config(text)).config.services == []


def test_windows_line_ends_change_nothing(write_config: WriteConfig) -> None:
    config = load(write_config(service().replace("\n", "\r\n"))).config
    assert config.services[0].url == "https://example.com"
    assert mistakes_in(write_config("\r\n\r\nengin = 1\r\n"))[0].line == 3


def test_files_it_names_start_in_its_own_folder(
    write_config: WriteConfig, secret_file: Callable[..., Path], tmp_path: Path
) -> None:
    secret_file(b"hidden-in-a-file", name="token")
    secret_file(b"certificates", name="ca.pem")
    check = 'kind = "http", url = "https://a", bearer = "file:token", ca_file = "ca.pem"'
    loaded = load(write_config(service(check=check)))

    read = loaded.config.services[0].checks[0]
    assert isinstance(read, HttpCheck)
    assert read.bearer is not None
    assert read.bearer.reveal() == "hidden-in-a-file"
    assert read.ca_file == tmp_path / "ca.pem"


def test_names_from_the_file_are_made_harmless(write_config: WriteConfig) -> None:
    path = write_config(service('name = "\\u001b[2Jevil\\u202e"\ntags = ["a\\nb"]'))
    config = load(path).config
    assert config.services[0].name.isprintable()
    assert config.services[0].tags == ["a b"]


# -- wrong ------------------------------------------------------------------------------------

HTTP = 'kind = "http", url = "https://a"'

WRONG = [
    # text, line, key, words that must be in what is said
    (service('rol = "public"'), 4, "services[0].rol", ['did you mean "role"?']),
    (service("interval = 3"), 4, "services[0].interval", ["no option", "one of id"]),
    (service('role = "boss"'), 4, "services[0].role", ['"curator"', '"other"']),
    (service("name = 7"), 4, "services[0].name", ["a whole number", "expected text"]),
    (service('tags = "a"'), 4, "services[0].tags", ["is text", "a list of text"]),
    (service("tags = [\n'a',\n3]"), 6, "services[0].tags[1]", ["a whole number"]),
    (service("sleeps = 3"), 4, "services[0].sleeps", ["a table"]),
    (service('sleeps.after = "soon"'), 4, "services[0].sleeps.after", ["such as 30s, 5m"]),
    (service("sleeps.after = -1"), 4, "services[0].sleeps.after", ["zero or more"]),
    (service("sleeps.after = nan"), 4, "services[0].sleeps.after", ["no duration"]),
    (service("sleeps.after = true"), 4, "services[0].sleeps.after", ["no duration"]),
    (service('sleeps.after = "4m"'), 4, "services[0].sleeps.wake_every", ["too late", "`after`"]),
    (service("[services.thresholds]\nburst=[5,2]"), 5, "services[0].thresholds.burst", ["ascend"]),
    (
        service("thresholds.burst = [1,2,3,4,5,6]"),
        4,
        "services[0].thresholds.burst",
        ["too long", "at most 5"],
    ),
    (
        service('thresholds.confirm_cycles = "3"'),
        4,
        "services[0].thresholds.confirm_cycles",
        ["is text", "from 1 to 60"],
    ),
    (
        service("thresholds.confirm_cycles = 0"),
        4,
        "services[0].thresholds.confirm_cycles",
        ["1 to"],
    ),
    (service('render_service_id = "x"'), 4, "services[0].render_service_id", ["srv-"]),
    ('[[services]]\nurl = "http://a"', 1, "services[0].id", ["is missing"]),
    ('[[services]]\nid = "A b"\nurl = "http://a"', 2, "services[0].id", ["lower-case"]),
    ('[[services]]\nid = "a"', 1, "services[0]", ["watches nothing", "at least one check"]),
    ('[[services]]\nid = "a"\nurl = "ftp://a"', 3, "services[0].url", ["http:// or https://"]),
    ('[[services]]\nid = "a"\nurl = "http://u:p@a"', 3, "services[0].url", ["basic_password"]),
    ('[[services]]\nid = "a"\nurl = "http://a:0"', 3, "services[0].url", ["port"]),
    ('[[services]]\nid = "a"\nurl = "http://a:99999"', 3, "services[0].url", ["no URL"]),
    ('[[services]]\nid = "a"\nurl = "http://a b"', 3, "services[0].url", ["without spaces"]),
    (service() + service(), 5 + 1, "services[1].id", ["already taken on line 2"]),
    (
        service('render_service_id = "srv-1"')
        + service('render_service_id = "srv-1"').replace('"a"', '"b"'),
        8,
        "services[1].render_service_id",
        ["already taken on line 4", "all the checks"],
    ),
    (service('depends_on = ["b"]'), 4, "services[0].depends_on[0]", ["no service", "one of a"]),
    (service('depends_on = ["a"]'), 4, "services[0].depends_on[0]", ["a needs a"]),
    (service(check="host = 'x'"), 3, "services[0].checks[0]", ["needs a kind", "heartbeat"]),
    (service(check="kind = 'htp'"), 3, "services[0].checks[0]", ["unknown kind", "http"]),
    (service(check="kind = 'http'"), 3, "services[0].checks[0].url", ["is missing", "a URL"]),
    (service(check=f"{HTTP}, timeout = '2m'"), 3, "services[0].checks[0].timeout", ["at most 1m"]),
    (service(check=f"{HTTP}, timeout = 0"), 3, "services[0].checks[0].timeout", ["above 0s"]),
    (service(check=f"{HTTP}, timeout_s = 3"), 3, "services[0].checks[0].timeout_s", ["timeout"]),
    (service(check=f"{HTTP}, status = ['2xx']"), 3, "services[0].checks[0].status[0]", ["200-299"]),
    (service(check=f"{HTTP}, status = ['²00']"), 3, "services[0].checks[0].status[0]", ["status"]),
    (service(check=f"{HTTP}, status = []"), 3, "services[0].checks[0].status", ["at least 1"]),
    (service(check=f"{HTTP}, matches = '('"), 3, "services[0].checks[0].matches", ["regular"]),
    (service(check=f"{HTTP}, method = 'get'"), 3, "services[0].checks[0].method", ['"GET"']),
    (
        service(check=f"{HTTP}, json = [{{ path = 'a', is = [1] }}]"),
        3,
        "services[0].checks[0].json[0].is",
        ["text, a number, true or false"],
    ),
    (
        service(check=f"{HTTP}, json = [{{ path = 'a', is = 'b', comparison = '<' }}]"),
        3,
        "services[0].checks[0].json[0].comparison",
        ["needs a number"],
    ),
    (
        service(check=f"{HTTP}, headers = {{ Authorization = 'x' }}"),
        3,
        "services[0].checks[0].headers.Authorization",
        ["secret_headers"],
    ),
    (
        service(check=f"{HTTP}, headers = {{ 'a b' = 'x' }}"),
        3,
        'services[0].checks[0].headers."a b"',
        ["header name"],
    ),
    (
        service(check=f'{HTTP}, headers = {{ A = "x\\r\\nB: y" }}'),
        3,
        "services[0].checks[0].headers.A",
        ["one line"],
    ),
    (
        service(check=f"{HTTP}, bearer = 'env:SENTINEL_TEST_UNSET'"),
        3,
        "services[0].checks[0].bearer",
        ["SENTINEL_TEST_UNSET is not set", "export"],
    ),
    (service(check=f"{HTTP}, bearer = 'ENV:X'"), 3, "services[0].checks[0].bearer", ["env:"]),
    (service(check=f"{HTTP}, bearer = 3"), 3, "services[0].checks[0].bearer", ["not text"]),
    (
        service(check=f"{HTTP}, basic_user = 'u', bearer = 'token'"),
        3,
        "services[0].checks[0].bearer",
        ["one way"],
    ),
    (
        service(check=f"{HTTP}, ca_file = 'missing.pem'"),
        3,
        "services[0].checks[0].ca_file",
        ["there is no file", "missing.pem"],
    ),
    (
        service(check=f'{HTTP}, ca_file = "a\\u202eb"'),
        3,
        "services[0].checks[0].ca_file",
        ["no path"],
    ),
    (
        service(check=f"{HTTP}, ca_file = '~nobody-at-all/a'"),
        3,
        "services[0].checks[0].ca_file",
        ["~/"],
    ),
    (service(check=f"{HTTP}, ca_file = 3"), 3, "services[0].checks[0].ca_file", ["a whole number"]),
    (
        service(check=f"{HTTP}, client_key = '/dev/../etc/hostname'"),
        3,
        "services[0].checks[0].client_key",
        ["client_certificate"],
    ),
    (
        service(check="kind = 'tcp', host = 'http://a', port = 1"),
        3,
        "services[0].checks[0].host",
        ["is a URL"],
    ),
    (
        service(check="kind = 'tcp', host = 'a:1', port = 1"),
        3,
        "services[0].checks[0].host",
        ["without a port"],
    ),
    (
        service(check="kind = 'tcp', host = 'a', port = 65536"),
        3,
        "services[0].checks[0].port",
        ["too large", "from 1 to 65535"],
    ),
    (
        service(check="kind = 'dns', host = 'a', resolver = 'dns.example'"),
        3,
        "services[0].checks[0].resolver",
        ["9.9.9.9"],
    ),
    (
        service(check="kind = 'dns', host = 'a', rcode = 'OK'"),
        3,
        "services[0].checks[0].rcode",
        ["NXDOMAIN"],
    ),
    (
        service(check="kind = 'tls', host = 'a', fingerprint = 'ab:cd'"),
        3,
        "services[0].checks[0].fingerprint",
        ["64 hexadecimal digits"],
    ),
    (
        service(f"[[services.checks]]\n{HTTP.replace(', ', chr(10))}"),
        5,
        "services[0].checks[0].kind",
        ['second check called "http"', "line 3"],
    ),
    ('[display]\ntime_zone = "Mars/Base"', 2, "display.time_zone", ["Europe/Paris"]),
    ('[display]\nmouse = "yes"', 2, "display.mouse", ["is text", "true or false"]),
    ('[retention]\nbackup_cron = "61 * * * *"', 2, "retention.backup_cron", ["five fields"]),
    ('[retention]\nbackup_cron = "daily"', 2, "retention.backup_cron", ["five fields"]),
    ("[retention]\nraw_days = 1.5", 2, "retention.raw_days", ["a number", "a whole number"]),
    ('[enigne]\n"user agent" = 1', 1, "enigne", ['did you mean "engine"?']),
    ('[keys]\n"probe.now" = 3', 2, 'keys."probe.now"', ["expected text"]),
    ("services = 3", 1, "services", ["a list of tables"]),
    ("services = [3]", 1, "services[0]", ["a table"]),
    ("[engine]\nuser_agent = 1979-05-27", 2, "engine.user_agent", ["a date or time"]),
    ("\n\nthis is not toml", 3, "", ["not TOML", "key = value"]),
    (service("name = Public"), 4, "services[0].name", ["not TOML", "quotes"]),
    (service('name = "Public'), 4, "services[0].name", ["closing quote"]),
    (service("name = 'x'\nname = 'y'"), 5, "name", ["each key once"]),
    ("a = [1,\nb = 2", 2, "b", ["look above"]),
    ("[engine]\n[engine]", 2, "", ["twice", "[[table]]"]),
    ('x = """never closed\n\n\n', 1, "x", ["closing quotes"]),
    ('"', 1, "", ["closing quotes"]),
    ("x = [1, 2\n", 1, "x", ["closing ]"]),
    (f"x = {'[' * 5_000}", 1, "x", ["nested too deeply"]),
    (f"[engine]\nx = {'9' * 5_000}", 2, "engine.x", ["too long"]),
]


@pytest.mark.parametrize(
    ("text", "line", "key", "words"), WRONG, ids=lambda value: value if value == "" else None
)
def test_every_kind_of_mistake_is_told_with_its_line_and_key(
    write_config: WriteConfig, text: str, line: int, key: str, words: list[str]
) -> None:
    path = write_config(text)
    problems = mistakes_in(path)

    told = [problem for problem in problems if (problem.line, problem.key) == (line, key)]
    assert told, "\n".join(map(str, problems))
    assert all(word in str(told[0]) for word in words), str(told[0])
    assert str(told[0]).startswith(f"{path}:{line}: ")
    assert len(problems) == 1, "one mistake is told once"


def test_every_mistake_says_what_was_expected_or_how_to_mend_it(write_config: WriteConfig) -> None:
    for text, *_ in WRONG:
        for problem in mistakes_in(write_config(text)):
            assert problem.expected or problem.mend, problem


def test_mistakes_of_every_kind_are_told_together(write_config: WriteConfig) -> None:
    path = write_config(
        dedent(
            """\
            [[services]]
            id = "a"
            url = https://not-in-quotes.example
            rol = "public"
            depends_on = ["bb"]

            [[services]
            id = "b"
            sleeps = { after = "2m" }

            [[services]]
            id = "b"
            checks = [{ kind = "tcp", host = "h", port = 0, bearer = "x" }]
            depends_on = ["a"]

            [display]
            time_zone = "Mars/Base"
            """
        )
    )
    told = sorted((problem.line, problem.key) for problem in mistakes_in(path))
    assert told == [
        (3, "services[0].url"),
        (4, "services[0].rol"),
        (5, "services[0].depends_on[0]"),
        (7, ""),
        (7, "services[1]"),
        (9, "services[1].sleeps.wake_every"),
        (12, "services[2].id"),
        (13, "services[2].checks[0].bearer"),
        (13, "services[2].checks[0].port"),
        (17, "display.time_zone"),
    ]
    with pytest.raises(ConfigInvalid) as refused:
        load(path)
    assert all(f"{path}:{line}: " in str(refused.value) for line, _ in told)
    assert f"{len(told)} mistakes" in str(refused.value)


def test_each_circle_of_dependencies_is_told_once(write_config: WriteConfig) -> None:
    needs = {"a": "b", "b": "c", "c": "a", "d": "e", "e": "d", "f": "a"}
    text = "".join(
        f'[[services]]\nid = "{name}"\nurl = "http://x"\ndepends_on = ["{needed}"]\n'
        for name, needed in needs.items()
    )
    problems = mistakes_in(write_config(text))
    assert len(problems) == 2
    assert {frozenset(problem.message.split(": ")[1].split(" needs ")) for problem in problems} == {
        frozenset("abc"),
        frozenset("de"),
    }
    for problem in problems:
        circle = problem.message.split(": ")[1].split(" needs ")
        assert all(needs[one] == other for one, other in itertools.pairwise(circle))


def test_an_id_that_could_not_be_read_is_not_missed_elsewhere(write_config: WriteConfig) -> None:
    text = '[[services]]\nid = a\nurl = "http://x"\n[[services]]\nid = "b"\nurl = "http://y"\n'
    problems = mistakes_in(write_config(text + 'depends_on = ["a"]\n'))
    assert [(problem.line, problem.key) for problem in problems] == [(2, "services[0].id")]


def test_what_the_file_says_is_told_without_its_terminal_commands(
    write_config: WriteConfig,
) -> None:
    text = 'depends_on = ["\\u001b[2J"]\n"\\u001b]0;x\\u0007" = 1\nrole = "\\u202e"'
    for problem in mistakes_in(write_config(service(text))):
        assert str(problem).isprintable()


# -- files that cannot be read ----------------------------------------------------------------


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigMissing) as refused:
        load(tmp_path / "none.toml")
    assert "sentinel init" in refused.value.hint


def test_a_folder_an_endless_file_and_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 2_000_000)
    with pytest.raises(ConfigError, match="larger than"):
        load(large)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"# fine\nname = '\xff'\n")
    problem = mistakes_in(binary)[0]
    assert (problem.line, problem.expected) == (2, "UTF-8")


def outcome_of(path: Path) -> str:
    """How a file was received; anything but these three is a fault of the loader."""
    lines = path.read_bytes().count(b"\n") + 1
    try:
        load(path)
    except ConfigInvalid as error:
        told = error.problems and all(1 <= problem.line <= lines for problem in error.problems)
        return "refused" if told else "refused without a reason"
    except ConfigError:
        return "unreadable"
    return "taken"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))
    )
)
def test_no_file_whatever_is_met_with_anything_but_a_configuration_error(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    assert outcome_of(path) != "refused without a reason"


fragments = st.sampled_from(
    [
        '[[services]]\nid = "a"\nurl = "http://a"\n',
        '[[services]]\nid = "b"\nchecks = [{ kind = "tcp", host = "h", port = 1 }]\n',
        "[services.sleeps]\n",
        'after = "15m"\n',
        "[[services.checks]]\n",
        'kind = "http"\n',
        'name = " "\n',
        'depends_on = ["a", "b"]\n',
        "checks = [3, {}, { kind = [] }, { name = 'http', kind = 'icmp', host = 'h' }]\n",
        "services = {}\n",
        "[engine]\nconcurrency = 99999999999999999999999\n",
        "[display.ascii]\n",
        "[keys]\na = {}\n",
        "id = 3\n",
        'x = """\n',
        "sleeps = [[]]\n",
        "thresholds.burst = [inf, -0.0, '1d']\n",
        "is = nan\n",
        "json = [{ path = 'a', is = 1e999 }]\n",
        "]\n",
        '"\\u0000" = 1\n',
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.lists(fragments, max_size=10))
def test_any_mixture_of_options_is_taken_or_told(tmp_path: Path, parts: list[str]) -> None:
    path = tmp_path / "mixed.toml"
    path.write_text("".join(parts))
    assert outcome_of(path) != "refused without a reason"


# -- secrets ----------------------------------------------------------------------------------


def with_secrets(bearer: str) -> str:
    return service(check=f"{HTTP}, bearer = '{bearer}'")


def test_a_secret_in_clear_is_taken_with_a_warning(write_config: WriteConfig) -> None:
    loaded = load(write_config(with_secrets(CANARY)))
    (warning,) = loaded.warnings
    assert (warning.line, warning.key) == (3, "services[0].checks[0].bearer")
    assert "in clear" in warning.message
    assert "env:NAME" in warning.expected


def test_a_file_with_secrets_that_others_can_read_deserves_another(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings = load(write_config(with_secrets(CANARY), mode=0o644)).warnings
    assert any("others can read it" in warning.message for warning in warnings)

    monkeypatch.setenv("SENTINEL_TEST_TOKEN", "by-reference")
    assert load(write_config(with_secrets("env:SENTINEL_TEST_TOKEN"), mode=0o644)).warnings == ()


def test_a_secret_too_short_to_hide_deserves_a_warning(write_config: WriteConfig) -> None:
    warnings = load(write_config(with_secrets("abc"))).warnings
    assert any("too short" in warning.message for warning in warnings)


def test_a_credential_that_only_the_service_knows_is_no_mistake_elsewhere(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_config(with_secrets("credential:monetizer"))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (warning,) = load(path).warnings
    assert "cannot be tried here" in warning.message

    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (problem,) = mistakes_in(path)
    assert "cannot be read" in problem.message


def test_a_reader_that_needs_no_secrets_is_not_stopped_by_them(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SENTINEL_TEST_UNSET", raising=False)
    check = f"{HTTP}, bearer = 'env:SENTINEL_TEST_UNSET', ca_file = 'missing.pem'"
    assert load(write_config(service(check=check)), resolve=False).warnings == ()


def test_mistakes_around_a_secret_do_not_quote_it(write_config: WriteConfig) -> None:
    check = f"{HTTP}, bearer = '{CANARY}', basic_user = '{CANARY}', basic_password = ['{CANARY}']"
    path = write_config(service(f"sleeps = '{CANARY}'", check=check))
    with pytest.raises(ConfigInvalid) as refused:
        load(path)
    error: BaseException | None = refused.value
    while error is not None:
        assert CANARY not in str(error)
        assert CANARY not in repr(error)
        error = error.__context__


# -- cost -------------------------------------------------------------------------------------


def test_reading_the_configuration_imports_nothing_heavier_than_its_model() -> None:
    program = "import sys, sentinel_tui.config.loader; print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    ).stdout.split()
    heavy = {"textual", "rich", "httpx", "peewee", "croniter", "plotext", "cryptography", "numpy"}
    assert not heavy & set(printed)
    assert "sentinel_tui.config.schema" not in printed
