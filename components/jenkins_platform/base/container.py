"""What clusters and container definitions of controller and agents share."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws


def cluster_configuration(
    key_arn: pulumi.Input[str] | None,
) -> aws.ecs.ClusterConfigurationArgsDict | None:
    """The configuration of a cluster whose tasks encrypt their ephemeral storage with a key."""
    if key_arn is None:
        return None
    return {"managed_storage_configuration": {"fargate_ephemeral_storage_kms_key_id": key_arn}}


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
