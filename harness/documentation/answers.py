"""Checks what a command printed with ``--json`` against the documented schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

SCHEMA = Path(__file__).parents[2] / "docs" / "command.schema.json"


def answer(command: str, printed: str) -> Any:
    """The document that a command printed.

    Args:
        command: Name of the command, such as ``local stop``.
        printed: Its standard output.

    Raises:
        ValidationError: the document is not as documented, or has undocumented keys.
    """
    document = json.loads(printed)
    schema = json.loads(SCHEMA.read_text())
    closed = {name: _closed(body) for name, body in schema["$defs"].items()}
    jsonschema.validate(document, {**schema["properties"][command], "$defs": closed})
    return document


def _closed(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "additionalProperties": False}
