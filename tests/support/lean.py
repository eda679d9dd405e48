"""A platform for tests to which two thirds of one are as good as a whole one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LEAN: Mapping[str, Any] = {
    "watch": {"scope": "none"},
    "backup": {"enabled": False},
    "network": {"nat": "public-subnets"},
}
