"""Turns ECS events into metrics of agents: start time, cost and failures.

Environment: ``PLATFORM``, ``FAMILIES`` (prefix of the agents' task families), ``PRICES`` (JSON: USD
per vCPU-hour and GB-hour by architecture, and ``spot``, the fraction that Spot costs),
``SPOT_PROVIDERS`` (names of the capacity providers of Spot, separated by commas).

EventBridge delivers events at least once, so an event can be counted twice.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any

from .metrics import publish
from .tasks import family

_LEAST_BILLED_SECONDS = 60
_COUNT = "Count"


def handler(event: dict[str, Any], context: object) -> None:
    """Process an event. Events of other tasks are ignored."""
    task = event["detail"]
    if family(task).startswith(os.environ["FAMILIES"]):
        _agent(task)


def _agent(task: dict[str, Any]) -> None:
    spot = task.get("capacityProviderName", "") in os.environ["SPOT_PROVIDERS"].split(",")
    about = {
        "Template": family(task).removeprefix(os.environ["FAMILIES"]),
        "Capacity": "spot" if spot else "on-demand",
        "Task": task["taskArn"],
    }
    if task["lastStatus"] == "RUNNING":
        # Later events of a running task, such as a Spot interruption warning, repeat this state.
        if task["desiredStatus"] == "RUNNING" and task.get("startedAt"):
            seconds = _seconds(task["createdAt"], task["startedAt"])
            publish({"AgentStartSeconds": (seconds, "Seconds")}, **_phases(task), **about)
    elif task["lastStatus"] == "STOPPED":
        metrics: dict[str, tuple[float, str]] = {}
        if task.get("stopCode") == "TaskFailedToStart":
            metrics["AgentsFailedToStart"] = (1, _COUNT)
        if task.get("stopCode") == "SpotInterruption":
            metrics["SpotInterruptions"] = (1, _COUNT)
        # The price of an instance depends on what else runs on it.
        on_fargate = task.get("launchType", "FARGATE") == "FARGATE"
        if on_fargate and task.get("pullStartedAt") and task.get("stoppedAt"):
            price = _price(task)
            share = json.loads(os.environ["PRICES"])["spot"] if spot else 1.0
            metrics["EstimatedUsd"] = (round(price * share, 6), "None")
            metrics["SavedUsd"] = (round(price * (1 - share), 6), "None")
        if metrics:
            publish(metrics, Reason=task.get("stoppedReason", ""), **about)


def _phases(task: dict[str, Any]) -> dict[str, float]:
    """What the start of an agent consists of, by times that ECS records. They are properties and no
    metrics, which would be charged."""
    times = [task.get(f"{t}At") for t in ("created", "pullStarted", "pullStopped", "started")]
    names = ("PlacementSeconds", "PullSeconds", "ContainerStartSeconds")
    phases = zip(names, times, times[1:], strict=False)
    return {name: _seconds(start, end) for name, start, end in phases if start and end}


def _price(task: dict[str, Any]) -> float:
    """On-demand cost of a task at list prices. Fargate charges per second from the image pull to
    the end, for at least one minute."""
    architectures = [
        a["value"] for a in task.get("attributes", []) if a["name"] == "ecs.cpu-architecture"
    ]
    prices = json.loads(os.environ["PRICES"])
    per_vcpu, per_gb = prices[(architectures or ["x86_64"])[0]]
    billed = max(_seconds(task["pullStartedAt"], task["stoppedAt"]), _LEAST_BILLED_SECONDS)
    hourly = int(task["cpu"]) / 1024 * per_vcpu + int(task["memory"]) / 1024 * per_gb
    return float(hourly * billed / 3600)


def _seconds(start: str, end: str) -> float:
    # Python 3.10 does not support the suffix Z.
    first, last = (datetime.fromisoformat(t.replace("Z", "+00:00")) for t in (start, end))
    return (last - first).total_seconds()
