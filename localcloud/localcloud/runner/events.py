"""Events that AWS sends by itself, put on the default bus of the emulated EventBridge."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .clients import Clients

_TIMES = (
    *("createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt"),
    *("stoppingAt", "executionStoppedAt", "stoppedAt"),
)


def task_changed(clients: Clients, region: str, task: dict[str, Any]) -> None:
    """Send "ECS Task State Change" with a task as DescribeTasks shows it."""
    detail = {k: _iso(v) if k in _TIMES else v for k, v in task.items() if k != "tags"}
    _send(clients, region, "ECS Task State Change", detail, task["taskArn"])


def deployment_changed(
    clients: Clients, region: str, service_arn: str, deployment: dict[str, Any]
) -> None:
    """Send "ECS Deployment State Change" with a deployment as DescribeServices shows it."""
    failed = deployment["rolloutState"] == "FAILED"
    detail = {
        "eventType": "ERROR" if failed else "INFO",
        "eventName": f"SERVICE_DEPLOYMENT_{deployment['rolloutState']}",
        "deploymentId": deployment["id"],
        "updatedAt": _iso(deployment["updatedAt"]),
        "reason": deployment["rolloutStateReason"],
    }
    _send(clients, region, "ECS Deployment State Change", detail, service_arn)


def _send(clients: Clients, region: str, kind: str, detail: dict[str, Any], arn: str) -> None:
    entry = {
        "Source": "aws.ecs",
        "DetailType": kind,
        "Detail": json.dumps(detail),
        "Resources": [arn],
    }
    # An event that cannot be delivered stops nothing.
    with contextlib.suppress(ClientError, BotoCoreError):
        clients.get("events", region).put_events(Entries=[entry])


def _iso(seconds: float) -> str:
    stamp = datetime.fromtimestamp(seconds, timezone.utc)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
