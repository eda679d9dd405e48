"""Candidate values of a type, from the type and its validators."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import hypothesis
from hypothesis import strategies
from jenkins_platform.settings.validation.base import Group
from pulumi import Output
from pydantic import AfterValidator

SUGGESTIONS: dict[str, tuple[Any, ...]] = {
    "_cidr": ("10.1.0.0/16", "10.2.0.0/16", "203.0.113.0/24"),
    "_backup": ("cron(0 1 * * ? *)", "cron(0 2 * * ? *)"),
    "_fields": ("cron(0 1 * * ? *)", "cron(0 2 * * ? *)"),
    "_printable": ("one", "two"),
}
"""Values for validators whose accepted values cannot be derived, by their function."""


def required(group: type[Group] | None) -> dict[str, Any]:
    """A group with only its required fields."""
    if group is None:
        return {}
    return {
        name: next(iter(candidates(field.annotation, field.metadata, None)))
        for name, field in group.model_fields.items()
        if field.is_required()
    }


def group_in(annotation: Any) -> type[Group] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, Group) else None
    return next((g for a in typing.get_args(annotation) if (g := group_in(a))), None)


def candidates(annotation: Any, metadata: Any = (), default: Any = None) -> Iterator[Any]:
    """Candidate values of a type."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        yield from candidates(arguments[0], (*arguments[1:], *metadata), default)
    elif origin in (typing.Union, types.UnionType):
        for argument in arguments:
            if argument is not type(None) and typing.get_origin(argument) is not Output:
                yield from candidates(argument, metadata, default)
    elif origin is tuple:
        yield from ([value] for value in candidates(arguments[0]))
    elif origin is dict:
        keys, values = candidates(arguments[0]), candidates(arguments[1])
        yield from ({k: v} for k, v in zip(keys, values, strict=False))
    elif isinstance(annotation, type):
        yield from _plain_candidates(annotation, metadata, default)


def _plain_candidates(kind: type, metadata: Any, default: Any) -> Iterator[Any]:
    if issubclass(kind, Group):
        yield required(kind)
    elif issubclass(kind, Enum):
        yield from (member.value for member in kind)
    elif kind is bool:
        yield from (True, False)
    elif kind in (int, float):
        yield from _numbers(metadata, default)
    elif kind is str:
        yield from _texts(metadata)


def _numbers(metadata: Any, default: Any) -> Iterator[Any]:
    for item in metadata:
        values = _closure(item).get("values")
        if values:
            yield from values
    for name in ("ge", "le"):
        yield from (getattr(item, name) for item in metadata if hasattr(item, name))
    if isinstance(default, int | float) and not isinstance(default, bool):
        yield from (default + 1, default - 1, default * 2)


def _texts(metadata: Any) -> Iterator[str]:
    for item in metadata:
        if not isinstance(item, AfterValidator):
            continue
        yield from SUGGESTIONS.get(item.func.__name__, ())
        inside = _closure(item)
        if "compiled" in inside:
            yield from _matching(inside["compiled"].pattern)
        elif "service" in inside:
            region = "" if inside["place"].startswith(":") else "eu-central-1"
            (resource,) = _matching(inside["resource"])
            yield f"arn:aws:{inside['service']}:{region}:123456789012:{resource}"
    yield from ("one", "two")


@functools.cache
def _matching(pattern: str) -> tuple[str, ...]:
    """A text that a pattern matches."""
    texts = strategies.from_regex(pattern, fullmatch=True)
    once = hypothesis.settings(
        derandomize=True, database=None, deadline=None, phases=[hypothesis.Phase.generate]
    )
    return (hypothesis.find(texts, lambda _: True, settings=once),)


def _closure(validator: Any) -> Mapping[str, Any]:
    """The variables that a validator closes over."""
    function = getattr(validator, "func", None)
    return inspect.getclosurevars(function).nonlocals if inspect.isfunction(function) else {}
