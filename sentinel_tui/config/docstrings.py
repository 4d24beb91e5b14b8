"""The docstrings under the options, read from the source when somebody asks for them.

pydantic would collect them each time the program starts, which costs a start more than reading
the configuration does; and only the schema and the README ever show them.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap


def option_docs(table: type) -> dict[str, str]:
    """What is written under each field of a table and of the tables it extends."""
    docs: dict[str, str] = {}
    for ancestor in reversed(table.__mro__):
        if ancestor.__module__.startswith(__package__):
            docs |= _own_docs(ancestor)
    return docs


def _own_docs(table: type) -> dict[str, str]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(table))).body[0]
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    docs = {}
    for statement, following in itertools.pairwise(body):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                docs[name] = inspect.cleandoc(text)
    return docs
