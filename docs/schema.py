"""``plugin/schema.json``: the component's schema for other languages, as its provider serves it."""

from __future__ import annotations

import json

from jenkins_platform.provider import PlatformProvider


def pages() -> dict[str, str]:
    """The text of the schema, by file name."""
    schema = json.loads(PlatformProvider().schema or "")
    return {"plugin/schema.json": json.dumps(schema, indent=2) + "\n"}
