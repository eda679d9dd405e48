"""Checks what a command printed with ``--json`` against its documented type."""

from __future__ import annotations

import json
from typing import Any

from jenkins_platform_cli.answers import ANSWERS
from pydantic import TypeAdapter


def answer(command: str, printed: str) -> Any:
    """The document that a command printed.

    Args:
        command: Name of the command, such as ``local stop``.
        printed: Its standard output.

    Raises:
        ValidationError: the document is not as documented, or has undocumented keys.
    """
    TypeAdapter(ANSWERS[command]).validate_json(printed, strict=True, extra="forbid")
    return json.loads(printed)
