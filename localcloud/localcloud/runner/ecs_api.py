"""The calls of ECS that are about what runs; all others are the emulator's alone."""

from __future__ import annotations

import json
from typing import Any

from .clients import Clients
from .errors import RefusedError
from .services import Services
from .tasks import Tasks

TARGET = "AmazonEC2ContainerServiceV20141113."
_MOST_TASKS = 10
_NO_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different availability "
    "zone"
)
_CHANGE_SERVICE = ("CreateService", "UpdateService", "DeleteService")


class EcsApi:
    """Answers for the emulator, or completes its answers.

    Attributes:
        spot_available: Whether RunTask accepts tasks on Spot.
    """

    def __init__(self, clients: Clients, tasks: Tasks, services: Services) -> None:
        self._clients, self._tasks, self._services = clients, tasks, services
        self.spot_available = True

    def answer(self, operation: str, region: str, request: dict[str, Any]) -> Any:
        """The answer to a call about tasks; None for other calls.

        Raises:
            RefusedError: ECS would refuse it.
        """
        if operation == "RunTask":
            count = int(request.get("count") or 1)
            if not 1 <= count <= _MOST_TASKS:
                raise RefusedError("InvalidParameterException", "count must be between 1 and 10.")
            providers = [
                s.get("capacityProvider") for s in request.get("capacityProviderStrategy") or []
            ]
            if "FARGATE_SPOT" in providers and not self.spot_available:
                raise RefusedError("ClientException", _NO_CAPACITY)
            started = [self._tasks.run(region, request) for _ in range(count)]
            return {"tasks": [dict(t.shown) for t in started], "failures": []}
        if operation == "StopTask":
            return self._stop(request)
        if operation == "DescribeTasks":
            return self._tasks.described(request)
        if operation == "ListTasks":
            return {"taskArns": self._tasks.listed(request)}
        return None

    def complete(
        self, operation: str, region: str, request: dict[str, Any], answer: dict[str, Any]
    ) -> dict[str, Any]:
        """The emulator's answer with what runs in it."""
        if operation in _CHANGE_SERVICE:
            service = answer["service"]
            ecs = self._clients.get("ecs", region)
            (asked,) = ecs.describe_services(
                cluster=service["clusterArn"], services=[service["serviceArn"]], include=["TAGS"]
            )["services"]
            definition = answer["service"]["taskDefinition"]
            if not definition.startswith("arn:"):
                definition = ecs.describe_task_definition(taskDefinition=definition)[
                    "taskDefinition"
                ]["taskDefinitionArn"]
            asked |= {"taskDefinition": definition, "status": service["status"]}
            self._services.saw(region, asked, bool(request.get("forceNewDeployment")))
            return {**answer, "service": self._services.shown(service)}
        if operation == "DescribeServices":
            shown = [self._services.shown(s) for s in answer.get("services", [])]
            return {**answer, "services": shown}
        if operation == "DescribeClusters":
            return {**answer, "clusters": [self._counted(c) for c in answer.get("clusters", [])]}
        return answer

    def completes(self, operation: str) -> bool:
        return operation in (*_CHANGE_SERVICE, "DescribeServices", "DescribeClusters")

    def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        task = self._tasks.find(str(request.get("task", "")))
        if not task or task not in self._tasks.in_cluster(request.get("cluster", "")):
            raise RefusedError("InvalidParameterException", "The referenced task was not found.")
        task.stop("UserInitiated", str(request.get("reason") or ""))
        return {"task": {k: v for k, v in task.shown.items() if k != "tags"}}

    def _counted(self, cluster: dict[str, Any]) -> dict[str, Any]:
        states = [t.state for t in self._tasks.in_cluster(cluster["clusterArn"])]
        return {
            **cluster,
            "runningTasksCount": states.count("RUNNING"),
            "pendingTasksCount": sum(
                states.count(s) for s in ("PROVISIONING", "PENDING", "ACTIVATING")
            ),
        }


def body(request: bytes) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(request or b"{}")
    return parsed
