"""Platforms registered against mocks, each set of inputs once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jenkins_platform import JenkinsPlatform
from jenkins_platform.testing import Registration, register

_REGISTERED: dict[str, list[Registration]] = {}


def platform(args: Mapping[str, Any] | None = None, name: str = "jenkins") -> list[Registration]:
    """What a platform with these inputs registers."""
    key = f"{name} {json.dumps(args or {}, sort_keys=True, default=repr)}"
    if key not in _REGISTERED:
        _REGISTERED[key] = register(lambda: JenkinsPlatform(name, args))  # type: ignore[arg-type]
    return _REGISTERED[key]
