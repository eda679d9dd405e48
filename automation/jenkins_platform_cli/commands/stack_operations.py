"""Commands that change or inspect a stack: up, preview, refresh, drift, destroy, unprotect,
outputs, password, unlock."""

from __future__ import annotations

from dataclasses import asdict

import typer
from jenkins_platform.settings.arn import Arn
from localcloud.cloud import LocalCloud
from rich.console import Console

from ..app import (
    CHANGES,
    CloudOption,
    JsonOption,
    MarkdownOption,
    StackOption,
    app,
    client,
    local_folder,
    open_stack,
    operate,
    print_json,
    report_errors,
)
from ..engine import local_jenkins, summary
from ..engine.progress import Reporter
from ..engine.session import Cloud, Outcome, Session
from ..invocation import command_line
from ..preflight import plugin_checks


@app.command()
def up(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Create or update the platform."""

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

    operate(local_jenkins.up, stack, cloud, as_json, markdown, show)


@app.command()
def preview(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Show what `up` would change, without changing it. Exits with 3 if there are changes."""

    def show(console: Console, session: Session, outcome: Outcome) -> None:
        if not session.cloud and (found := plugin_checks.summary(session.settings)):
            console.print(f"{found}. See {command_line('check', '--stack', stack)}")

    if operate(Session.preview, stack, cloud, as_json, markdown, show).changes:
        raise typer.Exit(CHANGES)


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
        console.print("Users sign in with OpenID Connect: Jenkins does not accept this password.")
    with report_errors(reporter):
        outputs = session.deployed_outputs()
        secret = str(outputs["admin_password_secret_arn"])
        secrets = client(session, "secretsmanager", Arn.parse(secret).region)
        found = secrets.get_secret_value(SecretId=secret)["SecretString"]
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
