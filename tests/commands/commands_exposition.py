"""A strict reader of Prometheus' text format: what it refuses, a server might."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_HELP = re.compile(r"# HELP (\S+) (\S.*)")
_TYPE = re.compile(r"# TYPE (\S+) (gauge|counter|untyped)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
_UNESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


@dataclass(frozen=True)
class Sample:
    name: str
    labels: tuple[tuple[str, str], ...]
    value: float

    def label(self, name: str) -> str:
        return dict(self.labels)[name]


def read_exposition(text: str) -> list[Sample]:
    """All samples; asserts on everything that the format does not allow."""
    assert text.endswith("\n")
    samples: list[Sample] = []
    family, finished = "", set()
    lines = text.split("\n")[:-1]
    for number, line in enumerate(lines):
        if line.startswith("# HELP"):
            found = _HELP.fullmatch(line)
            assert found, line
            finished.add(family)
            family = found[1]
            assert family not in finished, f"{family} comes twice"
            assert _NAME.fullmatch(family)
            typed = _TYPE.fullmatch(lines[number + 1])
            assert typed, lines[number + 1]
            assert typed[1] == family
        elif not line.startswith("#"):
            sample = _sample(line)
            assert sample.name == family, line
            samples.append(sample)
    keys = [(sample.name, frozenset(sample.labels)) for sample in samples]
    assert len(keys) == len(set(keys)), "a series comes twice"
    return samples


def _sample(line: str) -> Sample:
    found = _NAME.match(line)
    assert found, line
    rest = line[found.end() :]
    labels: list[tuple[str, str]] = []
    if rest.startswith("{"):
        rest = rest[1:]
        while not rest.startswith("}"):
            label, value, rest = _pair(rest)
            labels.append((label, value))
        rest = rest[1:]
    assert rest.startswith(" "), line
    assert _NUMBER.fullmatch(rest[1:]), line
    assert len({name for name, _ in labels}) == len(labels), line
    return Sample(found[0], tuple(labels), float(rest[1:]))


def _pair(text: str) -> tuple[str, str, str]:
    found = _LABEL.match(text)
    assert found, text
    quoted = re.match(r'="((?:[^"\\\n]|\\["\\n])*)"', text[found.end() :])
    assert quoted, text
    value = re.sub(r'\\["\\n]', lambda escape: _UNESCAPED[escape[0]], quoted[1])
    rest = text[found.end() + quoted.end() :]
    assert rest[:1] in ",}", text
    return found[0], value, rest.removeprefix(",")
