"""What must be there before a container starts; what is missing is worded as in AWS's reasons."""

from __future__ import annotations

from typing import Any

import docker.errors
from docker.models.images import Image

from . import secret_values
from .logs import LogError, LogStream
from .order import Order
from .parts import Parts


class StartError(Exception):
    """The task cannot start; the message is the stop reason."""


def image(parts: Parts, reference: str) -> Image:
    """The image of a container.

    Raises:
        StartError: it cannot be pulled.
    """
    try:
        return parts.host.image(reference)
    except (docker.errors.DockerException, OSError) as error:
        raise StartError(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to"
            f" resolve ref {reference}: {message(error)}"
        ) from error


def secrets(parts: Parts, order: Order, definition: dict[str, Any]) -> dict[str, str]:
    """Values of a container's secrets by variable, read as the execution role.

    Raises:
        StartError: one cannot be read.
    """
    clients = parts.sessions.clients_of(order.region, order.definition.get("executionRoleArn"))
    try:
        return {
            s["name"]: secret_values.value(clients, order.region, s["valueFrom"])
            for s in definition.get("secrets", [])
        }
    except secret_values.SecretError as error:
        raise StartError(str(error)) from error


def log_stream(parts: Parts, order: Order, definition: dict[str, Any]) -> LogStream | None:
    """A new log stream of a container, written as the execution role; None where it has none.

    Raises:
        StartError: there is no such log group.
    """
    configuration = definition.get("logConfiguration") or {}
    if configuration.get("logDriver") != "awslogs":
        return None
    clients = parts.sessions.clients_of(order.region, order.definition.get("executionRoleArn"))
    stream = f"{definition['name']}/{str(order.shown['taskArn']).rsplit('/', 1)[-1]}"
    try:
        return LogStream(clients, parts.metrics, order.region, configuration["options"], stream)
    except LogError as error:
        raise StartError(str(error)) from error


def message(error: Exception) -> str:
    """What the Docker Engine says."""
    return str(getattr(error, "explanation", None) or error)
