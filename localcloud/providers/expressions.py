"""JMESPath, the language of the table: how a request is built and how a response is read.

Besides evaluation this module answers one question the providers live by: *which input
properties does an expression use?*  A property that no expression uses would silently not
reach AWS, and that must be an error.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
import jmespath.functions
import jmespath.parser
from pulumi.runtime.rpc import UNKNOWN

Path = tuple[str, ...]

_ANY: dict[str, list[str]] = {"types": []}
_TEXT = {"types": ["string"]}
_OPTIONAL_MAP = {"types": ["object", "null"]}
_OPTIONAL_LIST = {"types": ["array", "null"]}
_OPTIONAL_TEXT = {"types": ["string", "null"]}


class _Functions(jmespath.functions.Functions):  # type: ignore[misc]
    """What AWS request shapes need beyond standard JMESPath. ``null`` in, ``null`` out."""

    @jmespath.functions.signature(_OPTIONAL_MAP, _TEXT, _TEXT)  # type: ignore[untyped-decorator]
    def _func_to_pairs(self, mapping: dict[str, Any] | None, key: str, value: str) -> Any:
        """``{a: 1}`` -> ``[{key: a, value: 1}]``, sorted by key: how AWS writes tags."""
        if mapping is None:
            return None
        return [{key: k, value: v} for k, v in sorted(mapping.items())]

    @jmespath.functions.signature(_OPTIONAL_LIST, _TEXT, _TEXT)  # type: ignore[untyped-decorator]
    def _func_from_pairs(self, pairs: list[dict[str, Any]] | None, key: str, value: str) -> Any:
        """``[{key: a, value: 1}]`` -> ``{a: 1}``."""
        return None if pairs is None else {p[key]: p.get(value) for p in pairs}

    @jmespath.functions.signature(_OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_from_json(self, text: str | None) -> Any:
        return None if text is None or text == UNKNOWN else json.loads(text)

    @jmespath.functions.signature(_ANY)  # type: ignore[untyped-decorator]
    def _func_to_json(self, value: Any) -> Any:
        return None if value is None else json.dumps(value, sort_keys=True)

    @jmespath.functions.signature(_OPTIONAL_TEXT, _TEXT)  # type: ignore[untyped-decorator]
    def _func_split(self, text: str | None, separator: str) -> Any:
        return None if text is None else text.split(separator)

    @jmespath.functions.signature(_OPTIONAL_LIST, _OPTIONAL_LIST)  # type: ignore[untyped-decorator]
    def _func_without(self, items: list[Any] | None, others: list[Any] | None) -> Any:
        """The items of the first list that the second does not hold."""
        return None if items is None else [i for i in items if i not in (others or [])]

    @jmespath.functions.signature(_OPTIONAL_LIST, _TEXT, _ANY)  # type: ignore[untyped-decorator]
    def _func_where(self, items: list[Any] | None, key: str, value: Any) -> Any:
        """The items whose ``key`` has a value of the outer scope, which a filter cannot see."""
        return None if items is None else [i for i in items if i.get(key) == value]

    @jmespath.functions.signature(_ANY)  # type: ignore[untyped-decorator]
    def _func_or_empty(self, value: Any) -> Any:
        """An empty list for ``null``: for calls that take 'none' as a list."""
        return [] if value is None else value

    @jmespath.functions.signature(_OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_from_base64(self, text: str | None) -> Any:
        return None if text is None else base64.b64decode(text)

    @jmespath.functions.signature(_OPTIONAL_TEXT)  # type: ignore[untyped-decorator]
    def _func_text_of_base64(self, text: str | None) -> Any:
        return None if text is None else base64.b64decode(text).decode()

    @jmespath.functions.signature(_ANY)  # type: ignore[untyped-decorator]
    def _func_text(self, value: Any) -> Any:
        """Numbers and booleans as AWS writes them in string attributes."""
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value)


_OPTIONS = jmespath.Options(custom_functions=_Functions())


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


# Nodes that pass the paths of their first child on to the others.
_CHAINS = {"subexpression", "index_expression", "projection", "value_projection", "pipe"}
_CHAINS |= {"filter_projection"}


def _walk(node: dict[str, Any], here: Path) -> Iterator[Path]:
    """Yield the paths used by ``node``, evaluated at the path ``here``."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield (*here, node["value"])
    elif kind in _CHAINS:
        for path in list(_walk(children[0], here)):
            for child in children[1:]:
                yield from _walk(child, path)
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
    elif kind == "function_expression" and children[0]["type"] == "expref":
        # map(&expression, list): the expression is evaluated at the list's path
        for path in list(_walk(children[1], here)):
            yield from _walk(children[0]["children"][0], path)
    else:  # multi-selects, comparisons, or, not, flatten, other functions: every part
        for child in children:
            yield from _walk(child, here)
