"""Values that contain outputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")


def when_known(value: Any, function: Callable[[Any], T]) -> pulumi.Output[T]:
    """Apply a function to a value that contains outputs at any depth.

    ``Output.all(value).apply(function)`` does the same, but also wraps every string in the value:
    thousands for a platform, which take a tenth of the program's time.
    """
    return pulumi.Output.all(*_outputs(value)).apply(
        lambda known: function(_filled(value, iter(known)))
    )


def json_text(value: Any) -> pulumi.Output[str]:
    """A value that contains outputs, as JSON."""
    return when_known(value, json.dumps)


def concat(*parts: pulumi.Input[str]) -> pulumi.Output[str]:
    """The parts as one string."""
    return when_known(parts, "".join)


def _outputs(value: Any) -> Iterator[pulumi.Output[Any]]:
    if isinstance(value, pulumi.Output):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _outputs(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _outputs(inner)


def _filled(value: Any, known: Iterator[Any]) -> Any:
    """The value with its outputs replaced by known values, in order."""
    if isinstance(value, pulumi.Output):
        return next(known)
    if isinstance(value, dict):
        return {key: _filled(inner, known) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(inner, known) for inner in value]
    return value
