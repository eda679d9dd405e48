"""Commands that change or inspect a stack: up, preview, refresh, drift, destroy, unprotect,
outputs, password, unlock."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import partial
from typing import Annotated, Optional

import typer
from localcloud.cloud import LocalCloud
from rich.console import Console

from ..app import (
    CHANGES,
    CloudOption,
    JsonOption,
    MarkdownOption,
    StackOption,
    app,
    local_folder,
    open_stack,
    operate,
    print_json,
    report_errors,
)
from ..engine import drain as draining
from ..engine import local_jenkins, stored_secrets, summary
from ..engine.drain import Limits
from ..engine.progress import Reporter
from ..engine.session import Cloud, Outcome, Session
from ..invocation import command_line
from ..preflight import plugin_checks

_MINUTES = {"min": 0, "max": 1440, "metavar": "MINUTES"}
_SECRET_ARN = r"arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+"  # noqa: S105  no password
DrainOption = Annotated[
    bool, typer.Option("--drain", help="Wait for builds before Jenkins is restarted.")
]
DrainTimeoutOption = Annotated[
    Optional[float],
    typer.Option(help="Give the update up after this time. Default: 60.", **_MINUTES),
]
ForceAfterOption = Annotated[
    Optional[float],
    typer.Option(help="Update after this time and abort builds that still run.", **_MINUTES),
]
CredentialsOption = Annotated[
    str,
    typer.Option(
        metavar="ARN",
        help='Secret with {"user": …, "token": …} of a Jenkins user with Overall/Manage. Default: '
        "the local administrator.",
    ),
]


@app.command()
def up(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
    drain: DrainOption = False,
    drain_timeout: DrainTimeoutOption = None,
    force_after: ForceAfterOption = None,
    credentials_secret: CredentialsOption = "",
) -> None:
    """Create or update the platform. With --drain, an update that restarts Jenkins first puts it
    into quiet mode and waits until no build would be aborted."""
    limits = _limits(drain, drain_timeout, force_after, credentials_secret)

    def show(console: Console, session: Session, outcome: Outcome) -> None:
        rows = summary.platform_rows(session.reporter.resources.values(), outcome)
        if session.cloud:
            rows["Jenkins"] = outcome.opens_at or local_jenkins.why_not(session, session.cloud)
        if outcome.outputs.get("admin_user_name"):
            rows["Password"] = command_line("password", *session.options)
        rows["Time"] = f"{outcome.seconds} s"
        recorded = len(session.cloud.recorded()) if session.cloud else 0
        if recorded:
            rows["Recorded"] = f"{recorded} API calls not emulated: localcloud/README.md"
        summary.show(console, rows)

    operation = partial(draining.up, limits=limits) if limits else local_jenkins.up
    operate(operation, stack, cloud, as_json, markdown, show)


@app.command()
def preview(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
    drain: DrainOption = False,
    credentials_secret: CredentialsOption = "",
) -> None:
    """Show what `up` would change, and whether it restarts Jenkins, without changing it. With
    --drain, also list the builds that a restart would abort. Exits with 3 if there are changes."""
    limits = _limits(drain, None, None, credentials_secret)

    def show(console: Console, session: Session, outcome: Outcome) -> None:
        if not session.cloud and (found := plugin_checks.summary(session.settings)):
            console.print(f"{found}. See {command_line('check', '--stack', stack)}")

    operation = partial(draining.preview, limits=limits)
    if operate(operation, stack, cloud, as_json, markdown, show).changes:
        raise typer.Exit(CHANGES)


def _limits(
    drain: bool, timeout: float | None, force_after: float | None, credentials_arn: str
) -> Limits | None:
    """The limits of `up --drain`; None without it.

    Raises:
        BadParameter: the options cannot be combined, or the ARN is not a secret's.
    """
    given = {
        "--drain-timeout": timeout is not None,
        "--force-after": force_after is not None,
        "--credentials-secret": bool(credentials_arn),
    }
    for option, is_given in given.items():
        if is_given and not drain:
            raise typer.BadParameter(f"{option} is only valid with --drain")
    if timeout is not None and force_after is not None:
        raise typer.BadParameter("--drain-timeout cannot be combined with --force-after")
    if credentials_arn and not re.fullmatch(_SECRET_ARN, credentials_arn):
        raise typer.BadParameter(
            "--credentials-secret must be the ARN of a secret in Secrets Manager, such as "
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:jenkins-ci-AbCdEf"
        )
    if not drain:
        return None
    minutes = next((m for m in (force_after, timeout) if m is not None), Limits.minutes)
    return Limits(minutes, force_after is not None, credentials_arn)


@app.command()
def refresh(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Update the state with changes made outside of Pulumi."""
    operate(Session.refresh, stack, cloud, as_json)


@app.command()
def drift(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Find changes made outside of Pulumi; the state stays as is. Exits with 3 if there are any."""
    if operate(Session.drift, stack, cloud, as_json, markdown).changes:
        raise typer.Exit(CHANGES)


@app.command()
def destroy(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Delete the platform. Refused, with the alternatives, while it holds protected data."""
    if cloud is Cloud.LOCAL and not LocalCloud.find(local_folder()):
        nothing = "The embedded cloud is not running: nothing to delete."
        Console(stderr=as_json).print(nothing)
        if as_json:
            print_json(asdict(Outcome("destroy", stack, True, 0.0, notes=[nothing])))
        return
    operate(Session.destroy, stack, cloud, as_json)


@app.command()
def unprotect(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Unprotect resources that hold data until the next `up`. `up` and `destroy` may then remove
    them from the state; they remain in AWS."""
    console = Console(stderr=True)
    resources = open_stack(stack, cloud, Reporter(console)).unprotect()
    if as_json:
        print_json(resources)
    else:
        typer.echo("\n".join(resources))
    console.print(f"{len(resources)} resources are unprotected until the next up.")


@app.command()
def outputs(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Print the outputs of the stack."""
    session = open_stack(stack, cloud, Reporter(Console(stderr=True)))
    found = session.outputs()
    if as_json:
        print_json(found)
    else:
        summary.show(Console(), found)


@app.command()
def password(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Print the administrator's password, from Secrets Manager."""
    console = Console(stderr=True)
    reporter = Reporter(console)
    session = open_stack(stack, cloud, reporter)
    if not session.settings.sign_in.has_local_administrator:
        console.print("Jenkins has no local administrator: it does not accept this password.")
    with report_errors(reporter):
        outputs = session.deployed_outputs()
        found = stored_secrets.read(session, str(outputs["admin_password_secret_arn"]))
    if as_json:
        print_json({"user_name": outputs["admin_user_name"], "password": found})
    else:
        typer.echo(found)


@app.command()
def unlock(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Unlock a stack whose last run was killed. Make sure first that no run is in progress."""
    reporter = Reporter(Console(stderr=as_json))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter):
        session.stack.cancel()
    if as_json:
        print_json({"stack": stack})
    else:
        typer.echo(f"Stack {stack} is unlocked.")
