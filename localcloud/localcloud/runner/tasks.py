"""The tasks of all clusters: what RunTask, StopTask, ListTasks and DescribeTasks answer."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from . import events
from .errors import RefusedError
from .order import Order
from .parts import Parts
from .task import Task

_KEPT_SECONDS = 3600
"""How long a stopped task is shown; AWS says an hour."""
_FARGATE = ("FARGATE", "FARGATE_SPOT")
SPOT_REASON = "Your Spot Task was interrupted."


class Tasks:
    """Starts tasks and remembers them.

    Args:
        parts: What tasks are made with.
        on_change: Called whenever a task's state has changed.
    """

    def __init__(self, parts: Parts, on_change: Callable[[Task], None]) -> None:
        self._parts, self._on_change = parts, on_change
        self._tasks: dict[str, Task] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Task]:
        with self._lock:
            return iter(list(self._tasks.values()))

    def find(self, name: str) -> Task | None:
        """A task by its ARN or id."""
        key = name.rsplit("/", 1)[-1]
        return next((t for t in self if t.id == key), None)

    def run(self, region: str, request: dict[str, Any], group: str = "") -> Task:
        """Start one task.

        Args:
            request: As RunTask takes it.
            group: ``service:<name>`` where a service starts it.

        Raises:
            RefusedError: ECS would refuse it.
        """
        ecs = self._parts.clients.get("ecs", region)
        try:
            cluster = ecs.describe_clusters(clusters=[request.get("cluster") or "default"])
            found = ecs.describe_task_definition(
                taskDefinition=request["taskDefinition"], include=["TAGS"]
            )
        except ClientError as error:
            raise RefusedError("ClientException", error.response["Error"]["Message"]) from error
        if not cluster["clusters"]:
            raise RefusedError("ClusterNotFoundException", "Cluster not found.")
        definition, tags = found["taskDefinition"], list(found.get("tags") or [])
        order = self._order(region, cluster["clusters"][0], definition, request, group)
        if request.get("propagateTags") != "TASK_DEFINITION":
            tags = []
        given = {t["key"] for t in request.get("tags") or []}
        order.shown["tags"] = [
            *(t for t in tags if t["key"] not in given),
            *(request.get("tags") or []),
        ]
        order.aliases = list(request.get("_aliases", []))
        task = Task(order, self._parts, self._changed)
        with self._lock:
            self._forget()
            self._tasks[task.arn] = task
        self._changed(task)
        task.start()
        return task

    def in_cluster(self, name: str) -> list[Task]:
        """Tasks of a cluster by its ARN or name."""
        short = (name or "default").rsplit("/", 1)[-1]
        return [t for t in self if t.shown["clusterArn"].rsplit("/", 1)[-1] == short]

    def listed(self, request: dict[str, Any]) -> list[str]:
        """ARNs as ListTasks finds them."""
        wanted = request.get("desiredStatus") or "RUNNING"
        family, service = request.get("family"), request.get("serviceName")
        started_by, launch = request.get("startedBy"), request.get("launchType")
        return [
            t.arn
            for t in self.in_cluster(request.get("cluster", ""))
            if t.shown["desiredStatus"] == wanted
            and (not family or t.order.definition["family"] == family)
            and (not service or t.shown["group"] == f"service:{service.rsplit('/', 1)[-1]}")
            and (not started_by or t.shown.get("startedBy") == started_by)
            and (not launch or t.shown["launchType"] == launch)
            and not request.get("containerInstance")
        ]

    def described(self, request: dict[str, Any]) -> dict[str, Any]:
        """What DescribeTasks answers."""
        there = {t.id: t for t in self.in_cluster(request.get("cluster", ""))}
        found, failures = [], []
        for name in request.get("tasks") or []:
            task = there.get(name.rsplit("/", 1)[-1])
            if not task:
                failures.append({"arn": name, "reason": "MISSING"})
                continue
            hidden = () if "TAGS" in (request.get("include") or []) else ("tags",)
            found.append({k: v for k, v in task.shown.items() if k not in hidden})
        return {"tasks": found, "failures": failures}

    def stop_all(self, seconds: float) -> None:
        """Stop all tasks, as far as that takes no longer."""
        for task in self:
            task.stop("UserInitiated", "The embedded cloud stops")
        deadline = time.monotonic() + seconds
        for task in self:
            task.join(max(deadline - time.monotonic(), 0))
        with self._lock:
            self._tasks.clear()

    def _changed(self, task: Task) -> None:
        events.task_changed(self._parts.clients, task.order.region, task.shown)
        self._on_change(task)

    def _forget(self) -> None:
        oldest = time.time() - _KEPT_SECONDS
        self._tasks = {
            k: t for k, t in self._tasks.items() if not t.over or t.shown["stoppedAt"] > oldest
        }

    def _order(
        self,
        region: str,
        cluster: dict[str, Any],
        definition: dict[str, Any],
        request: dict[str, Any],
        group: str,
    ) -> Order:
        overrides = request.get("overrides") or {}
        names = [c["name"] for c in definition["containerDefinitions"]]
        for override in overrides.get("containerOverrides", []):
            if override.get("name") not in names:
                raise RefusedError(
                    "InvalidParameterException",
                    f"Override for container named {override.get('name')} is not a container in"
                    " the TaskDefinition.",
                )
        network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        if not network:
            raise RefusedError(
                "InvalidParameterException",
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            )
        subnet = random.choice(network["subnets"])
        try:
            (found,) = self._parts.clients.get("ec2", region).describe_subnets(SubnetIds=[subnet])[
                "Subnets"
            ]
        except ClientError as error:
            raise RefusedError(
                "InvalidParameterException",
                f"Error retrieving subnet information for [{subnet}]: "
                f"{error.response['Error']['Message']} (ErrorCode: InvalidSubnetID.NotFound)",
            ) from error
        provider = _provider(cluster, request)
        prefix, task_id = cluster["clusterArn"].replace(":cluster/", ":task/"), uuid.uuid4().hex
        of_containers = prefix.replace(":task/", ":container/")
        shown: dict[str, Any] = {
            "taskArn": f"{prefix}/{task_id}",
            "clusterArn": cluster["clusterArn"],
            "taskDefinitionArn": definition["taskDefinitionArn"],
            "group": group or request.get("group") or f"family:{definition['family']}",
            **_launched_on(provider),
            "availabilityZone": found["AvailabilityZone"],
            "cpu": str(overrides.get("cpu") or definition.get("cpu") or 256),
            "memory": str(overrides.get("memory") or definition.get("memory") or 512),
            "ephemeralStorage": definition.get("ephemeralStorage") or {"sizeInGiB": 20},
            "enableExecuteCommand": bool(request.get("enableExecuteCommand")),
            "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": []}
            | overrides,
            "attributes": [{"name": "ecs.cpu-architecture", "value": _architecture(definition)}],
            "attachments": [
                {
                    "id": str(uuid.uuid4()),
                    "type": "ElasticNetworkInterface",
                    "status": "ATTACHING",
                    "details": [{"name": "subnetId", "value": subnet}],
                }
            ],
            "containers": [
                {
                    "containerArn": f"{of_containers}/{task_id}/{uuid.uuid4()}",
                    "taskArn": f"{prefix}/{task_id}",
                    "name": c["name"],
                    "image": c["image"],
                    "lastStatus": "PENDING",
                    "healthStatus": "UNKNOWN",
                    "networkInterfaces": [{"attachmentId": str(uuid.uuid4())}],
                    "cpu": str(c.get("cpu", 0)),
                }
                for c in definition["containerDefinitions"]
            ],
            "lastStatus": "PROVISIONING",
            "desiredStatus": "RUNNING",
            "healthStatus": "UNKNOWN",
            "createdAt": time.time(),
            "version": 1,
        }
        if provider:
            shown["capacityProviderName"] = provider
        if request.get("startedBy"):
            shown["startedBy"] = request["startedBy"]
        vpc = found["VpcId"]
        groups = network.get("securityGroups") or self._default_groups(region, vpc)
        return Order(shown, definition, region, vpc, subnet, groups)

    def _default_groups(self, region: str, vpc: str) -> list[str]:
        wanted = {"vpc-id": vpc, "group-name": "default"}
        found = self._parts.clients.get("ec2", region).describe_security_groups(
            Filters=[{"Name": k, "Values": [v]} for k, v in wanted.items()]
        )
        return [g["GroupId"] for g in found["SecurityGroups"]]


def _provider(cluster: dict[str, Any], request: dict[str, Any]) -> str:
    """The capacity provider of the next task: the base first, then by weight; a task alone gets
    the one that has the most of both."""
    strategy = request.get("capacityProviderStrategy")
    if strategy and request.get("launchType"):
        raise RefusedError(
            "InvalidParameterException",
            "Specify either Launch Type or Capacity Provider Strategy, but not both.",
        )
    if not strategy and request.get("launchType"):
        return ""
    strategy = strategy or cluster.get("defaultCapacityProviderStrategy") or []
    for item in strategy:
        if item["capacityProvider"] not in cluster.get("capacityProviders", []):
            raise RefusedError(
                "InvalidParameterException",
                "The specified capacity provider strategy cannot contain a capacity provider that"
                " is not associated with the cluster. Associate the capacity provider with the"
                " cluster and try again.",
            )
    if not strategy:
        raise RefusedError(
            "InvalidParameterException", "No Container Instances were found in your cluster."
        )
    best = max(strategy, key=lambda i: (i.get("base", 0), i.get("weight", 0)))
    return str(best["capacityProvider"])


def _launched_on(provider: str) -> dict[str, str]:
    """What ECS shows of where a task runs."""
    if provider and provider not in _FARGATE:
        return {"launchType": "EC2"}
    return {"launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux"}


def _architecture(definition: dict[str, Any]) -> str:
    given = (definition.get("runtimePlatform") or {}).get("cpuArchitecture", "X86_64")
    return "arm64" if given == "ARM64" else "x86_64"
