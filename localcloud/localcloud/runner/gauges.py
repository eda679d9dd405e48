"""What AWS measures once a minute: tasks of services, and targets of load balancers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import Any

import docker.errors

from .balancers import Balancers
from .deployments import Service
from .docker_host import DockerHost
from .metrics import Metrics
from .services import Services
from .task import Task

_NANOSECONDS = 10**9


class Gauges:
    """Measures what runs.

    Args:
        metrics: Where the values are put.
    """

    def __init__(
        self, metrics: Metrics, host: DockerHost, services: Services, balancers: Balancers
    ) -> None:
        self._metrics, self._host = metrics, host
        self._services, self._balancers = services, balancers
        self._used: dict[str, tuple[float, float]] = {}

    def sample(self, moments: Sequence[float]) -> None:
        """Measure once, and put the values at each of some moments (seconds since the epoch)."""
        for service in self._services.all():
            self._service(service, moments)
        for region, world in self._balancers.worlds().items():
            balancer_of = {
                action["TargetGroupArn"]: listener.balancer["LoadBalancerArn"]
                for listener in world.listeners.values()
                for rule in listener.rules
                for action in rule["Actions"]
                if action.get("TargetGroupArn")
            }
            for group, balancer in balancer_of.items():
                states = [
                    self._balancers.health.state(group, t["Id"], t["Port"])
                    for t in world.targets.get(group, [])
                ]
                counts = {
                    "HealthyHostCount": states.count("healthy"),
                    "UnHealthyHostCount": len(states) - states.count("healthy"),
                }
                self._metrics.add(region, *of_target_group(balancer, group), counts, moments)

    def _service(self, service: Service, moments: Sequence[float]) -> None:
        asked, running = service.asked, [t for t in service.tasks if t.state == "RUNNING"]
        cluster = asked["clusterArn"].rsplit("/", 1)[-1]
        dimensions = {"ClusterName": cluster, "ServiceName": asked["serviceName"]}
        self._metrics.add(
            service.region,
            "ECS/ContainerInsights",
            dimensions,
            {"RunningTaskCount": len(running)},
            moments,
        )
        for task in running:
            if use := self._use(task):
                self._metrics.add(service.region, "AWS/ECS", dimensions, use, moments)

    def _use(self, task: Task) -> dict[str, float]:
        """CPU and memory that a task uses of what its definition reserves, in percent."""
        memory = seconds = 0.0
        for container in task.containers():
            with contextlib.suppress(docker.errors.DockerException, KeyError):
                stats = self._host.client.api.stats(str(container.id), stream=False, one_shot=True)
                memory += stats["memory_stats"]["usage"]
                seconds += stats["cpu_stats"]["cpu_usage"]["total_usage"] / _NANOSECONDS
        now, definition = time.monotonic(), task.order.definition
        before = self._used.get(task.id)
        self._used[task.id] = (now, seconds)
        if not definition.get("cpu") or not definition.get("memory"):
            return {}
        use = {"MemoryUtilization": 100 * memory / (int(definition["memory"]) * 1024**2)}
        if before and now > before[0]:
            used = (seconds - before[1]) / (now - before[0])
            use["CPUUtilization"] = 100 * used / (int(definition["cpu"]) / 1024)
        return use


def of_target_group(balancer: str, group: str) -> tuple[str, dict[str, Any]]:
    """Namespace and dimensions of the metrics of a target group, from the ARNs."""
    name = balancer.split(":loadbalancer/", 1)[-1]
    namespace = "AWS/NetworkELB" if name.startswith("net/") else "AWS/ApplicationELB"
    return namespace, {"LoadBalancer": name, "TargetGroup": group.split(":", 5)[-1]}
