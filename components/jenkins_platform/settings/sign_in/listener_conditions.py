"""Paths in groups that fit into one listener rule. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..facts import limits


def wildcards(path: str) -> int:
    """Wildcards of a path."""
    return len(re.findall(r"[*?]", path))


def portions(paths: Iterable[str]) -> Iterator[list[str]]:
    """The paths, in groups that fit into one condition."""
    most_values = limits.CONDITION_VALUES.maximum
    most_wildcards = limits.CONDITION_WILDCARDS.maximum
    portion: list[str] = []
    for path in paths:
        if portion and (
            len(portion) == most_values or wildcards("".join([*portion, path])) > most_wildcards
        ):
            yield portion
            portion = []
        portion.append(path)
    if portion:
        yield portion
