"""The ``jenkins-platform`` command."""

from __future__ import annotations

import time
from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import boto3
import typer
from pulumi import automation as auto
from rich.console import Console

from localcloud.cloud import LocalCloud
from localcloud.toolchain import pulumi_cli
from tools.golang import ToolchainError

from . import summary
from .progress import Reporter
from .project import Project

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

OK, FAILED, BAD_INPUT, CHANGES = 0, 1, 2, 3


class Cloud(str, Enum):
    """Where a stack lives."""

    AWS = "aws"
    LOCAL = "local"


StackOption = Annotated[str, typer.Option("--stack", "-s", help="Name of the stack.")]
CloudOption = Annotated[
    Cloud, typer.Option(help="aws: your account. local: the embedded cloud on this machine.")
]


class Session:
    """One run of the command: a stack, where it lives, and how to report."""

    def __init__(self, stack: str, cloud: Cloud, reporter: Reporter) -> None:
        self.reporter = reporter
        self.project = Project.find(Path.cwd())
        self.cloud: Optional[LocalCloud] = None
        command = pulumi_cli(reporter)
        if cloud is Cloud.LOCAL:
            self.cloud, stale = self.project.start_cloud()
            if stale:
                reporter.say(
                    "The embedded cloud had stopped, and keeps nothing on disk: starting over."
                )
            self.stack = self.project.local_stack(stack, command, self.cloud)
        else:
            self.stack = self.project.stack(stack, command)


def _open(stack: str, cloud: Cloud, reporter: Reporter) -> Session:
    try:
        return Session(stack, cloud, reporter)
    except (ToolchainError, FileNotFoundError, RuntimeError) as error:
        reporter.say(f"[red]error:[/red] {error}")
        raise typer.Exit(FAILED) from None


@app.command()
def up(stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS) -> None:
    """Create or update the platform."""
    console, started = Console(), time.monotonic()
    with Reporter(console) as reporter:
        session = _open(stack, cloud, reporter)
        try:
            result = session.stack.up(on_event=reporter.event, suppress_outputs=True)
        except auto.CommandError as error:
            reporter.failed(error)
            raise typer.Exit(FAILED) from None
    changes = result.summary.resource_changes or {}
    if not changes.keys() - {"same"}:
        console.print("No change.")
    summary.show(
        console,
        session.stack,
        result.outputs,
        time.monotonic() - started,
        len(session.cloud.recorded()) if session.cloud else 0,
        f"jenkins-platform password --stack {stack} --cloud {cloud.value}",
    )


@app.command()
def destroy(stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS) -> None:
    """Remove the platform."""
    console = Console()
    with Reporter(console) as reporter:
        session = _open(stack, cloud, reporter)
        try:
            session.stack.destroy(on_event=reporter.event)
        except auto.CommandError as error:
            reporter.failed(error)
            raise typer.Exit(FAILED) from None
    console.print("Gone.")


@app.command()
def password(stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS) -> None:
    """Print the administrator's password, from Secrets Manager."""
    session = _open(stack, cloud, Reporter(Console(stderr=True)))
    secret = session.stack.outputs()["admin_password_secret_arn"].value
    endpoint = session.cloud.endpoint if session.cloud else None
    client = boto3.client("secretsmanager", endpoint_url=endpoint, region_name=secret.split(":")[3])
    typer.echo(client.get_secret_value(SecretId=secret)["SecretString"])


@app.command()
def stop() -> None:
    """Stop the embedded cloud; everything in it is gone."""
    project = Project.find(Path.cwd())
    running = LocalCloud.find(project.folder / ".localcloud")
    if running:
        running.stop()
    Console().print("The embedded cloud is stopped." if running else "No embedded cloud runs.")


def main() -> None:
    """Entry point of the command."""
    app()
