"""Acting on services from the command line: what is asked first, what a script must say, the stop.

Most of it runs in this process, which is the same code as `python -m sentinel_tui` and a tenth of
its time; the engine is a real one, and the platform the look-alike.
"""

from __future__ import annotations

import json

import pytest
from cli_platform import configure, platform
from cli_world import Done, Shell, run_at_terminal

from sentinel_tui.cli.entry import main
from sentinel_tui.client import Client
from sentinel_tui.commands.catalog import CATALOG
from sentinel_tui.commands.spec import ArgumentKind
from sentinel_tui.errors import EngineError, UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.render.api import KEY


@pytest.fixture(scope="module")
def hosted():
    with platform() as running:
        yield running


@pytest.fixture(scope="module")
def acting(tmp_path_factory, web, hosted):
    """A Sentinel whose engine knows the platform."""
    folder = tmp_path_factory.mktemp("acting")
    shell = Shell(folder / "sentinel.toml", folder / "data")
    configure(shell, hosted, web)
    shell.run("probe")
    yield shell
    shell.run("stop")


@pytest.fixture
def say(acting, capsys):
    """Runs `sentinel` with these words, here."""

    def run(*words: str) -> Done:
        code = main([*files(acting), *words])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run


def files(shell: Shell) -> list[str]:
    return ["--config", str(shell.config), "--data-dir", str(shell.data_dir)]


def test_a_dry_run_goes_through_everything_but_the_deed(say, hosted):
    before = hosted.sent()
    done = say("restart", "public", "--dry-run", "--json")
    assert done.code == 0, done.err
    assert done.data["step"] == "dry run"
    assert hosted.sent() == before


def test_a_script_says_yes_and_the_audit_tells_of_it(say, hosted):
    unasked = say("restart", "public")
    assert unasked.code == UsageError.exit_code
    assert "--yes" in unasked.err
    assert "restart" not in hosted.sent()
    done = say("restart", "public", "--yes", "--json")
    assert done.code == 0, done.err
    assert hosted.sent().count("restart") == 1
    steps = say("audit", "action", str(done.data["action"]), "--json").data["steps"]
    assert [one["step"] for one in steps][:2] == ["approved", "started"]
    assert {one["by"] for one in steps[:1]} == {"cli"}
    assert "public" in say("audit").out


def test_what_is_dangerous_wants_its_name(say, hosted):
    nameless = say("suspend", "shop", "--yes")
    assert nameless.code == UsageError.exit_code
    assert "--yes shop" in nameless.err
    assert say("suspend", "shop", "--yes", "public").code == UsageError.exit_code
    assert "suspend" not in hosted.sent()
    assert say("suspend", "shop", "--yes", "shop").code == 0
    assert hosted.sent().count("suspend") == 1


def test_what_the_platform_would_refuse_is_refused_here(say, hosted):
    before = hosted.sent()
    done = say("scale", "curator", "2", "--yes")
    assert done.code == EngineError.exit_code
    assert "one instance" in done.err
    assert hosted.sent() == before


def test_at_a_terminal_the_consequence_is_told_and_the_name_is_typed(acting, hosted):
    before = hosted.sent()
    refused = run_at_terminal(acting, "set-plan", "studio", "standard", typed="yes\n")
    assert refused.code == 1
    assert "nothing was done" in refused.err
    assert "€ a month" in refused.err
    assert "Type studio" in refused.err
    assert hosted.sent() == before
    agreed = run_at_terminal(acting, "auto-deploy", "studio", "off", typed="y\n")
    assert agreed.code == 0, agreed.out + agreed.err
    assert "Switch automatic deploys of studio off?" in agreed.err
    assert len(hosted.sent()) == len(before) + 1


def test_nothing_is_done_while_frozen(say, hosted):
    before = hosted.sent()
    assert say("freeze", "the", "database", "is", "moving").code == 0
    frozen = say("actions")
    assert "FROZEN" in frozen.out
    assert "the database is moving" in frozen.out
    done = say("restart", "studio", "--yes")
    assert done.code == EngineError.exit_code
    assert "unfreeze" in done.err
    assert hosted.sent() == before
    assert say("unfreeze").code == 0
    assert "FROZEN" not in say("actions").out


def test_the_hours_the_plan_and_the_modes_can_be_read(say):
    assert say("hours", "--json").data["budget_h"] == 750
    assert say("hours", "is", "312.5").code == 0
    assert say("hours", "--json").data["used_h"] == pytest.approx(312.5, abs=0.1)
    assert say("mode", "economy", "public", "for", "2h").code == 0
    (setting,) = say("mode", "--json").data["settings"]
    assert (setting["service"], setting["mode"]) == ("public", "economy")
    assert say("mode", "auto", "public").code == 0
    assert say("mode", "--json").data["settings"] == []
    for words in (("--what-if", "budget=500"), ("--budget", "500")):
        assert say("plan", *words, "--json").data["what_if"]["budget_h"] == 500
    for words in (("plan",), ("cold-starts",), ("deploys",), ("tune",), ("actions", "all")):
        assert "exit_code" in json.loads(say(*words, "--json").out)


def test_a_read_only_view_changes_and_starts_nothing(shell, web, hosted, capsys):
    configure(shell, hosted, web)
    before = hosted.sent()
    samples = {
        ArgumentKind.SERVICE: "public",
        ArgumentKind.ALERT: "1",
        ArgumentKind.INCIDENT: "1",
        ArgumentKind.SILENCE: "1",
        ArgumentKind.ACTION: "1",
        ArgumentKind.MATCH: "public",
        ArgumentKind.DURATION: "2h",
        ArgumentKind.COUNT: "2",
        ArgumentKind.PLAN: "standard",
        ArgumentKind.RANGE: "1-3",
        ArgumentKind.CHOICE: "on",
        ArgumentKind.TEXT: "text",
    }
    lines = [
        [spec.name, *(samples[one.kind] for one in spec.arguments if one.required)]
        for spec in CATALOG
        if spec.acts
    ]
    lines += [["hours", "is", "3"], ["mode", "economy", "public"], ["tune", "undo", "1"]]
    lines += [["stop"], ["engine"], ["beat", "public"], ["init", "https://example.com"]]
    for words in lines:
        yes = ["--yes", "public"] if words[0] in {"restart", "suspend"} else []
        code = main(["--read-only", *files(shell), *words, *yes])
        err = capsys.readouterr().err
        assert code == UsageError.exit_code, words
        assert "read-only" in err, words
    assert hosted.sent() == before
    assert not shell.data_dir.exists()
    client = Client(Paths(shell.config, shell.data_dir), read_only=True)
    with pytest.raises(UsageError, match="read-only"):
        client.ask("act", service="public", verb="restart")
    with pytest.raises(UsageError, match="read-only"):
        client.ensure_engine()


def test_a_freeze_holds_even_where_no_engine_can_run(shell, capsys):
    assert main([*files(shell), "freeze", "because", "nothing", "works"]) == 0
    told = capsys.readouterr()
    assert "Frozen" in told.out
    assert "No engine could be told" in told.err
    frozen = Paths(shell.config, shell.data_dir).frozen
    assert frozen.read_text() == "nothing works\n"


def test_whoever_has_a_key_is_offered_the_services_of_render(shell, hosted):
    done = run_at_terminal(
        shell, "init", "--render-api", hosted.url, typed="y\n\n", RENDER_API_KEY=KEY
    )
    assert done.code == 0, done.err
    assert "RENDER_API_KEY is set" in done.err
    written = shell.config.read_text()
    assert all(host_id in written for host_id in hosted.ids.values())
    assert KEY not in written
