"""Messages of pydantic in the words of this package."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from enum import Enum
from typing import Any

from pydantic_core import ErrorDetails

_Context = dict[str, Any]


def _items(bound: str, count: int, actual: int) -> str:
    return f"must have {bound} {count} item{'' if count == 1 else 's'}, not {actual}"


_IN_WORDS: dict[str, Callable[[_Context], str]] = {
    "greater_than": lambda c: f"must be more than {c['gt']:.10g}",
    "greater_than_equal": lambda c: f"must be at least {c['ge']:.10g}",
    "less_than": lambda c: f"must be less than {c['lt']:.10g}",
    "less_than_equal": lambda c: f"must be at most {c['le']:.10g}",
    "multiple_of": lambda c: f"must be a multiple of {c['multiple_of']}",
    "too_short": lambda c: _items("at least", c["min_length"], c["actual_length"]),
    "too_long": lambda c: _items("at most", c["max_length"], c["actual_length"]),
    "string_too_short": lambda c: f"must have at least {c['min_length']} characters",
    "string_too_long": lambda c: f"must have at most {c['max_length']} characters",
    "finite_number": lambda _: "must be a finite number",
    "model_type": lambda _: "must be a group of keys and values",
    "value_error": lambda c: str(c["error"]),
}
_KINDS = {"bool": "true or false", "int": "an integer", "float": "a number", "dict": "a map"}
_LISTS = ("tuple", "list")
"""First words of the types of errors about the type of a value, such as ``int_parsing``."""


def message(detail: ErrorDetails) -> str:
    """The message of a validation error.

    Args:
        detail: What pydantic found.
    """
    kind, value = detail["type"], detail["input"]
    if kind in _IN_WORDS:
        return _IN_WORDS[kind](detail.get("ctx", {}))
    first = kind.partition("_")[0]
    if first == "string":
        return "must be a string" + (", in quotes" if isinstance(value, bool | int | float) else "")
    if first == "enum":
        return _not_a_choice(value, detail["ctx"]["expected"])
    if first in _LISTS:
        return "must be a list"
    return f"must be {_KINDS[first]}" if first in _KINDS else detail["msg"]


def _not_a_choice(value: object, expected: str) -> str:
    """The message for a value that an enum does not have, with the one that was probably meant."""
    choices = expected.replace("' or '", "', '").strip("'").split("', '")
    given = value.value if isinstance(value, Enum) else str(value)
    close = difflib.get_close_matches(str(given).lower(), choices, n=1)
    return "is not one of the valid values" + (f"; the nearest is '{close[0]}'" if close else "")
