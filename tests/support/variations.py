"""Every input of the platform, changed: made from the settings, so that a new input is there too.

Values are found by trying: what the type and its validators suggest, and what the settings then
accept. An input for which that finds nothing fails with a message; `BY_HAND` is where it is given
values.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import hypothesis
from hypothesis import strategies
from jenkins_platform.inputs import JenkinsPlatformArgs
from jenkins_platform.settings import AgentTemplate, Settings, SettingsError
from jenkins_platform.settings.base import Group
from pulumi import Output
from pydantic import AfterValidator
from pydantic.fields import FieldInfo

Args = dict[str, Any]

SUGGESTIONS: dict[str, tuple[Any, ...]] = {
    "_cidr": ("10.1.0.0/16", "10.2.0.0/16", "203.0.113.0/24"),
    "_cron": ("cron(0 1 * * ? *)", "cron(0 2 * * ? *)"),
    "_printable": ("one", "two"),
}
"""Values for validators that do not tell what they accept, by their function."""

BY_HAND: dict[str, tuple[Args, ...]] = {
    "storage.throughput_mode": (
        {},
        {"storage": {"throughput_mode": "bursting"}},
        {"storage": {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 10}},
    ),
    "storage.provisioned_throughput_mibps": (
        {"storage": {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 10}},
        {"storage": {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 20}},
    ),
    "storage.performance_mode": (
        {"storage": {"throughput_mode": "bursting"}},
        {"storage": {"throughput_mode": "bursting", "performance_mode": "maxIO"}},
    ),
    "storage.return_on_access": (
        {"storage": {"infrequent_access_after": "AFTER_30_DAYS"}},
        {"storage": {"infrequent_access_after": "AFTER_30_DAYS", "return_on_access": False}},
    ),
    "storage.encryption_key": (
        {},
        {"storage": {"encryption_key": {"create": {}}}},
        {"storage": {"encryption_key": {"adopt": "arn:aws:kms:eu-central-1:123456789012:key/a"}}},
    ),
}
"""Inputs that need others beside them, or are worth more than two values: arguments to change
between, each to the next and back. A key ends at an input; it covers what is below it too."""


class NoValueError(AssertionError):
    """Nobody knows two values of an input."""


@dataclass(frozen=True)
class Variation:
    """One input, in two values."""

    path: str
    before: Args
    after: Args


def all_variations() -> Iterator[Variation]:
    """Every input from one value to another, and back."""
    for path, states in _inputs():
        for one, other in itertools.pairwise(states):
            yield Variation(path, one, other)
            yield Variation(path, other, one)


def _inputs() -> Iterator[tuple[str, tuple[Args, ...]]]:
    """Every input with its values."""
    for key in JenkinsPlatformArgs.__annotations__:
        if key == "agent_defaults":
            yield from _fields(AgentTemplate, key, (key,))
        elif key == "agents":
            yield from _field(Settings.model_fields[key], key, (key,))
            yield from _fields(AgentTemplate, "agents[]", (key, 0))
        else:
            yield from _field(Settings.model_fields[key], key, (key,))


Place = tuple[str | int, ...]


def _fields(group: type[Group], path: str, place: Place) -> Iterator[tuple[str, tuple[Args, ...]]]:
    for name, field in group.model_fields.items():
        yield from _field(field, f"{path}.{name}", (*place, name))


def _field(field: FieldInfo, path: str, place: Place) -> Iterator[tuple[str, tuple[Args, ...]]]:
    if path in BY_HAND:
        yield path, BY_HAND[path]
        return
    inner = _group_in(field.annotation)
    if inner and not field.is_required() and _is_plain(field):
        yield from _fields(inner, path, place)  # it is always there
        return
    yield path, _states(field, path, place)
    if inner and path != "agents":
        many = _is_list(field.annotation)
        yield from _fields(inner, f"{path}[]" if many else path, (*place, *([0] if many else [])))


def _states(field: FieldInfo, path: str, place: Place) -> tuple[Args, ...]:
    """Arguments with the input left out, and with two values; those that are valid."""
    found: list[Args] = []
    for value in (None, *candidates(field.annotation, field.metadata, field.default)):
        args = _arguments(place, value)
        if args not in found and _is_valid(args) and not _same(args, found):
            found.append(args)
        if len(found) == 3:
            break
    if len(found) < 2:
        raise NoValueError(f"give an alternative value for {path} in tests/support/variations.py")
    return tuple(found)


def _same(args: Args, others: list[Args]) -> bool:
    """Whether the settings are those of other arguments already."""
    made = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    return any(made == Settings.from_args("jenkins", other) for other in others)  # type: ignore[arg-type]


def _is_valid(args: Args) -> bool:
    try:
        Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    except SettingsError:
        return False
    return True


def _arguments(place: Place, value: Any) -> Args:
    """Arguments with one value in its place, and what its groups require around it."""
    root: Args = {}
    fields: Mapping[str, FieldInfo] = dict(Settings.model_fields)
    fields = {**fields, "agent_defaults": FieldInfo(annotation=dict)}
    holder: Any = root
    for position, part in enumerate(place[:-1]):
        following = place[position + 1]
        group = _group_at(place[: position + 1])
        fresh: Any = [] if isinstance(following, int) else _required(group)
        if isinstance(part, int):
            holder.append(fresh)
        else:
            holder[part] = fresh
        holder = fresh
    if value is not None:
        holder[place[-1]] = value
    return root


def _group_at(place: Place) -> type[Group] | None:
    """The group whose fields stand at a place; None for a list or no group."""
    group: type[Group] | None = Settings
    for part in place:
        if isinstance(part, int) or group is None:
            continue
        if part == "agent_defaults":
            return None
        group = _group_in(group.model_fields[part].annotation)
    return group


def _required(group: type[Group] | None) -> Args:
    """A group with nothing but what it requires."""
    if group is None:
        return {}
    return {
        name: next(iter(candidates(field.annotation, field.metadata, None)))
        for name, field in group.model_fields.items()
        if field.is_required()
    }


def _group_in(annotation: Any) -> type[Group] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, Group) else None
    return next((g for a in typing.get_args(annotation) if (g := _group_in(a))), None)


def _is_plain(field: FieldInfo) -> bool:
    """Whether a field is a group, and not a list of them or one that may be left out."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, Group)


def _is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is tuple or any(
        _is_list(a) for a in typing.get_args(annotation)
    )


def candidates(annotation: Any, metadata: Any = (), default: Any = None) -> Iterator[Any]:
    """Values that a type may accept."""
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
        yield _required(kind)
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
        elif "tail" in inside:
            start = f"arn:aws:{inside['service']}:eu-central-1:123456789012:"
            resource = inside["tail"].pattern
            kind = "" if resource == ".+" else resource
            yield from (f"{start}{kind}{name}" for name in ("one", "two"))
    yield from ("one", "two")


@functools.cache
def _matching(pattern: str) -> tuple[str, ...]:
    """Two short texts that a pattern matches."""
    texts = strategies.from_regex(pattern, fullmatch=True)
    once = hypothesis.settings(derandomize=True, database=None, deadline=None)
    first = hypothesis.find(texts, lambda _: True, settings=once)
    return first, hypothesis.find(texts, lambda text: text != first, settings=once)


def _closure(validator: Any) -> Mapping[str, Any]:
    """What a validator that was made by a function was made with."""
    function = getattr(validator, "func", None)
    return inspect.getclosurevars(function).nonlocals if inspect.isfunction(function) else {}
