"""Limits that AWS enforces and botocore does not: `max`, `pattern` and `enum` of its own models,
and those of ``limits.yaml``, which the models do not have."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from botocore.model import ListShape, MapShape, Shape, StructureShape

from .expressions import evaluate

TABLE = Path(__file__).parent / "limits.yaml"
_UNICODE = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}
"""Classes of characters that AWS's patterns use, and the nearest in Python's syntax."""
_MADE_BY_MOTO = {"LockToken"}
"""Values that AWS assigns, and moto writes in another form."""
_PREFIXED = {"ResourceId", "ChangeId", "DelegationSetId"}
"""Ids of Route 53, which botocore sends without ``/hostedzone/`` and the like."""
TAGS = 50
"""Tags of one resource, for every service."""


def problems(service: str, call: str, parameters: Any, shape: Shape) -> Iterator[str]:
    """What exceeds a limit, without values: one of them may be a secret."""
    yield from _of_shape(parameters, shape, "")
    for limit in _table().get(f"{service}.{call}", []):
        found = evaluate(limit["count"], parameters) or 0
        if found > limit["max"]:
            yield f"{limit['what']}: {found}, but AWS allows {limit['max']} ({limit['source']})"


@functools.cache
def _table() -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(TABLE.read_text())
    return loaded


def _of_shape(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                yield from _of_shape(value[name], member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _size(len(value), shape, path, "items")
        yield from _tags(value, path)
        for index, item in enumerate(value):
            yield from _of_shape(item, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        yield from _size(len(value), shape, path, "keys")
        yield from _tags(value, path)
        for key, item in value.items():
            yield from _of_shape(key, shape.key, f"key of {path}")
            yield from _of_shape(item, shape.value, f"{path}.{key}")
    elif isinstance(value, str) and shape.type_name == "string":
        yield from _of_text(value, shape, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        maximum = shape.metadata.get("max")
        if maximum is not None and value > maximum:
            yield f"{path} is {value}, but AWS allows at most {maximum}"


def _of_text(value: str, shape: Shape, path: str) -> Iterator[str]:
    if shape.name in _PREFIXED:
        value = value.rsplit("/", 1)[-1]
    yield from _size(len(value), shape, path, "characters")
    pattern, names = shape.metadata.get("pattern"), shape.metadata.get("enum")
    if names and value not in names:
        yield f"{path} must be one of {', '.join(sorted(names)[:20])}"
    if path in _MADE_BY_MOTO:
        return
    if pattern and (compiled := _compiled(pattern)) and not compiled.fullmatch(value):
        yield f"{path} must match {pattern}"


def _tags(value: list[Any] | dict[str, Any], path: str) -> Iterator[str]:
    if path.lower() == "tags" and len(value) > TAGS:
        yield f"{path} has {len(value)} items, but AWS allows at most {TAGS}"


def _size(size: int, shape: Shape, path: str, unit: str) -> Iterator[str]:
    maximum = shape.metadata.get("max")
    if maximum is not None and size > maximum:
        yield f"{path} has {size} {unit}, but AWS allows at most {maximum}"


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern of AWS's models, which are written for Java; None if Python cannot read it."""
    for java, python in _UNICODE.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None
