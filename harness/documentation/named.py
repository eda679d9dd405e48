"""Names of inputs, outputs, commands, files and tests, as the pages use them."""

from __future__ import annotations

import ast
from functools import lru_cache

from jenkins_platform import JenkinsPlatform

from harness.documentation import commands
from harness.documentation.pages import ROOT
from harness.inputs import inputs


@lru_cache
def _names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


@lru_cache
def _known() -> set[str]:
    return {*inputs(), *(f"output {key}" for key in JenkinsPlatform.__annotations__)}


def is_test(name: str) -> bool:
    """Whether a test exists, as ``file::test``."""
    file, _, test = name.partition("::")
    return bool(test) and (ROOT / file).is_file() and test in _names_in(file)


def exists(name: str) -> bool:
    """Whether an input, output, command or file exists."""
    if name.startswith(("jenkins-platform ", "make ")):
        return not commands.problems(name)
    return name in _known() or (ROOT / name).exists()
