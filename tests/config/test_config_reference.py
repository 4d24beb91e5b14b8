"""The configuration as text: whole, readable again, and without a secret."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from config_strategies import files, references
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel_tui.config.loader import load
from sentinel_tui.config.model import Config
from sentinel_tui.config.reference import json_schema, masked_toml, options_markdown
from sentinel_tui.config.schema import in_words, options_of, schema_at
from sentinel_tui.config.toml import toml_duration, toml_key, toml_value
from sentinel_tui.text import parse_duration_s

in_one_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)


def plain_toml(tables: dict[str, Any]) -> str:
    """The same file as an owner in a hurry might write it: everything inline."""
    return "".join(f"{toml_key(key)} = {toml_value(value)}\n" for key, value in tables.items())


def read(folder: Path, text: str) -> Config:
    path = folder / "sentinel.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load(path, resolve=False).config


@in_one_folder
@given(files(secret=references))
def test_what_is_shown_of_a_configuration_reads_back_as_the_same(
    tmp_path: Path, tables: dict[str, Any]
) -> None:
    config = read(tmp_path, plain_toml(tables))
    assert read(tmp_path, masked_toml(config)) == config


@in_one_folder
@given(files())
def test_nothing_shown_of_a_configuration_holds_a_literal_secret(
    tmp_path: Path, tables: dict[str, Any]
) -> None:
    config = read(tmp_path, plain_toml(tables))
    shown = masked_toml(config)
    for text in (shown, repr(config), config.model_dump_json()):
        assert "literal-" not in text
    # What is masked is still a file that can be read, and still one whose mask is no password.
    assert masked_toml(read(tmp_path, shown)) == shown


def test_every_option_is_shown_with_what_holds(tmp_path: Path) -> None:
    config = read(tmp_path, '[[services]]\nid = "a"\nurl = "http://a"\nsleeps = {}\n')
    shown = masked_toml(config)
    for line in ('after = "15m"', "confirm_cycles = 3", "concurrency = 50", 'time_zone = "UTC"'):
        assert line in shown.splitlines()


@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_durations_are_written_without_losing_any(seconds: float) -> None:
    written = toml_duration(seconds)
    read_back = parse_duration_s(written.strip('"')) if '"' in written else float(written)
    assert read_back == seconds


# -- the README's tables ----------------------------------------------------------------------


def option_rows() -> list[list[str]]:
    lines = [line for line in options_markdown().splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_option_of_every_table_is_documented() -> None:
    documented = [row[0].strip("`") for row in option_rows()]
    for definition in json_schema()["$defs"].values():
        for option in definition["properties"]:
            assert option in documented
    assert len(documented) == sum(len(one["properties"]) for one in json_schema()["$defs"].values())
    assert "[keys]" in options_markdown()


def test_every_row_says_what_an_option_takes_defaults_to_and_means() -> None:
    for row in option_rows():
        assert len(row) == 4
        assert all(row), row


def test_defaults_are_written_as_they_would_be_in_the_file() -> None:
    markdown = options_markdown()
    assert '| `interval` | a duration | `"30s"` | How often to look. |' in markdown
    assert '| `burst` | a list of durations | `["2s", "5s", "10s"]` |' in markdown
    assert "| `raw_days` | a whole number from 1 to 400 | `30` |" in markdown
    assert "`id` | an id of lower-case letters, digits, - and _ | required |" in markdown


# -- the schema -------------------------------------------------------------------------------


def test_the_schema_is_json_and_knows_the_names_of_the_file() -> None:
    schema = json.loads(json.dumps(json_schema()))
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["additionalProperties"] is False
    http = schema["$defs"]["HttpCheck"]
    assert {"interval", "max_latency", "json"} <= set(http["properties"])
    assert not {"interval_s", "json_path"} & set(http["properties"])
    assert http["required"] == ["kind", "url"]


def test_every_option_in_the_schema_is_described() -> None:
    for definition in [json_schema(), *json_schema()["$defs"].values()]:
        for option, schema in definition["properties"].items():
            assert schema["description"], option
            assert in_words(schema)


def test_the_schema_follows_what_the_file_holds() -> None:
    data = {"services": [{"checks": [{"kind": "tcp"}, {"kind": "nothing"}]}]}
    assert "port" in options_of(schema_at(("services", 0, "checks", 0), data))
    assert options_of(schema_at(("services", 0, "checks", 1), data)) == []
    assert in_words(schema_at(("services", 0, "sleeps", "after"), data)) == "a duration"
    assert schema_at(("nowhere", 3, "at", "all"), data) == {}


@lru_cache(maxsize=1)
def judge() -> Any:
    """A validator by the schema, which is itself looked through only once."""
    jsonschema = pytest.importorskip("jsonschema")
    kind = jsonschema.validators.validator_for(json_schema())
    kind.check_schema(json_schema())
    return kind(json_schema())


@in_one_folder
@given(files())
def test_the_schema_accepts_what_the_loader_accepts(tables: dict[str, Any]) -> None:
    judge().validate(tables)
