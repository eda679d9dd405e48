"""Services of ECS: keep as many tasks as are desired, and roll out new definitions."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .deployments import Deployment, Service
from .errors import RefusedError
from .registrations import Registrations
from .task import Task
from .tasks import Tasks

_LOOK_SECONDS = 0.5
_FAILURES_TO_BREAK = 3
"""Failed tasks after which the circuit breaker opens, for services of up to 6 tasks."""
_LONGEST_PAUSE_SECONDS = 15
_NEW_DEPLOYMENT = (
    *("capacityProviderStrategy", "enableExecuteCommand", "loadBalancers"),
    *("networkConfiguration", "platformVersion", "serviceRegistries", "taskDefinition"),
)
_log = logging.getLogger(__name__)


class Services:
    """Manages all services, in a separate thread.

    Args:
        tasks: Starts tasks.
        registrations: Puts tasks into target groups and Cloud Map, and knows their health there.
        announce: Called with region, ARN of the service and deployment when a deployment's state
            has changed.
    """

    def __init__(
        self,
        tasks: Tasks,
        registrations: Registrations,
        announce: Callable[[str, str, dict[str, Any]], None],
    ) -> None:
        self._tasks, self._registrations, self._announce = tasks, registrations, announce
        self._services: dict[str, Service] = {}
        self._lock = threading.RLock()
        self._wake, self._over = threading.Event(), False
        self._thread = threading.Thread(target=self._look_after, daemon=True, name="services")
        self._thread.start()

    def saw(self, region: str, asked: dict[str, Any], force: bool = False) -> None:
        """Take what a service is asked to be now, as DescribeServices of the emulator shows it."""
        with self._lock:
            arn = asked["serviceArn"]
            service = self._services.get(arn)
            if not service:
                service = self._services[arn] = Service(region, asked)
            before, service.asked = service.asked, asked
            changed = any(before.get(k) != asked.get(k) for k in _NEW_DEPLOYMENT)
            if not service.deployments or changed or force:
                service.deploy(asked["taskDefinition"])
                self._announce(region, arn, service.deployments[0].shown)
        self._wake.set()

    def changed(self, _: Task) -> None:
        self._wake.set()

    def shown(self, service: dict[str, Any]) -> dict[str, Any]:
        """A service as DescribeServices shows it, with what really runs."""
        with self._lock:
            known = self._services.get(service["serviceArn"])
            if not known:
                return service
            self._count(known)
            deployments = [dict(d.shown) for d in known.deployments]
            return {
                **service,
                "runningCount": sum(d["runningCount"] for d in deployments),
                "pendingCount": sum(d["pendingCount"] for d in deployments),
                "taskDefinition": deployments[0]["taskDefinition"],
                "deployments": deployments if service["status"] == "ACTIVE" else [],
                "events": list(known.events),
            }

    def all(self) -> list[Service]:
        with self._lock:
            return list(self._services.values())

    def forget_all(self) -> None:
        with self._lock:
            self._services.clear()

    def close(self) -> None:
        self._over = True
        self._wake.set()
        self._thread.join(10)

    def _look_after(self) -> None:
        while not self._over:
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()
            with self._lock:
                for arn, service in list(self._services.items()):
                    try:
                        self._settle(service)
                    except Exception:  # one service must not keep the others
                        _log.exception("%s", arn)
                    if service.asked["status"] != "ACTIVE" and not service.tasks:
                        del self._services[arn]

    def _settle(self, service: Service) -> None:
        for deployment in service.deployments:
            for task in list(deployment.tasks):
                self._settle_task(service, deployment, task)
        primary = service.deployments[0]
        desired = service.asked["desiredCount"] if service.asked["status"] == "ACTIVE" else 0
        old = [t for d in service.deployments[1:] for t in d.tasks]
        wanted = [t for t in primary.tasks if t.wanted]
        for task in wanted[desired:]:
            self._scale_in(service, primary, task)
        configuration = service.asked.get("deploymentConfiguration") or {}
        least = math.ceil(desired * configuration.get("minimumHealthyPercent", 100) / 100)
        most = math.floor(desired * configuration.get("maximumPercent", 200) / 100)
        healthy = sum(self._healthy(service, t) for t in primary.tasks)
        spare = healthy + sum(t.wanted for t in old) - (least if not primary.failed else desired)
        for task in [t for t in old if t.wanted][: max(spare, 0)]:
            self._scale_in(service, primary, task)
        if not primary.failed and time.monotonic() >= primary.not_before:
            for _ in range(min(desired - len(wanted), max(most, 1) - len(service.tasks))):
                self._run(service, primary)
        self._finish(service, primary, desired, healthy)
        service.deployments = [primary, *(d for d in service.deployments[1:] if d.tasks)]

    def _settle_task(self, service: Service, deployment: Deployment, task: Task) -> None:
        if task.over:
            deployment.tasks.remove(task)
            self._registrations.remove(service.region, service.asked, task)
            if deployment.shown["rolloutState"] == "IN_PROGRESS" and task.shown["stopCode"] in (
                "TaskFailedToStart",
                "EssentialContainerExited",
                "ServiceSchedulerInitiated",
            ):
                self._failed(service, deployment, task)
            elif task.shown["stopCode"] != "ServiceSchedulerInitiated":
                self._pause(deployment)
        elif task.state == "RUNNING" and task.wanted:
            self._registrations.add(service.region, service.asked, task)
            if task.shown["healthStatus"] == "UNHEALTHY":
                service.failed_tasks.add(task.id)
                task.stop("ServiceSchedulerInitiated", "Task failed container health checks")
            elif reason := self._registrations.unhealthy(service.region, service.asked, task):
                service.failed_tasks.add(task.id)
                task.stop("ServiceSchedulerInitiated", reason)
        elif not task.wanted:
            self._registrations.remove(service.region, service.asked, task)

    def _failed(self, service: Service, deployment: Deployment, task: Task) -> None:
        scaled_in = (
            task.shown["stopCode"] == "ServiceSchedulerInitiated"
            and task.id not in service.failed_tasks
        )
        if scaled_in or deployment is not service.deployments[0]:
            return
        self._pause(deployment)
        deployment.shown["failedTasks"] += 1
        breaker = (service.asked.get("deploymentConfiguration") or {}).get(
            "deploymentCircuitBreaker"
        ) or {}
        if breaker.get("enable") and deployment.shown["failedTasks"] >= _FAILURES_TO_BREAK:
            deployment.shown["rolloutState"] = "FAILED"
            deployment.shown["rolloutStateReason"] = (
                "ECS deployment circuit breaker: tasks failed to start."
            )
            self._announce(service.region, service.asked["serviceArn"], deployment.shown)
            service.say(f"(deployment {deployment.id}) deployment failed: tasks failed to start.")
            if breaker.get("rollback") and service.completed:
                service.say(f"rolling back to {service.completed}.")
                service.deploy(service.completed)

    @staticmethod
    def _pause(deployment: Deployment) -> None:
        """Wait longer and longer before a failing task is started again, as ECS does."""
        deployment.not_before = time.monotonic() + deployment.pause
        deployment.pause = min(deployment.pause * 2, _LONGEST_PAUSE_SECONDS)

    def _run(self, service: Service, deployment: Deployment) -> None:
        asked = service.asked
        tags = list(asked.get("tags") or []) if asked.get("propagateTags") == "SERVICE" else []
        if asked.get("enableECSManagedTags"):
            cluster = asked["clusterArn"].rsplit("/", 1)[-1]
            tags += [
                {"key": "aws:ecs:clusterName", "value": cluster},
                {"key": "aws:ecs:serviceName", "value": asked["serviceName"]},
            ]
        request: dict[str, Any] = {
            "cluster": asked["clusterArn"],
            "taskDefinition": deployment.shown["taskDefinition"],
            "networkConfiguration": asked.get("networkConfiguration"),
            "propagateTags": asked.get("propagateTags"),
            "enableExecuteCommand": asked.get("enableExecuteCommand"),
            "startedBy": deployment.id,
            "tags": tags,
            "_aliases": self._registrations.names(service.region, asked),
        }
        if asked.get("capacityProviderStrategy"):
            request["capacityProviderStrategy"] = asked["capacityProviderStrategy"]
        else:
            request["launchType"] = "FARGATE"
        try:
            group = f"service:{asked['serviceName']}"
            task = self._tasks.run(service.region, request, group)
        except (RefusedError, ClientError) as error:
            service.say(f"was unable to place a task. Reason: {error}.")
            self._pause(deployment)
            return
        deployment.tasks.append(task)
        service.say(f"has started 1 tasks: (task {task.id}).")

    def _scale_in(self, service: Service, primary: Deployment, task: Task) -> None:
        service.say(f"has stopped 1 running tasks: (task {task.id}).")
        task.stop(
            "ServiceSchedulerInitiated",
            f"Scaling activity initiated by (deployment {primary.id})",
        )

    def _healthy(self, service: Service, task: Task) -> bool:
        if task.state != "RUNNING" or not task.wanted:
            return False
        checked = any(c.get("healthCheck") for c in task.order.definition["containerDefinitions"])
        if checked and task.shown["healthStatus"] != "HEALTHY":
            return False
        return self._registrations.healthy(service.region, service.asked, task)

    def _finish(self, service: Service, primary: Deployment, desired: int, healthy: int) -> None:
        if primary.shown["rolloutState"] != "IN_PROGRESS":
            return
        if healthy >= desired and len(service.tasks) == desired:
            primary.shown["rolloutState"] = "COMPLETED"
            primary.shown["rolloutStateReason"] = f"ECS deployment {primary.id} completed."
            primary.pause = 0.5
            service.completed = primary.shown["taskDefinition"]
            self._announce(service.region, service.asked["serviceArn"], primary.shown)
            service.say("has reached a steady state.")

    def _count(self, service: Service) -> None:
        for deployment in service.deployments:
            shown = deployment.shown
            shown["runningCount"] = sum(t.state == "RUNNING" for t in deployment.tasks)
            pending = ("PROVISIONING", "PENDING", "ACTIVATING")
            shown["pendingCount"] = sum(t.state in pending for t in deployment.tasks)
            primary = deployment is service.deployments[0]
            shown["desiredCount"] = service.asked["desiredCount"] if primary else 0
            shown["updatedAt"] = time.time()
