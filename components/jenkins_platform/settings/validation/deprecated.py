"""Warnings about inputs that a later version removes."""

from __future__ import annotations

from .base import Group, everything


def deprecations(settings: Group) -> list[str]:
    """A text for each deprecated input that is set, with what to use instead."""
    found = []
    for key, group in everything(settings):
        if isinstance(group, Group):
            for name in group.model_fields_set:
                extra = type(group).model_fields[name].json_schema_extra
                if isinstance(extra, dict) and (advice := extra["deprecated"]):
                    path = f"{key}.{name}" if key else name
                    found.append(f"{path} is deprecated: {advice}")
    return sorted(found)
