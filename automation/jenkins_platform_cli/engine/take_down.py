"""What a stack needs before and after its resources are deleted, so that nothing refuses to go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from ..invocation import command_line

Resource = Mapping[str, Any]

_CLUSTER, _SERVICE = "aws:ecs/cluster:Cluster", "aws:ecs/service:Service"
_TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
_CONTENTS = {
    "aws:s3/bucket:Bucket": "bucket {} with its objects",
    "aws:ecr/repository:Repository": "repository {} with its images",
    "aws:cloudwatch/logGroup:LogGroup": "log group {} with its events",
    "aws:efs/fileSystem:FileSystem": "file system {} with its files",
    "aws:backup/vault:Vault": "backup vault {} with its recovery points",
    "aws:secretsmanager/secret:Secret": "secret {}",
}
"""Types whose deletion loses data, and how they are listed."""
_ABSENT = {
    "ClusterNotFoundException",
    "LoadBalancerNotFound",
    "ServiceNotActiveException",
    "ServiceNotFoundException",
}
_REASON = "jenkins-platform destroy"
_PAUSE_SECONDS = 5
_LOOKS = 120
"""Ten minutes; Fargate kills a task two minutes after it was asked to stop."""
_DESCRIBED_AT_ONCE = 100
_INSIGHTS = "/aws/ecs/containerinsights/{}/performance"
"""Log group that ECS creates for a cluster with Container Insights."""


class TakeDown:
    """Prepares and completes the deletion of a stack.

    Args:
        resources: The resources in the stack's state.
        client: Creates a boto3 client by name of the service.
        say: Shows a line to the user.
        pause: Waits between two looks at AWS.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        client: Callable[[str], Any],
        say: Callable[[str], None],
        pause: Callable[[], None] = lambda: time.sleep(_PAUSE_SECONDS),
    ) -> None:
        given = list(resources)
        self._resources = [r for r in given if r.get("id") and not r["type"].startswith("pulumi:")]
        self._agents = {str((r.get("outputs") or {}).get("agent_cluster_arn", "")) for r in given}
        self._client, self._say, self._pause = client, say, pause
        self._families = families(self._resources)

    def listing(self) -> list[str]:
        """What stays in AWS and what is deleted, data first."""
        stays = [r for r in self._resources if r.get("retainOnDelete")]
        goes = [r for r in self._resources if not r.get("retainOnDelete")]
        contents = [_CONTENTS[r["type"]].format(r["id"]) for r in goes if r["type"] in _CONTENTS]
        running = len(self._tasks([*self._clusters(), *self._shared_clusters()]))
        return [
            *([f"Stays in AWS: {len(stays)} resources"] if stays else []),
            *sorted(map(_line, stays)),
            f"Is deleted: {len(goes)} resources, among them:",
            *sorted(f"  {text}" for text in contents),
            *([f"  {running} running tasks, which are stopped first"] if running else []),
        ]

    def prepare(self) -> None:
        """Stop the controller, then the agents, and disable deletion protection.

        The controller is first: it would start new agents.

        Raises:
            RuntimeError: tasks are still running after ten minutes. Nothing was deleted.
        """
        for balancer in self._of(_BALANCER):
            self._disable_deletion_protection(balancer["id"])
        for service in self._of(_SERVICE):
            self._scale_to_zero(service)
        ours = {service["inputs"]["cluster"] for service in self._of(_SERVICE)}
        self._wait([cluster for cluster in self._clusters() if cluster in ours])
        everywhere = [*self._clusters(), *self._shared_clusters()]
        for cluster, task in self._tasks(everywhere):
            self._client("ecs").stop_task(cluster=cluster, task=task, reason=_REASON)
        self._wait(everywhere)

    def complete(self, left: Iterable[Resource]) -> list[str]:
        """Delete the log groups that ECS created for the deleted clusters.

        Args:
            left: The resources that are still in the stack's state.

        Returns:
            A message for each that could not be deleted.
        """
        still = {r.get("id") for r in left}
        messages = []
        for cluster in self._clusters():
            if cluster in still:
                continue
            name = _INSIGHTS.format(cluster.rsplit("/", 1)[-1])
            try:
                self._client("logs").delete_log_group(logGroupName=name)
                self._say(f"Log group {name} of Container Insights is deleted.")
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    messages.append(f"log group {name} was not deleted: {error}")
        return messages

    def _of(self, kind: str) -> list[Resource]:
        return [r for r in self._resources if r["type"] == kind]

    def _clusters(self) -> list[str]:
        return [str(r["id"]) for r in self._of(_CLUSTER)]

    def _shared_clusters(self) -> list[str]:
        """Existing clusters, on which only tasks of the stack's families are stopped."""
        return sorted(self._agents - {"", *self._clusters()})

    def _disable_deletion_protection(self, balancer: str) -> None:
        attributes = [{"Key": "deletion_protection.enabled", "Value": "false"}]
        with _already_deleted():
            self._client("elbv2").modify_load_balancer_attributes(
                LoadBalancerArn=balancer, Attributes=attributes
            )

    def _scale_to_zero(self, service: Resource) -> None:
        with _already_deleted():
            self._client("ecs").update_service(
                cluster=service["inputs"]["cluster"], service=service["id"], desiredCount=0
            )

    def _tasks(self, clusters: Iterable[str]) -> list[tuple[str, str]]:
        """Cluster and task of each task that has not stopped, as ARNs."""
        return [(cluster, task) for cluster in clusters for task in self._tasks_of(cluster)]

    def _tasks_of(self, cluster: str) -> list[str]:
        ecs, arns = self._client("ecs"), []
        with _already_deleted():
            for wanted in ("RUNNING", "STOPPED"):  # ECS wants a stopping task to be STOPPED
                pages = ecs.get_paginator("list_tasks").paginate(
                    cluster=cluster, desiredStatus=wanted
                )
                arns += [arn for page in pages for arn in page["taskArns"]]
        tasks: list[Any] = []
        for first in range(0, len(arns), _DESCRIBED_AT_ONCE):
            some = arns[first : first + _DESCRIBED_AT_ONCE]
            tasks += ecs.describe_tasks(cluster=cluster, tasks=some)["tasks"]
        if cluster in self._shared_clusters():
            tasks = [task for task in tasks if _family(task["taskDefinitionArn"]) in self._families]
        return [task["taskArn"] for task in tasks if task["lastStatus"] != "STOPPED"]

    def _wait(self, clusters: list[str]) -> None:
        """Wait until all tasks of these clusters have stopped."""
        running = self._tasks(clusters)
        if running:
            self._say(f"Waiting for {len(running)} tasks to stop.")
        for _ in range(_LOOKS):
            if not running:
                return
            self._pause()
            running = self._tasks(clusters)
        listed = ", ".join(task for _, task in running)
        raise RuntimeError(
            f"{len(running)} tasks have not stopped: {listed}. Nothing was deleted. Stop them, "
            "then run destroy again."
        )


@contextmanager
def _already_deleted() -> Iterator[None]:
    """Ignore that a resource of the state does not exist, as after an interrupted run."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in _ABSENT:
            raise


def families(resources: Iterable[Resource]) -> set[str]:
    """Families of the task definitions in a state."""
    return {
        _family(str(r["outputs"]["arn"]))
        for r in resources
        if r["type"] == _TASK_DEFINITION and "arn" in (r.get("outputs") or {})
    }


def _family(definition: str) -> str:
    """Family of a task definition, by its ARN."""
    return definition.rsplit("/", 1)[-1].rsplit(":", 1)[0]


def protected_message(stack: str, protected: list[str]) -> str:
    """Why a stack is not destroyed, and the alternatives.

    Args:
        protected: The protected resources.
    """
    resources = "\n  ".join(protected)
    return (
        f"Stack {stack} has protected resources. Nothing was changed. Protected:\n  {resources}\n"
        "To delete everything else and leave these in AWS:\n"
        f"  {command_line('unprotect', '--stack', stack)}, then destroy again.\n"
        "To delete these too, recovery points included:\n"
        f"  removal_policy: destroy in Pulumi.{stack}.yaml, then up, then destroy."
    )


def _line(resource: Resource) -> str:
    kind, name = resource["type"].rsplit(":", 1)[-1], resource["urn"].rsplit("::", 1)[-1]
    return f"  {kind} {name} ({resource['id']})"
