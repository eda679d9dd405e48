"""Problems of inputs, and how they are reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pulumi
from pydantic import BaseModel

from .secret_names import contains_secret

_LONGEST_VALUE = 80
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


class _Hidden:
    """Replaces a value that may be a secret."""

    def __repr__(self) -> str:
        return "a value that is not shown"


def hidden(value: Any) -> Any:
    """A value as a problem can show it if it may be a secret: only ARNs are shown."""
    if value is None or isinstance(value, pulumi.Output):
        return value
    return value if isinstance(value, str) and _REFERENCE.fullmatch(value) else _Hidden()


def shown(value: Any) -> str:
    """A value as an error shows it."""
    if isinstance(value, pulumi.Output):
        return "an output"
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, BaseModel):
        return "…"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value.value if isinstance(value, Enum) else value)
    if contains_secret(text):
        return repr(_Hidden())
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
