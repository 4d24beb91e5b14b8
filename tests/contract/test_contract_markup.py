"""No text from outside is ever read as markup, and every key can be rebound.

Textual takes a plain `str` for markup in these places; a service called `[/red]` would break the
screen or paint it. What is handed to them is a literal, a `Content` or a `Text`, or markup is
switched off beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sentinel_tui.tui
from sentinel_tui.tui.keymap import KEYS

SCREEN = Path(sentinel_tui.tui.__file__).parent
MODULES = sorted(SCREEN.rglob("*.py"))

STRICT = {"Static", "Label", "Button", "Option", "Collapsible", "TabPane", "Tab", "add_row"}
"""Whatever they are given has to be safe on the face of it."""

TEXTUAL = {"notify", "update", "write", "set_label"}
"""Also names of harmless things, so only what is plainly a string built here counts."""

ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "label"}
SAFE_CALLS = {"Content", "Text", "Strip", "escape"}


def name_of(function: ast.expr) -> str:
    """`notify` of `self.notify`, `Content` of `Content.styled`."""
    if isinstance(function, ast.Attribute):
        owner = name_of(function.value)
        return owner if owner in SAFE_CALLS else function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_literal(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and "[" not in str(value.value)


def is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def is_safe(value: ast.expr) -> bool:
    if isinstance(value, ast.Starred):
        return False
    if isinstance(value, ast.IfExp):
        return is_safe(value.body) and is_safe(value.orelse)
    return is_literal(value) or (isinstance(value, ast.Call) and name_of(value.func) in SAFE_CALLS)


def is_built_string(value: ast.expr) -> bool:
    if isinstance(value, ast.JoinedStr):
        return True
    if isinstance(value, ast.BinOp):
        return any(is_built_string(side) or is_text(side) for side in (value.left, value.right))
    if is_text(value):
        return not is_literal(value)
    return isinstance(value, ast.Call) and name_of(value.func) in {"format", "join", "str"}


def switches_markup_off(call: ast.Call) -> bool:
    return any(
        one.arg == "markup" and isinstance(one.value, ast.Constant) and one.value.value is False
        for one in call.keywords
    )


def dangers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where a string could be read as markup: the line, and by whom."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and is_built_string(node.value):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES:
                    yield node.lineno, target.attr
        if not isinstance(node, ast.Call) or switches_markup_off(node):
            continue
        name = name_of(node.func)
        if name in STRICT and not all(is_safe(one) for one in node.args):
            yield node.lineno, name
        if name in TEXTUAL and any(is_built_string(one) for one in node.args):
            yield node.lineno, name


def is_to_a_stream(line: str) -> bool:
    return "file.write(" in line or "stdout.write(" in line or "stderr.write(" in line


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SCREEN)))
def test_no_string_reaches_a_place_that_reads_markup(module):
    source = module.read_text(encoding="utf-8")
    lines = source.splitlines()
    found = [
        f"{module.name}:{line} {name}"
        for line, name in dangers(ast.parse(source))
        if not is_to_a_stream(lines[line - 1])
    ]
    assert found == []


@pytest.mark.parametrize(
    "unsafe",
    [
        "self.notify(f'{name} is down')",
        "self.notify(name + ' is down')",
        "Static(service.name)",
        "Label('[b]' + name)",
        "table.add_row(service.id, Text(state))",
        "table.add_row(*cells)",
        "self.border_title = f'Checks of {name}'",
        "label.update('{}'.format(name))",
        "Static('[bold]heading')",
    ],
)
def test_the_test_itself_sees_what_is_unsafe(unsafe):
    assert list(dangers(ast.parse(unsafe)))


@pytest.mark.parametrize(
    "safe",
    [
        "self.notify('Stopped.')",
        "self.notify(text, markup=False)",
        "Static(Content(service.name))",
        "table.add_row(Text(service.id), Content.styled(state, 'red'))",
        "self.border_title = Content(name)",
        "found.update(other)",
    ],
)
def test_the_test_itself_lets_through_what_is_safe(safe):
    assert not list(dangers(ast.parse(safe)))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SCREEN)))
def test_every_binding_has_an_id(module):
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and name_of(node.func) == "Binding":
            assert any(one.arg == "id" for one in node.keywords), f"{module.name}:{node.lineno}"


def test_the_ids_of_the_keys_are_their_own():
    ids = [key.id for key in KEYS]
    assert all(ids)
    assert len(ids) == len(set(ids))


def test_bindings_are_never_written_as_bare_tuples():
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AnnAssign):
                targets = [node.target]
            named = [one.id for one in targets if isinstance(one, ast.Name)]
            if "BINDINGS" in named and isinstance(node.value, ast.List):
                assert not [one for one in node.value.elts if isinstance(one, ast.Tuple)], module
