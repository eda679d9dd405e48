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
    entry = {
        "Source": "aws.ecs",
        "DetailType": "ECS Task State Change",
        "Detail": json.dumps(detail),
        "Resources": [task["taskArn"]],
    }
    # An event that cannot be delivered stops no task.
    with contextlib.suppress(ClientError, BotoCoreError):
        clients.get("events", region).put_events(Entries=[entry])


def _iso(seconds: float) -> str:
    stamp = datetime.fromtimestamp(seconds, timezone.utc)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
