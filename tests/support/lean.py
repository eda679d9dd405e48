"""A platform for tests to which two thirds of one are as good as a whole one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

READY_IMAGES = {
    role: {"existing": f"registry.example.com/jenkins-platform/{role}:test"}
    for role in ("controller", "agent", "kaniko")
}
"""For tests that are not about images: nothing is built, so no Docker is needed."""
LEAN: Mapping[str, Any] = {
    "monitoring": {"level": "none"},
    "backup": {"enabled": False},
    "network": {"nat": "public-subnets"},
}
