"""Every kind of channel in the configuration becomes one that can send, and loads no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from sentinel_tui.config.loader import load
from sentinel_tui.platforms.notify.factory import channels_for

EVERY_KIND = """\
[[channels]]
name = "hook"
kind = "webhook"
url = "https://example.com/canary-token-in-the-path"
secret = "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5"

[[channels]]
name = "mail"
kind = "smtp"
host = "mail.example.com"
user = "me"
password = "canary-password"
sender = "sentinel@example.com"
recipients = ["me@example.com"]

[[channels]]
name = "phone"
kind = "ntfy"
topic = "watch"
token = "canary-ntfy-token"

[[channels]]
name = "own"
kind = "command"
argv = ["/bin/true"]

[[channels]]
name = "all"
kind = "apprise"
url = "json://canary-apprise-host/"

[[channels]]
name = "screen"
kind = "terminal"
"""


def test_every_kind_can_be_made_in_the_owners_order(tmp_path: Path) -> None:
    path = tmp_path / "sentinel.toml"
    path.write_text(EVERY_KIND)
    channels = channels_for(load(path).config)
    assert list(channels) == ["hook", "mail", "phone", "own", "all", "screen"]
    assert len({type(channel) for channel in channels.values()}) == len(channels)
    assert all("canary" not in repr(vars(one)) for one in channels.values() if vars(one))


async def test_the_screens_are_told_by_what_is_stored(tmp_path: Path, message) -> None:
    path = tmp_path / "sentinel.toml"
    path.write_text('[[channels]]\nname = "screen"\nkind = "terminal"\n')
    await channels_for(load(path).config)["screen"].send(message())


@pytest.mark.parametrize(
    ("kind", "more", "may_load"),
    [
        ("terminal", "", set()),
        ("command", 'argv = ["/bin/true"]', set()),
        ("ntfy", 'topic = "t"', {"h11"}),
        ("webhook", 'url = "https://example.com/"', {"h11"}),
        ("apprise", 'url = "json://localhost"', set()),
    ],
)
def test_a_channel_loads_only_what_it_needs(
    tmp_path: Path, kind: str, more: str, may_load: set[str]
) -> None:
    path = tmp_path / "sentinel.toml"
    path.write_text(f'[[channels]]\nname = "x"\nkind = "{kind}"\n{more}\n')
    program = dedent(
        """\
        import sys
        from pathlib import Path
        from sentinel_tui.config.loader import load
        from sentinel_tui.platforms.notify.factory import channels_for
        channels_for(load(Path(sys.argv[1])).config)
        print(*sys.modules)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    heavy = {"h11", "smtplib", "email.policy", "httpx", "httpcore", "anyio", "apprise", "requests"}
    assert heavy & set(done.stdout.split()) == may_load
