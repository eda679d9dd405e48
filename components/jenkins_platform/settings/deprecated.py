"""Warnings about inputs that a later version removes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .base import Group


def deprecations(group: Group, key: str = "") -> Iterator[str]:
    """A text for each deprecated input that is set, with what to use instead.

    Args:
        group: The settings.
        key: Path of the group, empty for that of all inputs.
    """
    for name in sorted(group.model_fields_set):
        path = f"{key}.{name}" if key else name
        extra = type(group).model_fields[name].json_schema_extra
        if isinstance(extra, dict) and (advice := extra["deprecated"]):
            yield f"{path} is deprecated: {advice}"
        yield from _inside(getattr(group, name), path)


def _inside(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Group):
        yield from deprecations(value, path)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _inside(item, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _inside(item, f"{path}[{index}]")
