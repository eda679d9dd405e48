"""Changes of every input of the platform, generated from the settings, new inputs included.

Values are candidates from the type and its validators that the settings accept. An input without
such a value fails with a message; `values/` gives values for those.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jenkins_platform.controller import jcasc
from jenkins_platform.inputs import JenkinsPlatformArgs
from jenkins_platform.settings import AgentTemplate, Settings, SettingsError
from jenkins_platform.settings.validation.base import Group
from pydantic.fields import FieldInfo

from .by_hand import BY_HAND
from .candidates import candidates, group_in, required

__all__ = ["BY_HAND", "Change", "NoValueError", "inputs", "is_valid", "merged", "together"]

Args = dict[str, Any]


class NoValueError(AssertionError):
    """No other value of an input is known."""


@dataclass
class Change:
    """Arguments that differ from a platform with no arguments.

    Attributes:
        paths: The inputs that they change.
    """

    paths: list[str]
    args: Args


def inputs() -> Iterator[Change]:
    """Every input, each changed alone.

    Raises:
        NoValueError: an input has no candidate that is valid alone.
    """
    for path, args in _inputs():
        if not is_valid(args):
            raise NoValueError(f"invalid values of {path} in harness/inputs/changes/values")
        yield Change([path], args)


def together(found: Iterable[Change]) -> list[Change]:
    """The same changes, combined where they are valid together."""
    joined: list[Change] = []
    for change in found:
        for other in joined:
            both = merged(other.args, change.args)
            if both is not None and is_valid(both):
                other.paths += change.paths
                other.args = both
                break
        else:
            joined.append(Change(list(change.paths), change.args))
    return joined


def merged(one: Args, other: Args) -> Args | None:
    """Both; None where they have different values for one input."""
    both = dict(one)
    for key, value in other.items():
        mine = both.get(key, value)
        if isinstance(mine, dict) and isinstance(value, dict):
            inner = merged(mine, value)
            if inner is None:
                return None
            both[key] = inner
        elif (
            isinstance(mine, list)
            and len(mine) == 1
            and isinstance(mine[0], dict)
            and mine != value
        ):
            inner = merged(mine[0], value[0]) if len(value) == 1 else None
            if inner is None:
                return None
            both[key] = [inner]
        elif mine != value:
            return None
        else:
            both[key] = value
    return both


def _inputs() -> Iterator[tuple[str, Args]]:
    """Every input with a value."""
    for key in JenkinsPlatformArgs.__annotations__:
        if key in BY_HAND:
            yield key, BY_HAND[key]
            continue
        yield from _field(Settings.model_fields[key], key, (key,))
        if key == "agents":
            yield from _fields(AgentTemplate, "agents[]", (key, 0))


Place = tuple[str | int, ...]


def _fields(group: type[Group], path: str, place: Place) -> Iterator[tuple[str, Args]]:
    """Required fields are set together with the group."""
    for name, field in group.model_fields.items():
        if not field.is_required():
            yield from _field(field, f"{path}.{name}", (*place, name))


def _field(field: FieldInfo, path: str, place: Place) -> Iterator[tuple[str, Args]]:
    inner = group_in(field.annotation)
    by_hand = path in BY_HAND
    if by_hand:
        yield path, BY_HAND[path]
    elif not (inner and not field.is_required() and _is_plain(field)):
        yield path, _value(field, path, place)
    if inner and path != "agents" and not by_hand:
        many = _is_list(field.annotation)
        yield from _fields(inner, f"{path}[]" if many else path, (*place, *([0] if many else [])))


def _value(field: FieldInfo, path: str, place: Place) -> Args:
    """Arguments with a valid value that is not the default."""
    default = _arguments(place, None)
    for value in candidates(field.annotation, field.metadata, field.default):
        args = _arguments(place, value)
        if value != field.default and args != default and is_valid(args):
            return args
    raise NoValueError(f"give a value for {path} in harness/inputs/changes/values")


def is_valid(args: Args) -> bool:
    """Whether the platform accepts some arguments."""
    try:
        jcasc.check(Settings.from_args("jenkins", args))  # type: ignore[arg-type]
    except SettingsError:
        return False
    return True


def _arguments(place: Place, value: Any) -> Args:
    """Arguments with one value at its place, and the required fields of its groups."""
    root: Args = {}
    holder: Any = root
    for position, part in enumerate(place[:-1]):
        following = place[position + 1]
        group = _group_at(place[: position + 1])
        fresh: Any = [] if isinstance(following, int) else required(group)
        if isinstance(part, int):
            holder.append(fresh)
        else:
            holder[part] = fresh
        holder = fresh
    if value is not None:
        holder[place[-1]] = value
    return root


def _group_at(place: Place) -> type[Group] | None:
    """The group at a place; None for a list or another type."""
    group: type[Group] | None = Settings
    for part in place:
        if isinstance(part, int) or group is None:
            continue
        group = group_in(group.model_fields[part].annotation)
    return group


def _is_plain(field: FieldInfo) -> bool:
    """Whether a field is a required group, not a list or an optional one."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, Group)


def _is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is tuple or any(
        _is_list(a) for a in typing.get_args(annotation)
    )
