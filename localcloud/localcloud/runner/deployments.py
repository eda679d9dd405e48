"""A service of ECS and its rollouts, as DescribeServices shows them."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any

from .task import Task

_EVENTS_KEPT = 100


@dataclass
class Deployment:
    """One rollout of a service."""

    shown: dict[str, Any]
    tasks: list[Task] = field(default_factory=list)
    not_before: float = 0.0
    pause: float = 0.5

    @property
    def id(self) -> str:
        return str(self.shown["id"])

    @property
    def failed(self) -> bool:
        return bool(self.shown["rolloutState"] == "FAILED")


class Service:
    """One service: what is asked for, and its deployments, the newest first."""

    def __init__(self, region: str, asked: dict[str, Any]) -> None:
        self.region, self.asked = region, asked
        self.deployments: list[Deployment] = []
        self.completed = ""
        """Task definition of the last rollout that was completed."""
        self.events: list[dict[str, Any]] = []
        self.failed_tasks: set[str] = set()

    @property
    def tasks(self) -> list[Task]:
        return [t for d in self.deployments for t in d.tasks]

    def say(self, text: str) -> None:
        message = f"(service {self.asked['serviceName']}) {text}"
        event = {"id": f"{random.getrandbits(64):x}", "createdAt": time.time(), "message": message}
        self.events = [event, *self.events][:_EVENTS_KEPT]

    def deploy(self, task_definition: str) -> None:
        """Begin a new rollout."""
        now = time.time()
        for deployment in self.deployments:
            deployment.shown["status"] = "ACTIVE"
        shown = {
            "id": f"ecs-svc/{random.randrange(10**18, 10**19)}",
            "status": "PRIMARY",
            "taskDefinition": task_definition,
            "desiredCount": 0,
            "pendingCount": 0,
            "runningCount": 0,
            "failedTasks": 0,
            "createdAt": now,
            "updatedAt": now,
            "launchType": "FARGATE",
            "platformVersion": "1.4.0",
            "platformFamily": "Linux",
            "networkConfiguration": self.asked.get("networkConfiguration"),
            "rolloutState": "IN_PROGRESS",
        }
        shown["rolloutStateReason"] = f"ECS deployment {shown['id']} in progress."
        self.deployments.insert(0, Deployment(shown))
