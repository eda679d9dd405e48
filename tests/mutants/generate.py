"""Generates single wrong changes of a module from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROSE = {"alarm_description", "description", "meaning", "tags", "to_do", "valid", "hidden"}
"""Keyword arguments whose values only people read, or that other tests cover as a whole."""
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True)
class Mutant:
    """One change: the text between two offsets of a file is replaced."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        def shown(text: str) -> str:
            return " ".join(text.split())[:60] or "nothing"

        return f"{self.path}:{self.line}: {shown(self.old)} -> {shown(self.new)}"

    def apply(self, source: str) -> str:
        """The source with the change."""
        return source[: self.start] + self.new + source[self.end :]

    def is_valid(self, source: str) -> bool:
        """Whether the result is Python."""
        try:
            ast.parse(self.apply(source))
        except SyntaxError:
            return False
        return True


def mutants(source: str, path: Path) -> list[Mutant]:
    """Every change of one module, in the order of the source. Not all results are valid."""
    starts = _line_starts(source)
    found = []
    for node, new in _changes(ast.parse(source)):
        start = starts[node.lineno - 1] + _characters(source, starts, node.lineno, node.col_offset)
        end = starts[node.end_lineno - 1] + _characters(
            source, starts, node.end_lineno, node.end_col_offset
        )
        if new == "":
            # An item of a list of arguments or elements is removed together with its comma.
            end += len(source[end:]) - len(source[end:].lstrip())
            end += source[end : end + 1] == ","
        old = source[start:end]
        replacement = new.replace("\0", old)
        if replacement != old:
            found.append(Mutant(path, node.lineno, start, end, old, replacement))
    return sorted(set(found), key=lambda mutant: (mutant.start, mutant.end, mutant.new))


def _changes(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Nodes and what replaces them; ``\\0`` stands for the old text, nothing for a deletion."""
    for node in _code(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg and keyword.arg not in PROSE:
                    yield keyword, ""
        elif isinstance(node, ast.If | ast.IfExp):
            yield node.test, "not (\0)"
        elif isinstance(node, ast.comprehension):
            yield from ((test, "not (\0)") for test in node.ifs)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            operator = COMPARISONS[type(node.ops[0])]
            left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
            yield node, f"({left}) {operator} ({right})"
        elif isinstance(node, ast.BoolOp):
            yield from ((value, str(isinstance(node.op, ast.Or))) for value in node.values)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set) and len(node.elts) > 1:
            if isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            yield from ((item, "") for item in node.elts)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value, '"mutated"'
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield node, str(not node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield node, str(node.value + 1)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes without annotations, errors, warnings and what only people read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr):
            continue
        if isinstance(child, ast.keyword) and child.arg in PROSE:
            continue
        if isinstance(child, ast.expr) and child in (
            getattr(node, "annotation", None),
            getattr(node, "returns", None),
        ):
            continue
        if isinstance(child, ast.Call) and ast.unparse(child.func) in (
            "pulumi.log.warn",
            "Problem",
        ):
            continue
        if isinstance(child, ast.Subscript) and isinstance(child.ctx, ast.Load):
            yield from _code(child.value)
            continue
        yield child
        yield from _code(child)


def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _characters(source: str, starts: list[int], line: int, column: int) -> int:
    """Columns of the syntax tree are bytes; the result counts characters."""
    text = source[starts[line - 1] : starts[line]]
    return len(text.encode()[:column].decode())
