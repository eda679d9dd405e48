"""Validation of raw inputs: all problems are reported at once."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pydantic import TypeAdapter
from pydantic import ValidationError as PydanticError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .base import Group
from .messages import message
from .problems import Problem, hidden
from .renamed import new_name
from .secret_names import names_secret

_ADAPTERS: dict[int, tuple[FieldInfo, TypeAdapter[Any]]] = {}
Path = tuple[int | str, ...]
_UNKNOWN_KEY = ("extra_forbidden", "invalid_key")
"""Types of errors about a key that a group does not have; the second key is not a string."""
_ALL = "must be known when the program runs"


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    """The validator of a field, cached: there may be a thousand agent templates."""
    if id(field) not in _ADAPTERS:
        _ADAPTERS[id(field)] = field, TypeAdapter(field.rebuild_annotation())
    return _ADAPTERS[id(field)][1]


def check(field: FieldInfo, raw: Any, key: str) -> tuple[Any, list[Problem]]:
    """Validate the value of one field and apply the rules of the groups in it.

    Returns:
        The value, None if it is not valid, and the problems.
    """
    try:
        value = _adapter(field).validate_python(raw, context={"key": key})
    except PydanticError as error:
        details = error.errors()
        inner = {d["loc"][:depth] for d in details for depth in range(len(d["loc"]))}
        # A list whose items are all invalid would also be reported as too short.
        details = [d for d in details if d["loc"] not in inner]
        problems = [_problem(field, key, d) for d in details]
        if not any(d["type"] in _UNKNOWN_KEY for d in details):
            # An unknown key may be a misspelled one that the rules would report as missing.
            problems += _rules_of_valid_fields(field, raw, key, [d["loc"] for d in details])
        return None, problems
    return value, list(_rules(value, key))


def check_part(
    group: type[Group], raw: Any, key: str, without: tuple[str, ...]
) -> tuple[None, list[Problem]]:
    """Validate some fields of a group. Fields in ``without`` are not allowed."""
    if not isinstance(raw, Mapping):
        return None, [Problem(key, raw, "must be a group of keys and values")]
    problems = []
    for name, value in raw.items():
        where = f"{key}.{name}"
        if name in without:
            problems.append(Problem(where, value, "is only valid in a template of `agents`"))
        elif name not in group.model_fields:
            problems.append(unknown_key(group, where, value))
        elif value is not None:
            problems += check(group.model_fields[name], value, where)[1]
    return None, problems


def _rules(value: Any, key: str, complete: bool = True) -> Iterator[Problem]:
    """Problems by the rules of all groups in a value, outermost first. If the value is not
    complete, the rules of a group end at the first field that is missing."""
    if isinstance(value, Group):
        try:
            yield from value.rules(key)
        except AttributeError:
            if complete:
                raise
        for name in type(value).model_fields:
            yield from _rules(value.__dict__.get(name), f"{key}.{name}", complete)
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _rules(item, f"{key}[{index}]", complete)


def _rules_of_valid_fields(
    field: FieldInfo, raw: Any, key: str, wrong: Sequence[Path]
) -> list[Problem]:
    """Problems by the rules for the fields that are valid, so that one invalid field does not hide
    other problems."""
    fields = {_field_path(field, path) for path in wrong}
    if () in fields:
        return []
    for path in fields:
        raw = _without(raw, path)
    try:
        value = _adapter(field).validate_python(raw, context={"key": key})
    except PydanticError:
        return []
    for *parents, name in fields:
        owner = value
        for step in parents:
            owner = owner[step] if isinstance(step, int) else getattr(owner, step)
        owner.__dict__.pop(name, None)
    return list(_rules(value, key, complete=False))


def _field_path(root: FieldInfo, path: Path) -> Path:
    """The path to the field of the innermost group on a path; empty if there is none."""
    owner, found = _group_in(root.annotation), 0
    for depth, part in enumerate(path, 1):
        if owner and isinstance(part, str):
            found = depth
            field = owner.model_fields.get(part)
            owner = _group_in(field.annotation) if field else None
    return path[:found]


def _without(raw: Any, path: Path) -> Any:
    """A copy of some inputs without the value at a path."""
    first, *rest = path
    if isinstance(raw, Mapping):
        if not rest:
            return {k: v for k, v in raw.items() if k != first}
        return {k: _without(v, tuple(rest)) if k == first else v for k, v in raw.items()}
    if isinstance(raw, list | tuple) and rest:
        return [_without(v, tuple(rest)) if i == first else v for i, v in enumerate(raw)]
    return raw


def unknown_key(group: type[Group], key: str, value: Any, extra: tuple[str, ...] = ()) -> Problem:
    """The problem of a key that does not exist, with the key that was probably meant."""
    known = sorted({*group.model_fields, *extra} - {"name"} if extra else group.model_fields)
    name = key.rsplit(".", 1)[-1]
    if names_secret(name):
        value = hidden(value)
    if reason := group.refused.get(name):
        return Problem(key, value, f"is not supported: {reason}")
    renamed = new_name(name, known)
    close = (
        ([renamed] if renamed else [])
        or difflib.get_close_matches(name, known, n=1)
        or [k for k in known if name and (name in k or k in name)]
    )
    hint = f"Did you mean '{close[0]}'? " if close else ""
    return Problem(key, value, f"unknown key. {hint}Valid keys: {', '.join(known)}")


def _problem(root: FieldInfo, key: str, detail: ErrorDetails) -> Problem:
    path, value = detail["loc"], detail["input"]
    # Pydantic's mark of an invalid key of a map.
    of_key = path[-1:] == ("[key]",)
    path = path[:-1] if of_key else path
    where = key + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    owner, field = _innermost(root, path)
    if detail["type"] in _UNKNOWN_KEY and owner:
        return unknown_key(owner, where, value)
    extra = field.json_schema_extra
    valid = f" Valid: {extra['valid']}" if isinstance(extra, Mapping) else ""
    if detail["type"] == "model_type" and owner:
        valid = f" Valid keys: {', '.join(sorted(owner.model_fields))}"
    if isinstance(extra, Mapping) and extra["hidden"]:
        value = hidden(value)
    if detail["type"] == "missing":
        return Problem(where, None, f"required, but not given.{valid}")
    if isinstance(value, pulumi.Output):
        return Problem(where, value, f"{_must_be_known(field.annotation)}.{valid}")
    subject = "the key " if of_key else ""
    return Problem(where, value, f"{subject}{message(detail)}.{valid}")


def _must_be_known(annotation: Any) -> str:
    """What of a value must be known when the program runs."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (tuple, dict) and _mentions_outputs(annotation):
        return (
            "its keys must be known when the program runs; each value can be an output"
            if origin is dict
            else "its length must be known when the program runs; each item can be an output, such "
            "as ids[0] and ids[1] of an output `ids`"
        )
    found = (_must_be_known(a) for a in arguments if typing.get_origin(a) is not pulumi.Output)
    return next((f for f in found if f != _ALL), _ALL)


def _mentions_outputs(annotation: Any) -> bool:
    return typing.get_origin(annotation) is pulumi.Output or any(
        _mentions_outputs(a) for a in typing.get_args(annotation)
    )


def _innermost(root: FieldInfo, path: Path) -> tuple[type[Group] | None, FieldInfo]:
    """The innermost field on a path, and the group in which the path ends."""
    owner, field = _group_in(root.annotation), root
    for part in path:
        if owner and isinstance(part, str) and part in owner.model_fields:
            field = owner.model_fields[part]
            owner = _group_in(field.annotation) or owner
    return owner, field


def _group_in(annotation: Any) -> type[Group] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, Group) else None
    return next((g for a in typing.get_args(annotation) if (g := _group_in(a))), None)
