"""ECS tasks of agents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

_DESCRIBED_AT_ONCE = 100
"""Maximum number of tasks in a DescribeTasks call."""


def agents(ecs: Any, cluster: str, families: str) -> Iterator[dict[str, Any]]:
    """Tasks of a cluster with the desired status RUNNING whose family starts with ``families``."""
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, desiredStatus="RUNNING")
    arns = [arn for page in pages for arn in page["taskArns"]]
    for first in range(0, len(arns), _DESCRIBED_AT_ONCE):
        part = arns[first : first + _DESCRIBED_AT_ONCE]
        for task in ecs.describe_tasks(cluster=cluster, tasks=part)["tasks"]:
            if family(task).startswith(families):
                yield task


def family(task: dict[str, Any]) -> str:
    """Family of a task's task definition."""
    return str(task["taskDefinitionArn"]).rsplit("/", 1)[-1].rsplit(":", 1)[0]


def stop(ecs: Any, cluster: str, found: list[dict[str, Any]], reason: str) -> list[str]:
    """Stop tasks. A failure does not prevent the others from being stopped.

    Returns:
        An error message for each task that was not stopped.
    """
    errors = []
    for task in found:
        try:
            ecs.stop_task(cluster=cluster, task=task["taskArn"], reason=reason)
        except ClientError as error:
            errors.append(f"{task['taskArn']}: {error}")
    return errors
