"""The base of the documents."""

from __future__ import annotations

from pydantic import ConfigDict
from typing_extensions import TypedDict


class Answer(TypedDict):
    """Base of the documents: their docstrings become descriptions in the schema."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[misc]


class Failure(Answer):
    """Printed by every command that ends with 1 or 2 before it has a result."""

    errors: list[str]
    """What went wrong."""
