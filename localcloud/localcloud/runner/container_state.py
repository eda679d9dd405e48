"""What Docker says about a container, in the words of ECS."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import docker.errors
from docker.models.containers import Container

from .preparation import StartError

KILLED = 137
"""Exit code of a container that ends by SIGKILL."""
_LATER_SECONDS = 0.3


def read(container: Container, shown: dict[str, Any]) -> dict[str, Any]:
    """Docker's state of a container; ``shown``, which ECS returns for it, follows."""
    try:
        state = _state(container)
        if state.get("ExitCode") == KILLED and not state.get("OOMKilled"):
            # Docker may learn after the end that memory was the reason.
            time.sleep(_LATER_SECONDS)
            state = _state(container)
    except docker.errors.NotFound:  # someone removed it
        state = {"Status": "exited", "ExitCode": KILLED}
    if state["Status"] in ("exited", "dead"):
        shown |= {"lastStatus": "STOPPED", "exitCode": state["ExitCode"]}
        if state.get("OOMKilled"):
            shown["reason"] = "OutOfMemoryError: Container killed due to memory usage"
        state["Status"] = "exited"
    elif health := state.get("Health"):
        shown["healthStatus"] = {"healthy": "HEALTHY", "unhealthy": "UNHEALTHY"}.get(
            health["Status"], "UNKNOWN"
        )
    return state


def _state(container: Container) -> dict[str, Any]:
    container.reload()
    state: dict[str, Any] = container.attrs["State"]
    return state


def satisfies(state: dict[str, Any], name: str, condition: str) -> bool:
    """Whether a container's state satisfies a condition of ``dependsOn``.

    Raises:
        StartError: It never will.
    """
    ended = state["Status"] == "exited"
    if condition == "HEALTHY":
        if ended:
            raise StartError(f"container {name} ended before it was healthy")
        return bool((state.get("Health") or {}).get("Status") == "healthy")
    if condition == "SUCCESS" and ended and state["ExitCode"]:
        raise StartError(f"container {name} did not end with success")
    return condition == "START" or ended


def task_health(of_containers: Iterable[str]) -> str:
    """Health of a task, from that of its essential containers with a health check."""
    found = set(of_containers)
    for status in ("UNHEALTHY", "UNKNOWN", "HEALTHY"):
        if status in found:
            return status
    return "UNKNOWN"
