"""Versions of Jenkins and its plugins, in the order that Jenkins puts them in.

Jenkins compares them with ``hudson.util.VersionNumber``, which follows Maven: parts are separated
by ``.``, by ``-`` and where digits meet letters; numbers rank above words; ``alpha``, ``beta``
and ``rc`` rank below a release. So ``99.v12ab`` < ``99.5.v34cd`` < ``99.10.v56ef`` < ``100.v78ab``.
"""

from __future__ import annotations

import re
from functools import cache, cached_property, total_ordering

_QUALIFIERS = ("snapshot", "alpha", "beta", "milestone", "rc", "", "sp")
_ALIASES = {"ga": "", "final": "", "cr": "rc", "ea": "rc"}
_BEFORE_DIGITS = {"a": "alpha", "b": "beta", "m": "milestone"}
_PART = re.compile(r"\d+|[^\d.\-\s]+|[.\-\s]")
_RELEASE = str(_QUALIFIERS.index(""))

# A nested list follows `-` between numbers: 1-2 is (1, (2)).
_Item = int | str | list["_Item"]


@total_ordering
class Version:
    """A version that compares as Jenkins compares it. Missing parts count as 0: 2.0 equals 2."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Version({self.text!r})"

    @cached_property
    def _items(self) -> list[_Item]:
        return _parse(self.text.lower())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and _compare(self._items, other._items) == 0

    def __lt__(self, other: Version) -> bool:
        return _compare(self._items, other._items) < 0

    def __hash__(self) -> int:
        return hash(repr(self._items))


def is_lts(core: Version) -> bool:
    """Whether a version of Jenkins is a long-term support release: those have three parts."""
    return core.text.count(".") == 2


@cache
def _parse(text: str) -> list[_Item]:
    parts = _PART.findall(text)
    items: list[_Item] = []
    lists = [items]
    expects_part = True
    for position, part in enumerate(parts):
        following = parts[position + 1] if position + 1 < len(parts) else ""
        if part.isdigit():
            lists[-1].append(int(part))
            expects_part = False
        elif part not in ".-" and not part.isspace():
            word = _BEFORE_DIGITS.get(part, part) if following.isdigit() else part
            lists[-1].append(_ALIASES.get(word, word))
            expects_part = False
        else:
            if expects_part:
                lists[-1].append(0)  # as in 1..2
            expects_part = True
            if part == "-" and position and parts[position - 1].isdigit():
                _trim(lists[-1])
                if following.isdigit():
                    nested: list[_Item] = []
                    lists[-1].append(nested)
                    lists.append(nested)
    for each in reversed(lists):
        _trim(each)
    return items


def _trim(items: list[_Item]) -> None:
    """Drop trailing zeros: 1.0 is 1."""
    while items and items[-1] in (0, "", []):
        items.pop()


def _compare(left: _Item | None, right: _Item | None) -> int:
    if left is None or right is None:
        if left is None and right is None:
            return 0
        return -_compare(right, None) if left is None else _against_nothing(left)
    if isinstance(left, list) and isinstance(right, list):
        for position in range(max(len(left), len(right))):
            result = _compare(
                left[position] if position < len(left) else None,
                right[position] if position < len(right) else None,
            )
            if result:
                return result
        return 0
    if isinstance(left, str) and isinstance(right, str):
        return _order(_rank(left), _rank(right))
    if isinstance(left, int) and isinstance(right, int):
        return _order(left, right)
    return _order(_kind(left), _kind(right))  # 1.x < 1-1 < 1.1


def _against_nothing(item: _Item) -> int:
    if isinstance(item, list):
        return _against_nothing(item[0]) if item else 0
    if isinstance(item, str):
        return _order(_rank(item), _RELEASE)
    return _order(item, 0)


def _rank(word: str) -> str:
    if word in _QUALIFIERS:
        return str(_QUALIFIERS.index(word))
    return f"{len(_QUALIFIERS)}-{word}"


def _kind(item: _Item) -> int:
    return 0 if isinstance(item, str) else 1 if isinstance(item, list) else 2


def _order(left: int | str, right: int | str) -> int:
    return (left > right) - (left < right)  # type: ignore[operator]
