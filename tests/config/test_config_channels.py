"""Channels, hours, windows, witnesses: what is right is taken, what is wrong is told in place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sentinel_tui.config.channels import SmtpChannel, WebhookChannel
from sentinel_tui.config.loader import ConfigInvalid, Problem, load
from sentinel_tui.config.network import NetworkOptions
from sentinel_tui.config.reference import masked_toml

CANARY = "canary-51c2-never-show-me"
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MAIL = 'kind = "smtp"\nhost = "mail"\nsender = "a@b.example"\nrecipients = ["c@d.example"]'
SERVICE = '[[services]]\nid = "api"\nurl = "https://example.com"\ntags = ["shop"]\n'

WriteConfig = Callable[..., Path]


def mistakes_in(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ConfigInvalid) as refused:
        load(path)
    return refused.value.problems


def channel(inside: str, more: str = "") -> str:
    """A channel whose kind stands on line 3; `more` comes after it."""
    return f'[[channels]]\nname = "x"\n{inside}\n{more}\n'


# -- right ------------------------------------------------------------------------------------


def test_channels_of_every_kind_are_taken_over(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "https://hooks.example.com/services/T0/B0")
    monkeypatch.setenv("HOOK_KEY", KEY)
    path = write_config(
        SERVICE
        + """
        [[channels]]
        name = "team"
        kind = "webhook"
        url = "env:HOOK"
        secret = "env:HOOK_KEY"
        match = "tag:shop service:api"

        [[channels]]
        name = "mail"
        kind = "smtp"
        host = "mail.example.com"
        sender = "sentinel@example.com"
        recipients = ["me@example.com"]
        hours = { from = "08:00", to = "18:00", days = ["mon", "fri"] }

        [[channels]]
        name = "sms"
        kind = "command"
        argv = ["/usr/local/bin/sms"]
        escalation_only = true

        [notifications]
        wait_critical = "30s"
        quiet_hours = { from = "22:00", to = "07:00", zone = "Europe/Paris" }

        [[notifications.escalation]]
        after = "30m"
        channels = ["sms"]
        """
    )
    loaded = load(path)

    assert loaded.warnings == ()
    hook, mail, sms = loaded.config.channels
    assert isinstance(hook, WebhookChannel)
    assert hook.url.reveal().startswith("https://hooks")
    assert isinstance(mail, SmtpChannel)
    assert (mail.port, mail.security) == (587, "starttls")
    assert sms.escalation_only
    assert loaded.config.notifications.wait_critical_s == 30
    assert loaded.config.notifications.escalation[0].least == "critical"


def test_without_a_word_about_them_nobody_is_told_and_the_network_is_asked(
    write_config: WriteConfig,
) -> None:
    config = load(write_config("")).config
    assert config.channels == config.maintenance == []
    assert config.heartbeat is None
    assert config.network == NetworkOptions()
    assert len(config.network.witnesses) > config.network.quorum


def test_no_witnesses_need_no_quorum(write_config: WriteConfig) -> None:
    assert load(write_config("[network]\nwitnesses = []")).config.network.witnesses == []


# -- wrong ------------------------------------------------------------------------------------

X = "channels[0]"
WRONG = [
    # text, line, key, words that must be in what is said
    (channel('kind = "pager"'), 1, X, ["unknown kind", "webhook"]),
    (channel(""), 1, X, ["needs a kind"]),
    ('[[channels]]\nkind = "terminal"', 1, f"{X}.name", ["is missing"]),
    ('[[channels]]\nname = "A b"\nkind = "terminal"', 2, f"{X}.name", ["no name", "lower-case"]),
    (channel('kind = "terminal"') * 2, 6, "channels[1].name", ["already taken on line 2"]),
    (channel('kind = "terminal"', 'least = "info"'), 4, f"{X}.least", ['"critical"']),
    (channel('kind = "terminal"', 'match = "host:x"'), 4, f"{X}.match", ["service:", "tag:shop"]),
    (channel('kind = "terminal"', 'match = "rule:dwn"'), 4, f"{X}.match", ["no rule", "down"]),
    (channel('kind = "terminal"', 'desktop = "osc8"'), 4, f"{X}.desktop", ['"osc9"']),
    (channel('kind = "terminal"', "bel = true"), 4, f"{X}.bel", ['did you mean "bell"?']),
    (
        channel('kind = "terminal"', 'hours = { from = "8am", to = "18:00" }'),
        4,
        f"{X}.hours.from",
        ["no time of day", "22:00"],
    ),
    (
        channel('kind = "terminal"', 'hours = { from = "08:00", to = "24:00" }'),
        4,
        f"{X}.hours.to",
        ["no time of day"],
    ),
    (
        channel('kind = "terminal"', 'hours = { from = "08:00" }'),
        4,
        f"{X}.hours.to",
        ["is missing", "a time of day"],
    ),
    (
        channel('kind = "terminal"', 'hours = { from = "08:00", to = "09:00", days = ["Mon"] }'),
        4,
        f"{X}.hours.days[0]",
        ['"mon"'],
    ),
    (
        channel('kind = "terminal"', 'hours = { from = "08:00", to = "09:00", days = [] }'),
        4,
        f"{X}.hours.days",
        ["at least 1"],
    ),
    (channel('kind = "webhook"\nurl = "ftp://x"'), 4, f"{X}.url", ["no URL", "https://"]),
    (channel('kind = "webhook"\nurl = "https://u:p@x"'), 4, f"{X}.url", ["without a password"]),
    (channel('kind = "webhook"\nurl = "http://x/"'), 4, f"{X}.url", ["plain", "allow_private"]),
    (channel('kind = "webhook"\nurl = "env:UNSET_FOR_SURE"'), 4, f"{X}.url", ["not set"]),
    (
        channel('kind = "webhook"\nurl = "https://x/"\nsecret = "c2hvcnQ="'),
        5,
        f"{X}.secret",
        ["no signing key", "whsec_", "openssl"],
    ),
    (
        channel('kind = "webhook"\nurl = "https://x/"\nsecret = "whsec_c2hvcnQ="'),
        5,
        f"{X}.secret",
        ["24 to 64"],
    ),
    (channel('kind = "ntfy"\ntopic = "a/b"'), 4, f"{X}.topic", ["no topic"]),
    (channel('kind = "ntfy"\ntopic = "t"\nurl = "http://x"'), 5, f"{X}.url", ["allow_private"]),
    (
        channel('kind = "command"\nargv = ["x"]\ntimeout = "1m"'),
        5,
        f"{X}.timeout",
        ["at most 25s"],
    ),
    (channel('kind = "command"\nargv = []'), 4, f"{X}.argv", ["at least 1"]),
    (channel('kind = "command"\nargv = "rm -rf"'), 4, f"{X}.argv", ["is text", "a list of text"]),
    (channel('kind = "command"\nargv = ["a\\u0000b"]'), 4, f"{X}.argv[0]", ["NUL"]),
    (channel(f'{MAIL}\nuser = "a\\nb"'), 7, f"{X}.user", ["control characters"]),
    (channel(f'{MAIL}\npassword = "long-enough"'), 7, f"{X}.password", ["of no use alone"]),
    (
        channel(f'{MAIL}\nuser = "a"\nsecurity = "none"\npassword = "long-enough"'),
        9,
        f"{X}.password",
        ["in clear", '"starttls"'],
    ),
    (channel(f"{MAIL}\nport = 0"), 7, f"{X}.port", ["from 1 to 65535"]),
    (
        channel(MAIL.replace("a@b.example", "Me <a@b.example>")),
        5,
        f"{X}.sender",
        ["no mail address", "without a name"],
    ),
    (
        channel(MAIL.replace("c@d.example", "c@d\\r\\nBcc: e@f")),
        6,
        f"{X}.recipients[0]",
        ["no mail address"],
    ),
    (
        '[[notifications.escalation]]\nafter = "30m"\nchannels = ["sms"]',
        3,
        "notifications.escalation[0].channels[0]",
        ["which is no channel", "the name of a [[channels]]"],
    ),
    (
        channel("kind = 'terminal'")
        + '[notifications]\nescalation = [{ after = "1m", channels = ["xx"] }]',
        6,
        "notifications.escalation[0].channels[0]",
        ["one of x", 'did you mean "x"?'],
    ),
    (
        '[[notifications.escalation]]\nafter = "30m"\nchannels = []',
        3,
        "notifications.escalation[0].channels",
        ["at least 1"],
    ),
    (
        "[[notifications.escalation]]\nchannels = 3",
        1,
        "notifications.escalation[0].after",
        ["is missing", "a duration"],
    ),
    ("[notifications]\nwait_critical_s = 3", 2, "notifications.wait_critical_s", ["wait_critical"]),
    ('[notifications]\nwait_warning = "2h"', 2, "notifications.wait_warning", ["at most 1h"]),
    ('[notifications]\nremind_critical = "5s"', 2, "notifications.remind_critical", ["least 1m"]),
    (
        '[notifications.quiet_hours]\nfrom = "22:00"\nto = "07:00"\nzone = "Mars/Base"',
        4,
        "notifications.quiet_hours.zone",
        ["Europe/Paris"],
    ),
    ('[network]\nwitnesses = ["router"]', 2, "network.witnesses[0]", ["no witness", "gateway"]),
    ('[network]\nwitnesses = ["a b:53"]', 2, "network.witnesses[0]", ["no host"]),
    ('[network]\nwitnesses = ["ftp://x"]', 2, "network.witnesses[0]", ["http:// or https://"]),
    (
        '[network]\nwitnesses = ["gateway", "9.9.9.9:53"]\nquorum = 3',
        3,
        "network.quorum",
        ["more than there are", "from 1 to 2"],
    ),
    (
        '[network]\nwitnesses = ["gateway"]',
        1,
        "network.quorum",
        ["more than there are", "from 1 to 1"],
    ),
    ("[network]\nquorum = 0", 2, "network.quorum", ["from 1 to"]),
    ("[heartbeat]\nevery = '5m'", 1, "heartbeat.url", ["is missing", "a secret reference"]),
    ("[heartbeat]\nurl = 'ping.example.com'", 2, "heartbeat.url", ["no URL"]),
    ("[heartbeat]\nurl = 'https://x'\nevery = '1s'", 3, "heartbeat.every", ["at least 10s"]),
    (
        "[[maintenance]]\nname = 'w'\nmatch = ''\ncron = ''\nduration = '1h'",
        4,
        "maintenance[0].cron",
        ["is empty", "five fields"],
    ),
    (
        "[[maintenance]]\nname = 'w'\nmatch = ''\ncron = 'nightly'\nduration = '1h'",
        4,
        "maintenance[0].cron",
        ["five fields"],
    ),
    (
        "[[maintenance]]\nname = 'w'\nmatch = ''\ncron = '0 3 * * *'\nduration = '8d'",
        5,
        "maintenance[0].duration",
        ["at most 7d"],
    ),
    (
        "[[maintenance]]\nname = 'w'\nmatch = ''\ncron = '0 3 * * *'\nduration = '1h'\n" * 2,
        7,
        "maintenance[1].name",
        ["already taken on line 2"],
    ),
    (f"{SERVICE}objective = 100", 5, "services[0].objective", ["between 0 and 100"]),
    (f"{SERVICE}objective = 0", 5, "services[0].objective", ["between 0 and 100"]),
    (f"{SERVICE}thresholds.slow_factor = 1", 5, "services[0].thresholds.slow_factor", ["above 1"]),
    (
        f'{SERVICE}checks = [{{ kind = "domain", domain = "localhost" }}]',
        5,
        "services[0].checks[0].domain",
        ["example.com"],
    ),
    (
        f'{SERVICE}checks = [{{ kind = "domain", domain = "a.b", interval = "1m" }}]',
        5,
        "services[0].checks[0].interval",
        ["at least 1h"],
    ),
    (
        f'{SERVICE}checks = [{{ kind = "domain", domain = "a.b", rdap_url = "https://x/" }}]',
        5,
        "services[0].checks[0].rdap_url",
        ["{domain}"],
    ),
]


@pytest.mark.parametrize(("text", "line", "key", "words"), WRONG)
def test_every_kind_of_mistake_is_told_with_its_line_and_key(
    write_config: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    line: int,
    key: str,
    words: list[str],
) -> None:
    monkeypatch.delenv("UNSET_FOR_SURE", raising=False)
    problems = mistakes_in(write_config(text))

    told = [problem for problem in problems if (problem.line, problem.key) == (line, key)]
    assert told, "\n".join(map(str, problems))
    assert all(word in str(told[0]) for word in words), str(told[0])
    assert told[0].expected or told[0].mend


def test_a_channel_that_could_not_be_read_is_not_missed_elsewhere(
    write_config: WriteConfig,
) -> None:
    text = '[[channels]]\nname = sms\nkind = "terminal"\n'
    step = '[[notifications.escalation]]\nafter = "1m"\nchannels = ["sms"]\n'
    problems = mistakes_in(write_config(text + step))
    assert [(problem.line, problem.key) for problem in problems] == [(2, "channels[0].name")]


# -- doubts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ("service:apy", ['service "apy"', 'did you mean "api"?']),
        ("apy rule:down", ['service "apy"']),
        ("!tag:lab", ['tag "lab"', "one of shop"]),
        ("service:api,web", ['service "web"']),
        ("service:w*", ['service "w*"']),
        ("service:[a]pi", ['service "[a]pi"']),
    ],
)
def test_a_matcher_that_names_what_there_is_not_deserves_a_warning(
    write_config: WriteConfig, match: str, words: list[str]
) -> None:
    text = SERVICE + channel('kind = "terminal"', f'match = "{match}"')
    (warning,) = load(write_config(text)).warnings
    assert warning.line == 8
    assert all(word in str(warning) for word in words), str(warning)


@pytest.mark.parametrize(
    "match", ["", "api", "API", "service:a*", "tag:SHOP !rule:degraded", "*", "severity:critical"]
)
def test_a_matcher_that_names_what_there_is_deserves_none(
    write_config: WriteConfig, match: str
) -> None:
    text = SERVICE + channel('kind = "terminal"', f'match = "{match}"')
    assert load(write_config(text)).warnings == ()


def test_a_window_over_nothing_deserves_a_warning(write_config: WriteConfig) -> None:
    window = '[[maintenance]]\nname = "n"\nmatch = "tag:none"\ncron = "0 3 * * *"\nduration = "1h"'
    (warning,) = load(write_config(SERVICE + window)).warnings
    assert warning.key == "maintenance[0].match"


def test_a_channel_that_no_step_names_deserves_a_warning(write_config: WriteConfig) -> None:
    text = channel('kind = "terminal"', "escalation_only = true")
    (warning,) = load(write_config(text)).warnings
    assert (warning.line, warning.message) == (4, "is never told")


# -- secrets ----------------------------------------------------------------------------------

SECRETIVE = [
    f'kind = "webhook"\nurl = "https://x.example/{CANARY}"\nsecret = "{KEY}"',
    f'kind = "apprise"\nurl = "json://{CANARY}"',
    f'kind = "ntfy"\ntopic = "t"\ntoken = "{CANARY}"',
    f'{MAIL}\nuser = "u"\npassword = "{CANARY}"',
]


@pytest.mark.parametrize("inside", SECRETIVE)
def test_a_secret_in_clear_is_masked_with_a_warning(write_config: WriteConfig, inside: str) -> None:
    loaded = load(write_config(channel(inside)))
    assert any("in clear" in warning.message for warning in loaded.warnings)
    shown = masked_toml(loaded.config) + repr(loaded) + loaded.config.model_dump_json()
    assert CANARY not in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    "inside",
    [
        f'kind = "webhook"\nurl = "ftp://{CANARY}"\nsecret = "{CANARY}"',
        f'kind = "webhook"\nurl = "http://{CANARY}/"',
        f'kind = "ntfy"\ntopic = "t"\ntoken = ["{CANARY}"]',
        f'{MAIL}\npassword = "{CANARY}"',
    ],
)
def test_mistakes_around_a_secret_do_not_quote_it(write_config: WriteConfig, inside: str) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        load(write_config(channel(inside)))
    error: BaseException | None = refused.value
    while error is not None:
        assert CANARY not in str(error) + repr(error)
        error = error.__context__


def test_a_masked_configuration_can_be_read_again(write_config: WriteConfig) -> None:
    shown = masked_toml(load(write_config("".join(map(channel, SECRETIVE[:1])))).config)
    assert masked_toml(load(write_config(shown)).config) == shown
