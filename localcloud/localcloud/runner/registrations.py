"""Tasks of services in target groups and Cloud Map: registered while they run, and their health."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .clients import Clients
from .task import Task

Health = Callable[[str, str, int], str]


class Registrations:
    """Keeps what others know of tasks.

    Args:
        clients: The emulated AWS.
        health: State of a target by target group, address and port, as ELB names it.
    """

    def __init__(self, clients: Clients, health: Health) -> None:
        self._clients, self._health = clients, health
        self._there: set[str] = set()

    def names(self, region: str, service: dict[str, Any]) -> list[str]:
        """DNS names of a service's tasks, by Cloud Map."""
        found = []
        for registry in service.get("serviceRegistries") or []:
            client = self._clients.get("servicediscovery", region)
            with contextlib.suppress(ClientError):
                entry = client.get_service(Id=_id(registry))["Service"]
                namespace = entry.get("NamespaceId") or entry["DnsConfig"]["NamespaceId"]
                about = client.get_namespace(Id=namespace)["Namespace"]
                found.append(f"{entry['Name']}.{about['Name']}")
        return found

    def add(self, region: str, service: dict[str, Any], task: Task) -> None:
        if task.id in self._there:
            return
        self._there.add(task.id)
        for balancer in service.get("loadBalancers") or []:
            with contextlib.suppress(ClientError):
                self._clients.get("elbv2", region).register_targets(
                    TargetGroupArn=balancer["targetGroupArn"], Targets=[_target(balancer, task)]
                )
        for registry in service.get("serviceRegistries") or []:
            with contextlib.suppress(ClientError):
                self._clients.get("servicediscovery", region).register_instance(
                    ServiceId=_id(registry),
                    InstanceId=task.id,
                    Attributes={"AWS_INSTANCE_IPV4": task.address},
                )

    def remove(self, region: str, service: dict[str, Any], task: Task) -> None:
        if task.id not in self._there:
            return
        self._there.discard(task.id)
        for balancer in service.get("loadBalancers") or []:
            with contextlib.suppress(ClientError):
                self._clients.get("elbv2", region).deregister_targets(
                    TargetGroupArn=balancer["targetGroupArn"], Targets=[_target(balancer, task)]
                )
        for registry in service.get("serviceRegistries") or []:
            with contextlib.suppress(ClientError):
                self._clients.get("servicediscovery", region).deregister_instance(
                    ServiceId=_id(registry), InstanceId=task.id
                )

    def healthy(self, region: str, service: dict[str, Any], task: Task) -> bool:
        """Whether all target groups find it healthy."""
        return all(
            self._health(b["targetGroupArn"], task.address, b["containerPort"]) == "healthy"
            for b in service.get("loadBalancers") or []
        )

    def unhealthy(self, region: str, service: dict[str, Any], task: Task) -> str:
        """Why it must be replaced; empty where it need not."""
        grace = service.get("healthCheckGracePeriodSeconds") or 0
        if time.time() < task.shown["startedAt"] + grace:
            return ""
        for balancer in service.get("loadBalancers") or []:
            group = balancer["targetGroupArn"]
            if self._health(group, task.address, balancer["containerPort"]) == "unhealthy":
                return f"Task failed ELB health checks in (target-group {group})"
        return ""


def _target(balancer: dict[str, Any], task: Task) -> dict[str, Any]:
    return {"Id": task.address, "Port": balancer["containerPort"]}


def _id(registry: dict[str, Any]) -> str:
    return str(registry["registryArn"]).rsplit("/", 1)[-1]
