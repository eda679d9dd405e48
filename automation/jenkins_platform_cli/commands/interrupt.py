"""``jenkins-platform interrupt``: a Spot interruption on the embedded cloud."""

from __future__ import annotations

from typing import Annotated

import typer
from jenkins_platform.settings import Settings
from jenkins_platform.settings.agents import label_forms
from rich.console import Console

from ..app import JsonOption, StackOption, app, open_stack, print_json, report_errors
from ..engine import running_tasks
from ..engine.progress import Reporter
from ..engine.running_tasks import RunningTask
from ..engine.session import Cloud

TargetArgument = Annotated[
    str, typer.Argument(metavar="TASK|LABEL", help="Id or ARN of a task, or a label of agents.")
]


@app.command()
def interrupt(
    target: TargetArgument, stack: StackOption = "local", as_json: JsonOption = False
) -> None:
    """Interrupt Spot agents on the embedded cloud as AWS does: a warning event, SIGTERM, and after
    two minutes the end. A label interrupts all of its agents that run on Spot."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, Cloud.LOCAL, reporter)
    with report_errors(reporter):
        cluster = str(session.deployed_outputs()["agent_cluster_arn"])
        running = [
            t
            for t in running_tasks.of_clusters(session.client, [cluster])
            if t.status != "STOPPED" and running_tasks.on_spot(t)
        ]
        chosen = choose(target, running, session.settings)
        if not chosen:
            there = ", ".join(f"{t.id} ({t.family})" for t in running) or "none"
            raise RuntimeError(f"{target}: no Spot task of that id or label runs. Running: {there}")
        for task in chosen:
            session.embedded_cloud.interrupt(task.arn)
            if not as_json:
                typer.echo(f"Interrupted {task.id} ({task.family}).")
    if as_json:
        print_json([running_tasks.row(task) for task in chosen])


def choose(target: str, running: list[RunningTask], settings: Settings) -> list[RunningTask]:
    """The tasks with that id or ARN, or those of the templates that have the label."""
    by_id = [t for t in running if target in (t.arn, t.id)]
    return by_id or [
        task
        for task in running
        if (template := running_tasks.template_of(task, settings))
        and any(target in label_forms(label) for label in template.plain_labels)
    ]
