"""How inputs become settings: one problem, one message, all problems at once."""

from __future__ import annotations

import difflib
import inspect
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, ClassVar, TypeVar

import pulumi
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationInfo,
    field_validator,
)
from pydantic import ValidationError as PydanticError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from .renamed import new_name

T = TypeVar("T")
_LONGEST_VALUE = 80
_SECRET_KEY = re.compile(r"passw|secret|token|api_?key|private_?key|credential", re.IGNORECASE)
_SUBJECT = re.compile(r"^(Value error, |(Input|Value|Tuple|String|Dictionary) )")
_REFERENCE = re.compile(r"arn:aws[a-z-]*:[A-Za-z0-9:/_.+=@-]*")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the inputs.

    Attributes:
        key: Where, as a user writes it: ``agents[0].cpu``.
        value: What was given.
        message: What is wrong, what would be valid, and how to mend it.
    """

    key: str
    value: Any
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {shown(self.value)}: {self.message}"


class SettingsError(pulumi.RunError):
    """The inputs are wrong. Raised before any resource is registered.

    Attributes:
        problems: Every problem that was found, in the order of the inputs.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{count} in the inputs of JenkinsPlatform:{lines}")


class Group(BaseModel):
    """A group of settings; ``rules`` says what its fields must be to each other."""

    refused: ClassVar[dict[str, str]] = {}
    """Keys that people try, each with why there is no such thing."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        validate_default=True,
        allow_inf_nan=False,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        """Pydantic would take true for 1."""
        if isinstance(value, bool) and {int, float} & set(
            _kinds(cls.model_fields[str(info.field_name)].annotation)
        ):
            raise ValueError("should be a number, not true or false")
        return value

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems between fields that are each valid by themselves."""
        yield from ()


def setting(default: Any = ..., *, valid: str, hidden: bool = False, **constraints: Any) -> Any:
    """A field of a group.

    Args:
        valid: Tells the user what the field takes.
        hidden: A user may have put a secret's value here: no error shows what was given.
    """
    return Field(default, json_schema_extra={"valid": valid, "hidden": hidden}, **constraints)


class _Hidden:
    """Stands in a problem for a value that may be a secret."""

    def __repr__(self) -> str:
        return "a value that is not shown"


def hidden(value: Any) -> Any:
    """A value as a problem may hold it where a secret may have been given: only references."""
    if value is None or isinstance(value, pulumi.Output):
        return value
    return value if isinstance(value, str) and _REFERENCE.fullmatch(value) else _Hidden()


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types that a value itself may have, but not those of what is in it."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, Annotated):
        for part in typing.get_args(annotation):
            yield from _kinds(part)
    else:
        yield annotation


class _PassOutputs:
    """Accept what is known late; it is checked as soon as it is known."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        inner, *_ = [
            a for a in typing.get_args(source) if typing.get_origin(a) is not pulumi.Output
        ]
        adapter: TypeAdapter[Any] = TypeAdapter(inner)

        def check(value: Any, validate: Any, info: ValidationInfo) -> Any:
            key = (info.context or {}).get("key", info.field_name)

            def later(known: Any) -> Any:
                try:
                    return adapter.validate_python(known)
                except PydanticError as error:
                    raise SettingsError(
                        [
                            Problem(f"{key}: an output", hidden(known), _message(e))
                            for e in error.errors()
                        ]
                    ) from None

            if isinstance(value, pulumi.Output):
                return value.apply(later)
            if inspect.isawaitable(value):
                return pulumi.Output.from_input(value).apply(later)
            return validate(value)

        return core_schema.with_info_wrap_validator_function(check, handler.generate_schema(inner))


Late = Annotated[T | pulumi.Output[T], _PassOutputs()]
"""A value that may be an output of another resource, not yet known."""


_ADAPTERS: dict[int, tuple[FieldInfo, TypeAdapter[Any]]] = {}


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    """The validator of one field, made once: there may be a thousand agent templates."""
    if id(field) not in _ADAPTERS:
        _ADAPTERS[id(field)] = field, TypeAdapter(field.rebuild_annotation())
    return _ADAPTERS[id(field)][1]


def check(field: FieldInfo, raw: Any, key: str) -> tuple[Any, list[Problem]]:
    """Validate the value of one field: its own problems, or else those of its groups' rules."""
    try:
        value = _adapter(field).validate_python(raw, context={"key": key})
    except PydanticError as error:
        details = error.errors()
        inner = {d["loc"][:depth] for d in details for depth in range(len(d["loc"]))}
        # A list whose items are all wrong would also be told to be too short.
        return None, [_problem(field, key, d) for d in details if d["loc"] not in inner]
    return value, list(_rules(value, key))


def check_part(
    group: type[Group], raw: Any, key: str, without: tuple[str, ...]
) -> tuple[None, list[Problem]]:
    """Validate some fields of a group by themselves; those in ``without`` may not be there."""
    if not isinstance(raw, Mapping):
        return None, [Problem(key, raw, "should be a group of keys and values")]
    problems = []
    for name, value in raw.items():
        where = f"{key}.{name}"
        if name in without:
            problems.append(Problem(where, value, "belongs to one template, not to the defaults"))
        elif name not in group.model_fields:
            problems.append(unknown_key(group, where, value))
        elif value is not None:
            problems += check(group.model_fields[name], value, where)[1]
    return None, problems


def _rules(value: Any, key: str) -> Iterator[Problem]:
    """The rules of all groups in a value, outermost first."""
    if isinstance(value, Group):
        yield from value.rules(key)
        for name in type(value).model_fields:
            yield from _rules(getattr(value, name), f"{key}.{name}")
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _rules(item, f"{key}[{index}]")


def unknown_key(group: type[Group], key: str, value: Any, extra: tuple[str, ...] = ()) -> Problem:
    known = sorted({*group.model_fields, *extra} - {"name"} if extra else group.model_fields)
    name = key.rsplit(".", 1)[-1]
    if _SECRET_KEY.search(name):
        value = hidden(value)
    if why := group.refused.get(name):
        return Problem(key, value, f"is not possible: {why}")
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
    where = key + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    owner, field = _innermost(root, path)
    if detail["type"] == "extra_forbidden" and owner:
        return unknown_key(owner, where, value)
    extra = field.json_schema_extra
    valid = f" Valid: {extra['valid']}" if isinstance(extra, Mapping) else ""
    if isinstance(extra, Mapping) and extra["hidden"]:
        value = hidden(value)
    if detail["type"] == "missing":
        return Problem(where, None, f"required, but not given.{valid}")
    if isinstance(value, pulumi.Output):
        return Problem(where, value, f"must be known when the program runs.{valid}")
    return Problem(where, value, f"{_message(detail)}.{valid}")


def _message(detail: ErrorDetails) -> str:
    return _SUBJECT.sub("", detail["msg"])


def _innermost(
    root: FieldInfo, path: tuple[int | str, ...]
) -> tuple[type[Group] | None, FieldInfo]:
    """The innermost field on a path, and the group that the path ends in."""
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


def shown(value: Any) -> str:
    """A given value as an error shows it."""
    if isinstance(value, pulumi.Output):
        return "an output"
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        value = list(value)
    text = repr(value.value if isinstance(value, Enum) else value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
