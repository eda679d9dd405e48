"""What the container definitions of controller and agents share."""

from __future__ import annotations

from typing import Any

import pulumi


def log_configuration(
    log_group: pulumi.Input[str], region: pulumi.Input[str], prefix: str
) -> dict[str, Any]:
    """Send a container's output to CloudWatch Logs, without ever blocking the container."""
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": log_group,
            "awslogs-region": region,
            "awslogs-stream-prefix": prefix,
            "mode": "non-blocking",
        },
    }
