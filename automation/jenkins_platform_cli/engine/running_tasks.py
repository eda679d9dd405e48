"""The tasks of a stack, as ECS and CloudWatch Logs know them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings
from jenkins_platform.settings.agents import AgentTemplate

from . import take_down
from .session import Session

ClientOf = Callable[[str], Any]
SPOT = "FARGATE_SPOT"
"""Capacity provider of Fargate Spot."""
_ON_SPOT = re.compile(rf"{SPOT}|.*-(managed|group)-spot-.*")
"""Fargate Spot, and the platform's capacity providers of Spot instances."""
_DESCRIBED_AT_ONCE = 100


@dataclass(frozen=True)
class RunningTask:
    """One task.

    Attributes:
        arn: Its ARN.
        definition: ARN of its task definition.
        cluster: ARN of its cluster.
        status: Its last status, such as ``RUNNING``.
        capacity: ``FARGATE``, ``FARGATE_SPOT`` or the launch type.
        started: When it was started; None before.
        reason: Why it stopped; empty while it runs.
        last_line: The last line that its first container printed.
        billed_from: When the pull of its image started, from which Fargate bills it; None before.
    """

    arn: str
    definition: str
    cluster: str
    status: str
    capacity: str
    started: datetime | None
    reason: str
    last_line: str
    billed_from: datetime | None = None

    @property
    def family(self) -> str:
        return self.definition.rsplit("/", 1)[-1].rsplit(":", 1)[0]

    @property
    def id(self) -> str:
        return self.arn.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Size:
    """What Fargate bills of a task.

    Attributes:
        cpu: CPU units.
        memory_mib: Memory in MiB.
        architecture: Its CPU architecture.
        disk_gib: Ephemeral storage in GiB; None for the included amount.
    """

    cpu: int
    memory_mib: int
    architecture: Architecture
    disk_gib: int | None


def template_of(task: RunningTask, settings: Settings) -> AgentTemplate | None:
    """The agent template that a task was started from; None if the settings do not have it."""
    found = [t for t in settings.agents if task.family.endswith(f"-agent-{t.name}")]
    return max(found, key=lambda t: len(t.name), default=None)


def size(client_of: ClientOf, definition: str) -> Size:
    """The size in a task definition.

    Args:
        definition: Its ARN.
    """
    found = client_of("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    arm = (found.get("runtimePlatform") or {}).get("cpuArchitecture") == "ARM64"
    return Size(
        int(found["cpu"]),
        int(found["memory"]),
        Architecture.ARM64 if arm else Architecture.X86_64,
        (found.get("ephemeralStorage") or {}).get("sizeInGiB"),
    )


def of_clusters(client_of: ClientOf, clusters: list[str]) -> list[RunningTask]:
    """Tasks of some clusters, those that stopped a short while ago included; the newest first.

    Args:
        client_of: A boto3 client by name of the service.
        clusters: ARNs.
    """
    found = [task for cluster in clusters for task in _of_cluster(client_of, cluster)]
    return sorted(found, key=lambda t: t.started.timestamp() if t.started else 0, reverse=True)


def of_stack(session: Session, clusters: list[str]) -> list[RunningTask]:
    """`of_clusters` of a stack, without tasks of others; empty if everything is only emulated."""
    if session.cloud and not session.cloud.runs_tasks:
        return []
    found = of_clusters(session.client, clusters)
    if session.settings.agent_cloud.cluster_arn is None:
        return found
    families = take_down.families(session.resources())
    return [task for task in found if task.family in families]


def row(task: RunningTask) -> dict[str, str]:
    """The task as commands print it with ``--json``."""
    return {
        "id": task.id,
        "family": task.family,
        "status": task.status,
        "capacity": task.capacity,
        "reason": task.reason,
        "last_line": task.last_line,
    }


def _of_cluster(client_of: ClientOf, cluster: str) -> Iterator[RunningTask]:
    ecs = client_of("ecs")
    for wanted in ("RUNNING", "STOPPED"):
        arns = ecs.list_tasks(cluster=cluster, desiredStatus=wanted)["taskArns"]
        for first in range(0, len(arns), _DESCRIBED_AT_ONCE):
            some = arns[first : first + _DESCRIBED_AT_ONCE]
            for task in ecs.describe_tasks(cluster=cluster, tasks=some)["tasks"]:
                yield _task(client_of, cluster, task)


def _task(client_of: ClientOf, cluster: str, task: dict[str, Any]) -> RunningTask:
    definition = task["taskDefinitionArn"]
    return RunningTask(
        arn=task["taskArn"],
        definition=definition,
        cluster=cluster,
        status=task.get("lastStatus", ""),
        capacity=task.get("capacityProviderName") or task.get("launchType", ""),
        started=task.get("startedAt"),
        billed_from=task.get("pullStartedAt") or task.get("startedAt"),
        reason=task.get("stoppedReason") or "",
        last_line=next(reversed(lines(client_of, task["taskArn"], definition, limit=1)), ""),
    )


def lines(client_of: ClientOf, task: str, definition: str, limit: int) -> list[str]:
    """The last lines of the first container of a task.

    Args:
        task: ARN of the task.
        definition: ARN of its task definition.
    """
    described = client_of("ecs").describe_task_definition(taskDefinition=definition)
    container = described["taskDefinition"]["containerDefinitions"][0]
    options = (container.get("logConfiguration") or {}).get("options") or {}
    if "awslogs-group" not in options:
        return []
    stream = (
        f"{options.get('awslogs-stream-prefix', '')}/{container['name']}/{task.rsplit('/', 1)[-1]}"
    )
    try:
        events = client_of("logs").get_log_events(
            logGroupName=options["awslogs-group"], logStreamName=stream, limit=limit
        )["events"]
    except ClientError:
        return []  # It has not printed anything yet.
    return [event["message"].rstrip() for event in events]


def on_spot(task: RunningTask) -> bool:
    """Whether a task runs on Spot capacity, of Fargate or of instances."""
    return _ON_SPOT.fullmatch(task.capacity) is not None
