"""The docstrings of inputs and settings, which become the reference for users."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import jenkins_platform
import pytest
from jenkins_platform.inputs import ImageArgs
from jenkins_platform.settings import Settings
from jenkins_platform.settings.images import AGENT_VERSION, JENKINS_VERSION, KANIKO_VERSION
from jenkins_platform.settings.validation.base import Group

from tests.unit.settings.test_settings import pairs

PACKAGE = Path(jenkins_platform.__file__).parent
MODULES = [
    file
    for folder in ("inputs", "settings", "cost", "functions")
    for file in sorted((PACKAGE / folder).glob("*.py"))
]
LONGEST_LIST = 5
DESCRIBED = {("", "name"), ("", "agents"), ("agents", "name"), ("images", "commons_lang_url")}
"""Inputs without a literal default in their docstring."""


def attribute_docs(cls: type[Any]) -> dict[str, str]:
    """The docstring of each attribute of a class, on one line."""
    body = _classes(inspect.getfile(cls))[cls.__qualname__]
    found = {}
    for statement, following in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            found[statement.target.id] = " ".join(str(following.value.value).split())
    return found


@cache
def _classes(file: str) -> dict[str, ast.ClassDef]:
    body = ast.parse(Path(file).read_text()).body
    return {node.name: node for node in body if isinstance(node, ast.ClassDef)}


def literal(value: Any) -> str | None:
    """A default as docstrings show it, or None if they describe it in words."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and value and len(value) <= LONGEST_LIST:
        items = [literal(item) for item in value]
        if None in items:
            return None
        plain = [v.value if isinstance(v, Enum) else v for v in value]
        return json.dumps(plain)
    return None


def wrong_defaults(args: type[Any], path: str, group: type[Group]) -> Iterator[str]:
    """Inputs whose docstring states another default than the settings have, or none."""
    docs = attribute_docs(args)
    for name, field in group.model_fields.items():
        if (path, name) in DESCRIBED:
            continue
        stated = re.search(r"Default: (?:``(.+?)``)?", docs[name])
        if field.is_required():
            is_right = stated is None
        elif (expected := literal(field.default)) is None and field.default not in (None, (), {}):
            is_right = True  # described in words
        else:
            is_right = stated is not None and stated[1] == expected
        if not is_right:
            yield f"{name}: {docs[name]}"


@pytest.mark.parametrize(("path", "args", "group"), pairs(), ids=lambda v: str(v)[:40])
def test_docstrings_state_the_defaults(path: str, args: type[Any], group: type[Group]) -> None:
    assert list(wrong_defaults(args, path, group)) == []


def test_docstring_states_the_tested_versions() -> None:
    doc = attribute_docs(ImageArgs)["version"]
    for version in (JENKINS_VERSION, AGENT_VERSION, KANIKO_VERSION):
        assert f"``{version}``" in doc


def undocumented(node: ast.AST, name: str) -> Iterator[str]:
    """Public modules, classes and functions in a node that have no docstring."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and not child.name.startswith("_"):
            where = f"{name}.{child.name}"
            if not ast.get_docstring(child):
                yield where
            if isinstance(child, ast.ClassDef):
                yield from undocumented(child, where)


def test_public_code_has_docstrings() -> None:
    trees = {file: ast.parse(file.read_text()) for file in MODULES}
    assert [str(file) for file, tree in trees.items() if not ast.get_docstring(tree)] == []
    assert [name for file, tree in trees.items() for name in undocumented(tree, file.stem)] == []


def test_settings_name_their_inputs() -> None:
    assert Settings.__doc__
    for _, args, group in pairs()[1:]:
        assert f"`{args.__name__}`" in (group.__doc__ or "")
