"""``jenkins-platform agents``: what runs now, and what it has cost so far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

import humanize
import typer
from jenkins_platform.cost.tasks import hourly_usd, storage_hourly_usd, task_prices
from jenkins_platform.settings import Settings
from rich.console import Console
from rich.table import Table

from ..app import (
    CloudOption,
    JsonOption,
    StackOption,
    app,
    open_stack,
    print_json,
    report_errors,
)
from ..engine import running_tasks
from ..engine.progress import Reporter
from ..engine.running_tasks import SPOT, RunningTask, Size
from ..engine.session import Cloud, Session

_FARGATE = ("FARGATE", SPOT)


@app.command()
def agents(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """List the running agents with their labels, age and cost so far."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter):
        cluster = str(session.deployed_outputs()["agent_cluster_arn"])
        found = rows(session, running_tasks.of_stack(session, [cluster]))
    if as_json:
        print_json(found)
    elif found:
        Console().print(table(found))
    else:
        typer.echo("No agent is running.")


def rows(session: Session, tasks: Iterable[RunningTask]) -> list[dict[str, Any]]:
    """The tasks of agents that have not stopped, as `answers.running.Agent`."""
    now = datetime.now(timezone.utc)

    @lru_cache
    def size(definition: str) -> Size:
        return running_tasks.size(session.client, definition)

    return [
        row(task, size(task.definition), session.settings, session.region, now)
        for task in tasks
        if task.status != "STOPPED"
    ]


def row(
    task: RunningTask, size: Size, settings: Settings, region: str, now: datetime
) -> dict[str, Any]:
    """One agent, as `answers.running.Agent`."""
    template = running_tasks.template_of(task, settings)
    return {
        "id": task.id,
        "arn": task.arn,
        "template": template.name if template else "",
        "labels": list(template.plain_labels) if template else [],
        "status": task.status,
        "capacity": task.capacity,
        "started": task.started.isoformat(timespec="seconds") if task.started else None,
        "age_seconds": round((now - task.started).total_seconds()) if task.started else 0,
        "cost_usd": cost_so_far(task, size, region, now),
    }


def cost_so_far(task: RunningTask, size: Size, region: str, now: datetime) -> float | None:
    """Cost of a task in USD at list prices; None if it does not run on Fargate."""
    if task.capacity not in _FARGATE:
        return None
    hours = (now - task.billed_from).total_seconds() / 3600 if task.billed_from else 0.0
    share = task_prices(region)["spot"] if task.capacity == SPOT else 1.0
    hourly = share * hourly_usd(region, size.architecture, size.cpu, size.memory_mib)
    return round(hours * (hourly + storage_hourly_usd(region, size.disk_gib)), 6)


def table(found: list[dict[str, Any]]) -> Table:
    """The agents, one a row."""
    shown = Table("task", "template", "labels", "state", "capacity")
    for title in ("age", "USD so far"):
        shown.add_column(title, justify="right")
    for agent in found:
        usd = agent["cost_usd"]
        shown.add_row(
            agent["id"],
            agent["template"],
            " ".join(agent["labels"]),
            agent["status"],
            agent["capacity"],
            humanize.naturaldelta(agent["age_seconds"]),
            "-" if usd is None else f"{usd:.4f}",
        )
    return shown
