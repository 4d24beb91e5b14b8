"""Questions on the command line, answered by somebody at a terminal."""

from cli_world import run_at_terminal


def test_init_asks_for_urls_until_nothing_is_typed(shell):
    done = run_at_terminal(shell, "init", typed="example.com\nftp://no\nhttps://two.example\n\n")
    assert done.code == 0
    assert "https://example.com" in shell.config.read_text()
    assert "https://two.example" in shell.config.read_text()
    assert "ftp" not in shell.config.read_text()
    assert "ftp://no" in done.err
    assert done.out == f"{shell.config}\n"


def test_init_without_an_answer_writes_nothing(shell):
    assert run_at_terminal(shell, "init", typed="\n").code == 130
    assert not shell.config.exists()


def test_a_restart_that_nothing_could_do_is_refused_before_anybody_is_asked(watched):
    done = run_at_terminal(watched, "restart", "curator", typed="y\n")
    assert done.code == 5
    assert "restart curator" in done.err
    assert "[render] key" in done.err
    events = watched.run("history", "--json").data["events"]
    assert not any("restart" in event["text"] for event in events)
