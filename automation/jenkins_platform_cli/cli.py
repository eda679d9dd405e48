"""The ``jenkins-platform`` command.

Exit codes: 0 done, 1 error, 2 bad input, 3 changes or drift found.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Optional

import boto3
import typer
from jenkins_platform.settings import SettingsError
from rich.console import Console

from localcloud.cloud import LocalCloud
from localcloud.toolchain import ToolchainError

from . import summary
from .progress import Reporter
from .project import LOCAL_FOLDER, Project
from .session import Cloud, Outcome, Session

OK, FAILED, BAD_INPUT, CHANGES = 0, 1, 2, 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A complete Jenkins on AWS. Exit codes: 0 done, 1 error, 2 bad input, "
    "3 changes or drift found.",
)

StackOption = Annotated[str, typer.Option("--stack", "-s", help="Name of the stack.")]
CloudOption = Annotated[
    Cloud, typer.Option(help="aws: your account. local: the embedded cloud on this machine.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
MarkdownOption = Annotated[
    Optional[Path], typer.Option(help="Append a summary in Markdown to this file.")
]


def _open(stack: str, cloud: Cloud, reporter: Reporter) -> Session:
    try:
        return Session(stack, cloud, reporter)
    except SettingsError as error:
        reporter.say(f"[red]error:[/red] {error}")
        raise typer.Exit(BAD_INPUT) from None
    except (ToolchainError, FileNotFoundError, RuntimeError) as error:
        reporter.say(f"[red]error:[/red] {error}")
        raise typer.Exit(FAILED) from None


def _operate(
    operate: Callable[[Session], Outcome],
    stack: str,
    cloud: Cloud,
    as_json: bool,
    markdown: Path | None = None,
    show: Callable[[Console, Session, Outcome], None] | None = None,
) -> Outcome:
    """Run one operation, show what came of it, and end with 1 where it failed."""
    console = Console(stderr=as_json)
    with Reporter(console) as reporter:
        session = _open(stack, cloud, reporter)
        outcome = operate(session)
    if markdown:
        with markdown.open("a") as file:
            file.write(summary.markdown(outcome))
    if as_json:
        typer.echo(json.dumps(asdict(outcome), indent=2))
    elif outcome.ok:
        console.print(summary.counts(outcome))
        if show:
            show(console, session, outcome)
    if not outcome.ok:
        raise typer.Exit(FAILED)
    return outcome


@app.command()
def up(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Create or update the platform."""

    def show(console: Console, session: Session, outcome: Outcome) -> None:
        rows = summary.platform_rows(session.stack, outcome.outputs)
        where = f"--stack {stack}" + (" --cloud local" if cloud is Cloud.LOCAL else "")
        rows["Password"] = f"jenkins-platform password {where}"
        rows["Time"] = f"{outcome.seconds} s"
        recorded = len(session.cloud.recorded()) if session.cloud else 0
        if recorded:
            rows["Recorded"] = f"{recorded} calls that the emulator lacks: localcloud/README.md"
        summary.show(console, rows)

    _operate(Session.up, stack, cloud, as_json, markdown, show)


@app.command()
def preview(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Show what `up` would change; nothing is changed. Ends with 3 where there is something."""
    if _operate(Session.preview, stack, cloud, as_json, markdown).changes:
        raise typer.Exit(CHANGES)


@app.command()
def refresh(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Take what was changed outside of Pulumi into the state."""
    _operate(Session.refresh, stack, cloud, as_json)


@app.command()
def drift(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Find what was changed outside of Pulumi; nothing is written. Ends with 3 where there is."""
    if _operate(Session.drift, stack, cloud, as_json, markdown).changes:
        raise typer.Exit(CHANGES)


@app.command()
def destroy(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Remove the platform."""
    if cloud is Cloud.LOCAL and not LocalCloud.find(_local_folder()):
        Console(stderr=as_json).print("No embedded cloud runs: there is nothing to remove.")
        return
    _operate(Session.destroy, stack, cloud, as_json)


@app.command()
def outputs(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Print the outputs of the stack."""
    session = _open(stack, cloud, Reporter(Console(stderr=True)))
    found = session.outputs()
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        summary.show(Console(), found)


@app.command()
def password(stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS) -> None:
    """Print the administrator's password, from Secrets Manager."""
    session = _open(stack, cloud, Reporter(Console(stderr=True)))
    secret = str(session.outputs()["admin_password_secret_arn"])
    client = _client(session, "secretsmanager", secret.split(":")[3])
    typer.echo(client.get_secret_value(SecretId=secret)["SecretString"])


@app.command()
def stop() -> None:
    """Stop the embedded cloud; everything in it is gone."""
    running = LocalCloud.find(_local_folder())
    if running:
        running.stop()
    Console().print("The embedded cloud is stopped." if running else "No embedded cloud runs.")


def _local_folder() -> Path:
    return Project.find(Path.cwd()).folder / LOCAL_FOLDER


def _client(session: Session, service: str, region: str) -> Any:
    """A boto3 client for where the session's stack lives."""
    endpoint = session.cloud.endpoint if session.cloud else None
    return boto3.client(service, endpoint_url=endpoint, region_name=region)


def main() -> None:
    """Entry point of the command."""
    app()
