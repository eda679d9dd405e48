"""Every input of the platform by its path, as the public types have them."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pulumi
from jenkins_platform import JenkinsPlatformArgs

NAMES = {"Output": pulumi.Output, "T": typing.TypeVar("T")}
"""What `pulumi.Input` refers to by name."""


def inputs(group: Any = JenkinsPlatformArgs, path: str = "") -> Iterator[str]:
    """Every input by its path: ``storage.throughput_mode``, ``agents.cpu``."""
    for key, hint in typing.get_type_hints(group, localns=NAMES).items():
        yield f"{path}{key}"
        for inner in groups_in(hint):
            yield from inputs(inner, f"{path}{key}.")


def groups_in(hint: Any) -> Iterator[Any]:
    if typing.is_typeddict(hint) or hasattr(hint, "__total__"):
        yield hint
    for argument in typing.get_args(hint):
        yield from groups_in(argument)
