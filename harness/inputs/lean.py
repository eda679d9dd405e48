"""Inputs of platforms without what a test does not need: fewer resources, and quicker tests."""

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
"""Without monitoring, backup and NAT."""
SMALL: Mapping[str, Any] = {
    **LEAN,
    "network": {
        "existing": {
            "vpc_id": "vpc-0a1b2c3d",
            "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
            "public_subnet_ids": ["subnet-0a1b2c3f", "subnet-0a1b2c30"],
        }
    },
    "images": {role: READY_IMAGES[role] for role in ("controller", "agent")},
}
"""Like ``LEAN``, in an existing VPC and with images that are there. Only for unit tests: in the
embedded cloud this VPC does not exist."""
WITHOUT_FUNCTIONS: Mapping[str, Any] = {
    **SMALL,
    "agent_cloud": {"reaper": {"enabled": False}, "spot_circuit_breaker": {"enabled": False}},
}
"""Like ``SMALL``, with none of the functions that are there by default."""
