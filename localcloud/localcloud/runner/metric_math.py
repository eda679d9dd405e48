"""The part of CloudWatch's metric math that alarms need, over one period."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Value = float | None
"""None: the period has no data."""
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_OVER: Mapping[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda values: sum(values) / len(values),
}


class MathError(Exception):
    """An expression that is not understood."""


def evaluate(expression: str, values: Mapping[str, Value]) -> Value:
    """Value of an expression.

    Args:
        expression: Arithmetic over metric ids, ``FILL``, and ``SUM``, ``MAX``, ``MIN`` and
            ``AVG`` of an array. Arithmetic with a missing value has none; functions ignore it.
        values: Value of each metric by id.

    Raises:
        MathError: It uses something else.
    """
    try:
        return _value(ast.parse(expression, mode="eval").body, values)
    except (SyntaxError, KeyError, ValueError) as error:
        raise MathError(expression) from error


def _value(node: ast.expr, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=int() | float()):
            return float(node.value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left, kind, right):
            first, second = _value(left, values), _value(right, values)
            if first is None or second is None or (isinstance(kind, ast.Div) and not second):
                return None
            return _OPERATORS[type(kind)](first, second)
        case ast.Call(func=ast.Name(id="FILL"), args=[metric, filling]):
            found = _value(metric, values)
            return _value(filling, values) if found is None else found
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _over(name, argument, values)
    raise ValueError(ast.unparse(node))


def _over(name: str, argument: Any, values: Mapping[str, Value]) -> Value:
    items = argument.elts if isinstance(argument, ast.List) else [argument]
    there = [v for item in items if (v := _value(item, values)) is not None]
    return _OVER[name](there) if there else None
