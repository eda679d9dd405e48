"""Stops agents' tasks that outlived every build, whatever became of the Jenkins that started them.

Environment: ``CLUSTER`` (ARN), ``FAMILIES`` (what the families of agents start with),
``MAX_HOURS`` (age from which a task is stopped).
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3

from . import tasks


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Stop what is too old; which tasks those were.

    Raises:
        RuntimeError: some could not be stopped; the others were.
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
