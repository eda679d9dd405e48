"""Messages of pydantic in the words of this package."""

from __future__ import annotations

import re

from pydantic_core import ErrorDetails

_SUBJECT = re.compile(r"^(Value error, |(Input|Value|Tuple|String|Dictionary) )")


def message(detail: ErrorDetails) -> str:
    """The message of a validation error, without its generic subject."""
    return _SUBJECT.sub("", detail["msg"])
