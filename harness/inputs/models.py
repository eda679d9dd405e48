"""The tree of the settings, for tests that visit all of them."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

from jenkins_platform.settings import Settings
from jenkins_platform.settings.validation.base import Group


def group_in(annotation: Any) -> type[Group] | None:
    """The group of a field, directly or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, Group):
        return annotation
    return next((g for a in typing.get_args(annotation) if (g := group_in(a))), None)


def paths(group: type[Group] = Settings, prefix: str = "") -> Iterator[str]:
    """The path of every setting, such as ``agents[].sidecars[].name``."""
    for name, field in group.model_fields.items():
        path = f"{prefix}{name}"
        yield path
        if inner := group_in(field.annotation):
            many = "[]" if "tuple[" in str(field.annotation) else ""
            yield from paths(inner, f"{path}{many}.")
