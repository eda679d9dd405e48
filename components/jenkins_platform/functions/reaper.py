"""Stops agent tasks that are older than any build, regardless of the state of Jenkins.

Environment: ``CLUSTER`` (ARN), ``FAMILIES`` (prefix of the agents' task families), ``MAX_HOURS``
(age at which a task is stopped).
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3

from . import tasks


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Stop old tasks and return their ARNs.

    Raises:
        RuntimeError: Some tasks could not be stopped.
    """
    ecs, cluster = boto3.client("ecs"), os.environ["CLUSTER"]
    hours = int(os.environ["MAX_HOURS"])
    oldest = datetime.now(timezone.utc) - timedelta(hours=hours)
    old = [
        task
        for task in tasks.agents(ecs, cluster, os.environ["FAMILIES"])
        if task["createdAt"] < oldest
    ]
    reason = f"Older than {hours} hours: stopped by the reaper of jenkins-platform"
    errors = tasks.stop(ecs, cluster, old, reason)
    stopped = [task["taskArn"] for task in old]
    print(f"{len(stopped)} tasks older than {hours} hours: {', '.join(stopped) or 'none'}")
    if errors:
        raise RuntimeError("; ".join(errors))
    return {"stopped": stopped}
