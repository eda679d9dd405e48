"""Comparing inputs the way the real providers do: sets without order, JSON by meaning."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from .protocol import Change, Properties

DEFAULTS = "__defaults"
"""Key under which the names of the properties filled in by a provider are kept, as in the
bridged providers: an automatic name may be dropped at replacement, a chosen one may not."""


def changes(
    olds: Properties,
    news: Properties,
    *,
    sets: Collection[str] = (),
    json_text: Collection[str] = (),
) -> list[Change]:
    """The property paths at which two inputs differ."""
    found: list[Change] = []
    for key in sorted((olds.keys() | news.keys()) - {DEFAULTS}):
        old, new = olds.get(key), news.get(key)
        if key in json_text:
            old, new = _parsed(old), _parsed(new)
            if old != new:
                found.append(Change(key, _kind(olds.get(key), news.get(key))))
        else:
            _compare(key, old, new, sets, found)
    return found


def _compare(path: str, old: Any, new: Any, sets: Collection[str], found: list[Change]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            _compare(f"{path}.{key}", old.get(key), new.get(key), sets, found)
    elif isinstance(old, list) and isinstance(new, list):
        if path in sets and _sorted(old) == _sorted(new):
            return
        if len(old) == len(new) and path not in sets:
            for index, (a, b) in enumerate(zip(old, new, strict=True)):
                _compare(f"{path}[{index}]", a, b, sets, found)
        elif old != new:
            found.append(Change(path, "update"))
    elif old != new:
        found.append(Change(path, _kind(old, new)))


def _kind(old: Any, new: Any) -> str:
    return "add" if old is None else "delete" if new is None else "update"


def _sorted(items: list[Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def keep_shape(actual: Any, asked: Any) -> Any:
    """What a refresh should report as input: as out there, but only what was asked for.

    AWS answers with every default filled in; reporting those as inputs would look like a
    change at the next ``up``.
    """
    if isinstance(actual, dict) and isinstance(asked, dict):
        return {k: keep_shape(actual.get(k), v) for k, v in asked.items()}
    if isinstance(actual, list) and isinstance(asked, list):
        if _sorted(actual) == _sorted(asked):
            return asked
        if len(actual) == len(asked):
            return [keep_shape(a, b) for a, b in zip(actual, asked, strict=True)]
    if isinstance(asked, str) and _parsed(actual) == _parsed(asked):
        return asked
    return actual
