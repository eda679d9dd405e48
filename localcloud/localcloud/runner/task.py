"""One task: what ECS shows of it, and the life of its containers."""

from __future__ import annotations

import contextlib
import secrets as random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker.errors
from docker.models.containers import Container

from . import container_state, containers, preparation
from .docker_host import TASK_LABEL
from .logs import LogStream
from .network import Link, Plan
from .order import Order
from .parts import Parts
from .preparation import StartError, message
from .task_metadata import TaskMetadata
from .volumes import VolumeError

_LOOK_SECONDS = 0.3
_LINE = 300
_FAILED, _ESSENTIAL = "TaskFailedToStart", "EssentialContainerExited"


class Task:
    """A task that runs, or ran.

    Args:
        order: What is asked for.
        parts: What tasks are made with.
        on_change: Called whenever its state has changed.
    """

    def __init__(self, order: Order, parts: Parts, on_change: Callable[[Task], None]) -> None:
        self.order, self.shown = order, order.shown
        self.id = self.arn.rsplit("/", 1)[-1]
        self._parts, self._on_change = parts, on_change
        self._lock = threading.RLock()
        self._stop_asked = threading.Event()
        self._running: dict[str, Container] = {}
        self._images: dict[str, str] = {}
        self._logs: list[LogStream] = []
        self.link: Link | None = None
        self._definitions = [
            containers.overridden(c, self.shown["overrides"])
            for c in order.definition["containerDefinitions"]
        ]
        self._metadata = TaskMetadata(order, parts)
        self._thread = threading.Thread(target=self._live, daemon=True, name=f"task {self.id}")

    @property
    def arn(self) -> str:
        return str(self.shown["taskArn"])

    @property
    def state(self) -> str:
        return str(self.shown["lastStatus"])

    @property
    def over(self) -> bool:
        return self.state == "STOPPED"

    @property
    def wanted(self) -> bool:
        """Whether its desired status is RUNNING."""
        return bool(self.shown["desiredStatus"] == "RUNNING")

    @property
    def address(self) -> str:
        return self.link.address if self.link else ""

    def published(self, port: int) -> int | None:
        """Port on this machine that leads to one of the task's; None while nothing does."""
        return self.link.published.get(port) if self.link else None

    def start(self) -> None:
        self._thread.start()

    def stop(self, code: str, reason: str) -> None:
        """Ask it to stop; nothing happens where that was asked before."""
        with self._lock:
            if not self.wanted:
                return
            self.shown["desiredStatus"] = "STOPPED"
            self.shown["stopCode"], self.shown["stoppingAt"] = code, time.time()
            if reason:
                self.shown["stoppedReason"] = reason
        self._on_change(self)
        self._stop_asked.set()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def containers(self) -> list[Container]:
        """Those that were started."""
        return list(self._running.values())

    def last_lines(self, number: int) -> list[str]:
        """What its containers printed last."""
        lines: list[str] = []
        for container in self.containers():
            with contextlib.suppress(docker.errors.DockerException):
                lines += container.logs(tail=number).decode("utf-8", "replace").splitlines()
        return [line[:_LINE] for line in lines[-number:]]

    def _live(self) -> None:
        try:
            self._begin()
            self._watch()
        except StartError as error:
            self.stop(_FAILED, str(error))
        except Exception as error:  # a fault of ours must not leave a task that never ends
            self.stop(_FAILED, f"ResourceInitializationError: {error}")
        finally:
            self._end()

    def _begin(self) -> None:
        definition, task = self.order.definition, self.arn
        try:
            volumes, owners = self._parts.volumes.make(task, self.order.region, definition)
        except VolumeError as error:
            raise StartError(str(error)) from error
        name = f"{self._parts.host.prefix}-{definition['family']}-{self.id[:12]}"
        ports = [
            int(p["containerPort"]) for c in self._definitions for p in c.get("portMappings", [])
        ]
        plan = Plan(
            task,
            name,
            self.order.vpc,
            self.order.aliases,
            self._parts.endpoint_names(self.order.region),
            ports,
            owners,
            self._parts.ports(self.order.region, self.order.vpc),
        )
        try:
            self.link = self._parts.networks.link(plan)
        except docker.errors.DockerException as error:
            raise StartError(f"ResourceInitializationError: {message(error)}") from error
        self._parts.security_groups.apply(self.order.region, self.order.vpc)
        self.shown["attachments"][0]["details"].append(
            {"name": "privateIPv4Address", "value": self.link.address}
        )
        self.shown["attachments"][0]["status"] = "ATTACHED"
        self.shown |= {"connectivity": "CONNECTED", "connectivityAt": time.time()}
        self._become("PENDING")
        self._pull()
        values = {
            c["name"]: preparation.secrets(self._parts, self.order, c) for c in self._definitions
        }
        self._become("ACTIVATING")
        volumes[""] = self._parts.networks.trust_volume
        for container in containers.start_order(self._definitions):
            self._wait_for(container.get("dependsOn", []))
            self._start(container, name, volumes, values[container["name"]])
        self.shown["startedAt"] = time.time()
        self._become("RUNNING")

    def _pull(self) -> None:
        self.shown["pullStartedAt"] = time.time()
        for container in self._definitions:
            self._check_stop()
            image = preparation.image(self._parts, container["image"])
            self._images[container["name"]] = str(image.id)
            digests = image.attrs.get("RepoDigests") or []
            shown = self._shown(container["name"])
            shown["imageDigest"] = digests[0].split("@")[1] if digests else str(image.id)
        self.shown["pullStoppedAt"] = time.time()

    def _start(
        self, definition: dict[str, Any], name: str, volumes: dict[str, str], values: dict[str, str]
    ) -> None:
        assert self.link  # noqa: S101  made before
        self._check_stop()
        shown, host = self._shown(definition["name"]), self._parts.host
        runtime = random.token_hex(16)
        around = containers.Surroundings(
            self._metadata.variables(runtime),
            volumes,
            host.cpus,
            {**host.labels, TASK_LABEL: self.arn},
        )
        options = containers.arguments(definition, self.order.definition, values, around)
        log = preparation.log_stream(self._parts, self.order, definition)
        try:
            made = host.client.containers.create(
                self._images[definition["name"]],
                name=f"{name}-{definition['name']}",
                network_mode=f"container:{self.link.container.id}",
                **options,
            )
            self._running[definition["name"]] = made
            made.start()
        except docker.errors.DockerException as error:
            raise StartError(f"CannotStartContainerError: {message(error)}") from error
        if log:
            log.follow(made)
            self._logs.append(log)
        shown |= {"runtimeId": f"{self.id}-{runtime[:10]}", "lastStatus": "RUNNING"}
        shown["networkInterfaces"][0]["privateIpv4Address"] = self.link.address
        self._metadata.add(runtime, definition, str(made.id))

    def _wait_for(self, others: list[dict[str, str]]) -> None:
        for other in others:
            name, condition = other["containerName"], other["condition"]
            while not container_state.satisfies(self._look(name), name, condition):
                self._check_stop()
                time.sleep(_LOOK_SECONDS)

    def _watch(self) -> None:
        while not self._stop_asked.wait(_LOOK_SECONDS):
            before = self.shown["healthStatus"]
            for definition in self._definitions:
                name = definition["name"]
                state = self._look(name)
                if state["Status"] == "exited" and definition.get("essential", True):
                    self.stop(_ESSENTIAL, "Essential container in task exited")
            self.shown["healthStatus"] = self._health()
            if self.shown["healthStatus"] != before:
                self._changed()

    def _look(self, name: str) -> dict[str, Any]:
        """State of a container, which is shown too."""
        return container_state.read(self._running[name], self._shown(name))

    def _health(self) -> str:
        return container_state.task_health(
            self._shown(c["name"])["healthStatus"]
            for c in self._definitions
            if c.get("essential", True) and c.get("healthCheck")
        )

    def _end(self) -> None:
        for state in ("DEACTIVATING", "STOPPING"):
            if self.shown.get("startedAt"):
                self._become(state)
        self._stop_containers()
        self.shown["executionStoppedAt"] = time.time()
        self._become("DEPROVISIONING")
        for log in self._logs:
            log.finish()
        for container in self._running.values():
            with contextlib.suppress(docker.errors.DockerException):
                container.remove(force=True, v=True)
        with contextlib.suppress(docker.errors.DockerException):
            if self.link:
                self._parts.networks.unlink(self.link)
            self._parts.volumes.remove(self.arn)
        self._metadata.close()
        for shown in self.shown["containers"]:
            shown["lastStatus"] = "STOPPED"
        for attachment in self.shown["attachments"]:
            attachment["status"] = "DELETED"
        self.shown["stoppedAt"] = time.time()
        self._become("STOPPED")

    def _stop_containers(self) -> None:
        """SIGTERM, then SIGKILL after the stop timeout; all at once, but what others depend on
        after them."""
        ordered = list(reversed(containers.start_order(self._definitions)))
        together = 1 if any(c.get("dependsOn") for c in ordered) else len(ordered)
        with ThreadPoolExecutor(together) as pool:
            list(pool.map(self._stop_container, ordered))

    def _stop_container(self, definition: dict[str, Any]) -> None:
        if container := self._running.get(definition["name"]):
            with contextlib.suppress(docker.errors.DockerException, OSError):
                container.stop(timeout=containers.stop_seconds(definition))
            self._look(definition["name"])

    def _check_stop(self) -> None:
        if self._stop_asked.is_set():
            raise StartError("")

    def _become(self, state: str) -> None:
        self.shown["lastStatus"] = state
        self._changed()

    def _changed(self) -> None:
        self.shown["version"] += 1
        self._on_change(self)

    def _shown(self, name: str) -> dict[str, Any]:
        return next(c for c in self.shown["containers"] if c["name"] == name)
