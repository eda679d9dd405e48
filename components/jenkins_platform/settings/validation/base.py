"""The base class of settings, and the types of their fields."""

from __future__ import annotations

import functools
import inspect
import json
import re
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, TypeVar

import pulumi
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationInfo,
    field_validator,
)
from pydantic import ValidationError as PydanticError
from pydantic.config import JsonDict
from pydantic_core import CoreSchema, core_schema

from .messages import message
from .problems import Problem, SettingsError, hidden, shown

__all__ = [
    "Group",
    "Integer",
    "Number",
    "OutputOr",
    "Problem",
    "SettingsError",
    "everything",
    "hidden",
    "setting",
    "shown",
]

T = TypeVar("T")
_IN_WORDS = {int: "an integer", float: "a number", bool: "true or false"}
_PLAIN = {
    int: re.compile(r"-?(0|[1-9][0-9]{0,17})"),
    float: re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?"),
    bool: re.compile(r"true|false"),
}


def unambiguous(value: Any, *kinds: Any) -> Any:
    """Refuse what pydantic would convert to a number or a boolean although it means different
    things to different readers, such as ``no``, ``1e3``, ``010`` and booleans as numbers. Plain
    texts like ``100`` and ``true`` are converted: Pulumi decrypts every encrypted value to text.

    Args:
        value: What was given.
        kinds: The types of which the value can be: a number or a boolean among them.
    """
    expected = next(kind for kind in kinds if kind in _IN_WORDS)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        if not _PLAIN[expected].fullmatch(value):
            raise ValueError(f"must be {_IN_WORDS[expected]}")
        return json.loads(value)
    if isinstance(value, bool) and bool not in kinds:
        raise ValueError("must be a number, not true or false")
    if isinstance(value, int | float) and expected is bool and not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


Integer = Annotated[int, BeforeValidator(lambda value: unambiguous(value, int))]
"""A number in a list or map; fields of groups can be ``int``."""
Number = Annotated[float, BeforeValidator(lambda value: unambiguous(value, float))]


class Group(BaseModel):
    """A group of settings. ``rules`` checks its fields against each other."""

    refused: ClassVar[dict[str, str]] = {}
    """Keys that users expect but that do not exist, each with the reason."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        allow_inf_nan=False,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _unambiguous(cls, value: Any, info: ValidationInfo) -> Any:
        kinds = _numbers_of(cls, str(info.field_name))
        return unambiguous(value, *kinds) if kinds else value

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems between fields that are valid individually."""
        yield from ()


def setting(
    default: Any = ...,
    *,
    valid: str,
    hidden: bool = False,
    deprecated: str = "",
    **constraints: Any,
) -> Any:
    """A field of a group.

    Args:
        default: The default; without one the field is required.
        valid: Description of the valid values, shown in errors.
        hidden: Whether users may put a secret value here, which errors must not show.
        deprecated: What to use instead, and the version that removes the field.
        constraints: Constraints of pydantic, such as ``ge``.
    """
    extra: JsonDict = {"valid": valid, "hidden": hidden, "deprecated": deprecated}
    return Field(default, json_schema_extra=extra, **constraints)


@functools.cache
def _numbers_of(group: type[Group], field_name: str) -> tuple[Any, ...]:
    """The types of a number or a boolean; none for other fields, which are most."""
    kinds = tuple(_kinds(group.model_fields[field_name].annotation))
    return () if _IN_WORDS.keys().isdisjoint(kinds) else kinds


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types of the value itself, without the types of its items."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, Annotated):
        for part in typing.get_args(annotation):
            yield from _kinds(part)
    else:
        yield annotation


class _AcceptOutputs:
    """Accepts outputs, and validates their values once they are known."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        inner, *_ = [
            a for a in typing.get_args(source) if typing.get_origin(a) is not pulumi.Output
        ]
        adapter: TypeAdapter[Any] = TypeAdapter(inner)

        def check(value: Any, validate: Any, info: ValidationInfo) -> Any:
            context = info.context or {}
            key = context.get("key", info.field_name)
            if info.field_name and not str(key).endswith(info.field_name):
                key = f"{key}.….{info.field_name}"

            def validate_known(known: Any) -> Any:
                try:
                    return adapter.validate_python(known)
                except PydanticError as error:
                    raise SettingsError(
                        [
                            Problem(f"{key}: an output", hidden(known), message(e))
                            for e in error.errors()
                        ]
                    ) from None

            if isinstance(value, pulumi.Output):
                return value.apply(validate_known)
            if inspect.isawaitable(value):
                return pulumi.Output.from_input(value).apply(validate_known)
            return validate(value)

        return core_schema.with_info_wrap_validator_function(check, handler.generate_schema(inner))


OutputOr = Annotated[T | pulumi.Output[T], _AcceptOutputs()]
"""A value that can be an output of another resource, unknown until deployment."""


def everything(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """A value and all that is in it, each with its key."""
    yield key, value
    if isinstance(value, Group):
        for name in type(value).model_fields:
            yield from everything(getattr(value, name), f"{key}.{name}" if key else name)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from everything(item, f"{key}.{name}")
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from everything(item, f"{key}[{index}]")
