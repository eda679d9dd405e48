"""Inputs of a platform without monitoring, backup and NAT, for tests that need none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

READY_IMAGES = {
    role: {"existing": f"registry.example.com/jenkins-platform/{role}:test"}
    for role in ("controller", "agent", "kaniko")
}
"""For tests that are not about images: nothing is built, and Docker is not needed."""
LEAN: Mapping[str, Any] = {
    "monitoring": {"level": "none"},
    "backup": {"enabled": False},
    "network": {"nat": "public-subnets"},
}
