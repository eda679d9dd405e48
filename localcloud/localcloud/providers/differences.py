"""Comparing inputs the way the real providers do: sets without order, JSON by meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from .archives import is_asset
from .protocol import Change, Properties

DEFAULTS = "__defaults"
"""Key under which the names of the properties filled in by a provider are kept, as in the
bridged providers: an automatic name may be dropped at replacement, a chosen one may not."""

_NOTHING: frozenset[str] = frozenset()


def changes(
    olds: Properties,
    news: Properties,
    *,
    sets: Collection[str] = (),
    json_text: Collection[str] = (),
) -> list[Change]:
    """The property paths at which two inputs differ.

    Args:
        sets: Paths, without list positions, of lists whose order has no meaning.
        json_text: Paths of texts that hold JSON.
    """
    found: list[Change] = []
    for key in sorted((olds.keys() | news.keys()) - {DEFAULTS}):
        _compare(key, olds.get(key), news.get(key), sets, json_text, found)
    return found


def plain(path: str) -> str:
    """A path without list positions: ``rules[0].name`` -> ``rules.name``."""
    return re.sub(r"\[\d+\]", "", path)


def top(path: str) -> str:
    """The property that a path is in."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def part(value: Any, path: str) -> Any:
    """What stands at a path without list positions: in lists, one for each item."""
    if isinstance(value, list):
        return [part(item, path) for item in value]
    key, _, rest = path.partition(".")
    inner = value.get(key) if isinstance(value, dict) else None
    return part(inner, rest) if rest else inner


def _compare(
    path: str,
    old: Any,
    new: Any,
    sets: Collection[str],
    json_text: Collection[str],
    found: list[Change],
) -> None:
    if plain(path) in json_text:
        same = _parsed(old) == _parsed(new)
    elif is_asset(old) and is_asset(new):
        same = bool(old.get("hash")) and old.get("hash") == new.get("hash")
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            _compare(f"{path}.{key}", old.get(key), new.get(key), sets, json_text, found)
        return
    elif isinstance(old, list) and isinstance(new, list):
        if plain(path) in sets:
            same = _sorted(old) == _sorted(new)
        elif len(old) == len(new):
            for index, (a, b) in enumerate(zip(old, new, strict=True)):
                _compare(f"{path}[{index}]", a, b, sets, json_text, found)
            return
        else:
            same = False
    else:
        same = bool(old == new)
    if not same:
        kind = "add" if old is None else "delete" if new is None else "update"
        found.append(Change(path, kind))


def _sorted(items: list[Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def keep_shape(
    actual: Any,
    asked: Any,
    *,
    path: str = "",
    sets: Collection[str] = _NOTHING,
    maps: Collection[str] = _NOTHING,
    forgets: Collection[str] = _NOTHING,
) -> Any:
    """What a refresh should report as input: as out there, but only what was asked for.

    AWS answers with every default filled in; reporting those as inputs would look like a
    change at the next ``up``.

    Args:
        path: Where the value stands.
        sets: Paths of lists whose order has no meaning: they are reported in the order asked.
        maps: Paths of objects whose keys the user chooses: all of them are reported.
        forgets: Paths that may be missing out there without meaning anything.
    """
    within = {"sets": sets, "maps": maps, "forgets": forgets}
    if actual is None and path in forgets:
        return asked
    if isinstance(actual, dict) and isinstance(asked, dict):
        if path in maps:
            return actual
        return {
            k: keep_shape(actual.get(k), v, path=f"{path}.{k}", **within) for k, v in asked.items()
        }
    if isinstance(actual, list) and isinstance(asked, list):
        if path in sets:
            actual = _in_order_of(actual, asked, path, within)
        if len(actual) == len(asked):
            return [
                keep_shape(a, b, path=path, **within) for a, b in zip(actual, asked, strict=True)
            ]
    if isinstance(asked, str) and isinstance(actual, str) and _parsed(actual) == _parsed(asked):
        return asked
    return actual


def _in_order_of(actual: list[Any], asked: list[Any], path: str, within: Any) -> list[Any]:
    """The items that answer what was asked first, in that order; then the rest."""
    rest, matched = list(actual), []
    for wanted in asked:
        for item in rest:
            if keep_shape(item, wanted, path=path, **within) == wanted:
                matched.append(item)
                rest.remove(item)
                break
    return matched + rest
