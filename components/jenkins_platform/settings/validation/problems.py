"""Problems of inputs, and how they are reported."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Any

import pulumi
import yaml
from pydantic import BaseModel

from .secret_names import contains_secret, names_secret

_LONGEST_VALUE = 80
_DEEPEST_VALUE = 5
_REFERENCE = re.compile(r"arn:aws[a-z-]*:[A-Za-z0-9:/_.+=@-]*")


@dataclass(frozen=True)
class Problem:
    """One problem of the inputs.

    Attributes:
        key: Path of the input as a user writes it, such as ``agents[0].cpu``.
        value: The given value.
        message: What is wrong, what would be valid and how to fix it.
    """

    key: str
    value: Any
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {shown(self.value)}: {self.message}"


class SettingsError(pulumi.RunError):
    """The inputs are not valid. Raised before any resource is registered.

    Attributes:
        problems: All problems that were found, in the order of the inputs.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{count} in the inputs of JenkinsPlatform:{lines}")


class _Words(str):
    """Words that are shown in place of a value."""


_HIDDEN = _Words("a value that is not shown")


def hidden(value: Any) -> Any:
    """A value as a problem can show it if it may be a secret: only ARNs are shown."""
    if value is None or isinstance(value, pulumi.Output):
        return value
    return value if isinstance(value, str) and _REFERENCE.fullmatch(value) else _HIDDEN


def shown(value: Any) -> str:
    """A value as an error shows it: on one line, as it would be written in YAML, with strings in
    quotes. What may be a secret and what YAML cannot write is not shown."""
    plain = _plain(value)
    if plain is None:
        return "nothing"
    if isinstance(plain, _Words):
        return str(plain)
    style = "'" if isinstance(plain, str) else None
    text = yaml.dump(
        plain,
        Dumper=_Dumper,
        default_style=style,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )
    text = text.removesuffix("\n").removesuffix("\n...")
    if contains_secret(text):
        return str(_HIDDEN)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _plain(value: Any, depth: int = 0) -> Any:
    """The beginning of a value, of types that YAML can write."""
    if isinstance(value, pulumi.Output):
        return _Words("an output")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value if isinstance(value, _Words) else value[: 2 * _LONGEST_VALUE]
    if value is None or isinstance(value, bool | int | float | datetime.date):
        return value
    if isinstance(value, BaseModel):
        value = {name: _of_field(value, name) for name in sorted(value.model_fields_set)}
    if depth < _DEEPEST_VALUE and isinstance(value, Mapping):
        return {
            str(key): _HIDDEN if names_secret(str(key)) else _plain(item, depth + 1)
            for key, item in islice(value.items(), _LONGEST_VALUE)
        }
    if depth < _DEEPEST_VALUE and isinstance(value, list | tuple | set):
        return [_plain(item, depth + 1) for item in islice(value, _LONGEST_VALUE)]
    return _Words("…")


def _of_field(group: BaseModel, name: str) -> Any:
    extra = type(group).model_fields[name].json_schema_extra
    value = getattr(group, name)
    return hidden(value) if isinstance(extra, Mapping) and extra["hidden"] else value


class _Dumper(yaml.SafeDumper):
    """YAML without references to values that occur more than once."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    one_line = value.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, None if one_line else '"')


def _words(dumper: yaml.SafeDumper, value: _Words) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), "")


_Dumper.add_representer(str, _string)
_Dumper.add_representer(_Words, _words)
