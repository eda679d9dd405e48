"""Turns events of ECS into figures about agents: their start, their price, and failures.

Environment: ``PLATFORM``, ``FAMILIES`` (what the families of agents start with), ``PRICES`` (JSON:
by architecture, USD for a vCPU-hour and for a GB-hour; and ``spot``, the share of that which Spot
costs).

EventBridge delivers an event at least once: now and then one is counted twice.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any

from .figures import tell
from .tasks import family

_LEAST_BILLED_SECONDS = 60
_COUNT = "Count"


def handler(event: dict[str, Any], context: object) -> None:
    """Take one event; one that tells nothing is let go."""
    task = event["detail"]
    if family(task).startswith(os.environ["FAMILIES"]):
        _agent(task)


def _agent(task: dict[str, Any]) -> None:
    spot = task.get("capacityProviderName") == "FARGATE_SPOT"
    about = {
        "Template": family(task).removeprefix(os.environ["FAMILIES"]),
        "Capacity": "spot" if spot else "on-demand",
        "Task": task["taskArn"],
    }
    if task["lastStatus"] == "RUNNING":
        # Later events of a running task, such as the warning of an interruption, tell it again.
        if task["desiredStatus"] == "RUNNING" and task.get("startedAt"):
            seconds = _seconds(task["createdAt"], task["startedAt"])
            tell({"AgentStartSeconds": (seconds, "Seconds")}, **about)
    elif task["lastStatus"] == "STOPPED":
        metrics: dict[str, tuple[float, str]] = {}
        if task.get("stopCode") == "TaskFailedToStart":
            metrics["AgentsFailedToStart"] = (1, _COUNT)
        if task.get("stopCode") == "SpotInterruption":
            metrics["SpotInterruptions"] = (1, _COUNT)
        if task.get("pullStartedAt") and task.get("stoppedAt"):
            price = _price(task)
            share = json.loads(os.environ["PRICES"])["spot"] if spot else 1.0
            metrics["EstimatedUsd"] = (round(price * share, 6), "None")
            metrics["SavedUsd"] = (round(price * (1 - share), 6), "None")
        if metrics:
            tell(metrics, Reason=task.get("stoppedReason", ""), **about)


def _price(task: dict[str, Any]) -> float:
    """What a task cost by list prices, on demand: Fargate bills from the start of the pull to the
    end, by the second, a minute at the least."""
    architectures = [
        a["value"] for a in task.get("attributes", []) if a["name"] == "ecs.cpu-architecture"
    ]
    prices = json.loads(os.environ["PRICES"])
    per_vcpu, per_gb = prices[(architectures or ["x86_64"])[0]]
    billed = max(_seconds(task["pullStartedAt"], task["stoppedAt"]), _LEAST_BILLED_SECONDS)
    hourly = int(task["cpu"]) / 1024 * per_vcpu + int(task["memory"]) / 1024 * per_gb
    return float(hourly * billed / 3600)


def _seconds(start: str, end: str) -> float:
    # Python 3.10 does not know the letter Z.
    first, last = (datetime.fromisoformat(t.replace("Z", "+00:00")) for t in (start, end))
    return (last - first).total_seconds()
