"""JMESPath, the language of the table: how a request is built and how a response is read.

Besides evaluation this module answers one question the providers live by: *which input
properties does an expression use?*  A property that no expression uses would silently not
reach AWS, and that must be an error.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath

from .functions import TableFunctions

Path = tuple[str, ...]

_OPTIONS = jmespath.Options(custom_functions=TableFunctions())


@functools.cache
def _compile(expression: str) -> Any:
    return jmespath.compile(expression)


def evaluate(expression: str, scope: Mapping[str, Any]) -> Any:
    """The value of one JMESPath expression over ``scope``."""
    return _compile(expression).search(scope, options=_OPTIONS)


def build(shape: Any, scope: Mapping[str, Any]) -> Any:
    """Fill a request shape: dicts and lists stay, every string in them is an expression.

    Parts that come out as ``null`` are left out, as AWS wants it for optional members; an
    object all of whose members are left out is left out too.
    """
    if isinstance(shape, str):
        return _prune(evaluate(shape, scope))
    if isinstance(shape, list):
        return [v for item in shape if (v := build(item, scope)) is not None]
    filled = {k: v for k, item in shape.items() if (v := build(item, scope)) is not None}
    return filled if filled or not shape else None


def _prune(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _prune(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_prune(v) for v in value]
    return value


@functools.cache
def consumed(expression: str) -> frozenset[Path]:
    """The paths of the scope that an expression uses, list positions left out.

    ``lifecyclePolicies[].{A: transitionToIa}`` uses ``(lifecyclePolicies, transitionToIa)``.
    A path stands for everything below it.
    """
    return frozenset(_walk(_compile(expression).parsed, ()))


def shape_consumed(shape: Any) -> Iterator[Path]:
    """`consumed` over a whole request shape."""
    if isinstance(shape, str):
        yield from consumed(shape)
    else:
        for item in shape.values() if isinstance(shape, dict) else shape:
            yield from shape_consumed(item)


# Nodes whose children are each evaluated at the paths of the one before.
_CHAINS = {"subexpression", "index_expression", "projection", "value_projection", "pipe"}


def _walk(node: dict[str, Any], here: Path) -> Iterator[Path]:
    """Yield the paths used by ``node``, evaluated at the path ``here``."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield (*here, node["value"])
    elif kind in _CHAINS:
        paths = [here]
        for child in children:
            paths = [below for path in paths for below in _walk(child, path)]
        yield from paths
    elif kind in ("identity", "current", "index", "slice"):
        yield here
    elif kind == "literal":
        return
    elif kind == "and_expression":
        # `a && {X: a.b}` only asks whether `a` is there: it does not use all of it.
        right = set(_walk(children[1], here))
        yield from right
        for path in _walk(children[0], here):
            if not any(other[: len(path)] == path for other in right):
                yield path
    elif kind == "filter_projection":
        for path in list(_walk(children[0], here)):
            yield from _walk(children[1], path)
            yield from _walk(children[2], path)
    elif kind == "function_expression" and node["value"] == "map":
        # map(&expression, list): the expression is evaluated at the list's path
        for path in list(_walk(children[1], here)):
            yield from _walk(children[0]["children"][0], path)
    elif kind == "function_expression" and node["value"] in ("sort_by", "max_by", "min_by"):
        yield from _walk(children[0], here)
    else:  # multi-selects, comparisons, or, not, flatten, other functions: every part
        for child in children:
            yield from _walk(child, here)
