"""The README tells of every option, as the model has it."""

from pathlib import Path

from sentinel_tui.config.reference import options_markdown

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- options: written by `sentinel_tui.config.reference`, checked by the tests -->"
END = "<!-- end of options -->"


def test_every_option_is_described_as_the_model_has_it() -> None:
    text = README.read_text(encoding="utf-8")
    between = text.split(BEGIN)[1].split(END)[0]
    assert between.strip() == options_markdown().strip()


def test_the_test_command_is_what_ci_runs() -> None:
    ci = (README.parent / ".ci" / "run").read_text(encoding="utf-8")
    command = "python3 -m venv .venv && .venv/bin/pip install --quiet tox && .venv/bin/tox"
    assert command in README.read_text(encoding="utf-8")
    assert command in ci
