"""What one task finds out about itself, and the credentials of its role."""

from __future__ import annotations

import secrets
from typing import Any

from .metadata import CREDENTIALS, METADATA
from .order import Order
from .parts import Parts

_AGENT = "http://169.254.170.2"


class TaskMetadata:
    """Answers of the metadata server for one task.

    Args:
        order: The task, with what ECS shows of it.
        parts: Has the server, and hands out credentials.
    """

    def __init__(self, order: Order, parts: Parts) -> None:
        self._order, self._parts = order, parts
        self._credentials = f"{CREDENTIALS}{secrets.token_hex(16)}"
        self._containers: dict[str, tuple[dict[str, Any], str]] = {}

    def variables(self, runtime: str) -> dict[str, str]:
        """Environment variables of a container.

        Args:
            runtime: An id of the container that no other one knows.
        """
        region, role = self._order.region, self._order.definition.get("taskRoleArn")
        variables = {
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
            "AWS_REGION": region,
            "ECS_CONTAINER_METADATA_URI_V4": f"{_AGENT}{METADATA}{runtime}",
        }
        if role:
            variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = self._credentials
            self._parts.metadata.set(self._credentials, lambda: self._role_credentials(role))
        return variables

    def add(self, runtime: str, definition: dict[str, Any], docker_id: str) -> None:
        """Answer for a container from now on."""
        self._containers[runtime] = definition, docker_id
        path = f"{METADATA}{runtime}"
        self._parts.metadata.set(path, lambda: self._container(definition, docker_id))
        self._parts.metadata.set(f"{path}/task", self._task)

    def close(self) -> None:
        """Answer nothing any more."""
        self._parts.metadata.remove(self._credentials)
        for runtime in self._containers:
            self._parts.metadata.remove(f"{METADATA}{runtime}")
            self._parts.metadata.remove(f"{METADATA}{runtime}/task")

    def _role_credentials(self, role: str) -> dict[str, Any]:
        session = str(self._order.shown["taskArn"]).rsplit("/", 1)[-1]
        found = self._parts.sessions.credentials(self._order.region, role, session)
        return {
            "RoleArn": role,
            "AccessKeyId": found["AccessKeyId"],
            "SecretAccessKey": found["SecretAccessKey"],
            "Token": found["SessionToken"],
            "Expiration": found["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _container(self, definition: dict[str, Any], docker_id: str) -> dict[str, Any]:
        task, name = self._order.shown, definition["name"]
        shown = next(c for c in task["containers"] if c["name"] == name)
        address = shown["networkInterfaces"][0].get("privateIpv4Address", "")
        return {
            "DockerId": docker_id,
            "Name": name,
            "DockerName": name,
            "Image": definition["image"],
            "ImageID": shown.get("imageDigest", ""),
            "Labels": {
                "com.amazonaws.ecs.cluster": task["clusterArn"],
                "com.amazonaws.ecs.container-name": name,
                "com.amazonaws.ecs.task-arn": task["taskArn"],
                "com.amazonaws.ecs.task-definition-family": self._order.definition["family"],
                "com.amazonaws.ecs.task-definition-version": self._revision,
            },
            "DesiredStatus": task["desiredStatus"],
            "KnownStatus": shown["lastStatus"],
            "ContainerARN": shown["containerArn"],
            "Type": "NORMAL",
            "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": [address]}],
        }

    def _task(self) -> dict[str, Any]:
        task = self._order.shown
        return {
            "Cluster": task["clusterArn"],
            "TaskARN": task["taskArn"],
            "Family": self._order.definition["family"],
            "Revision": self._revision,
            "DesiredStatus": task["desiredStatus"],
            "KnownStatus": task["lastStatus"],
            "AvailabilityZone": task["availabilityZone"],
            "LaunchType": "FARGATE",
            "Limits": {"CPU": int(task["cpu"]) / 1024, "Memory": int(task["memory"])},
            "Containers": [self._container(*c) for c in self._containers.values()],
        }

    @property
    def _revision(self) -> str:
        return str(self._order.definition["revision"])
