"""Commands that change a stack or look at it: up, preview, refresh, drift, destroy, release,
outputs."""

from __future__ import annotations

import json

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
    client,
    local_folder,
    open_stack,
    operate,
)
from ..engine import local_jenkins, summary
from ..engine.progress import Reporter
from ..engine.session import Cloud, Outcome, Session
from ..invocation import called


@app.command()
def up(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Create or update the platform."""

    def show(console: Console, session: Session, outcome: Outcome) -> None:
        rows = summary.platform_rows(stack, session.reporter.there.values(), outcome.outputs)
        where = ["--stack", stack]
        if cloud is Cloud.LOCAL:
            where += ["--cloud", "local"]
        if session.cloud:
            rows["Jenkins"] = outcome.opens_at or local_jenkins.why_not(session, session.cloud)
        if outcome.outputs.get("admin_user_name"):
            rows["Password"] = called("password", *where)
        rows["Time"] = f"{outcome.seconds} s"
        recorded = len(session.cloud.recorded()) if session.cloud else 0
        if recorded:
            calls = "call" if recorded == 1 else "calls"
            rows["Recorded"] = f"{recorded} {calls} that the emulator lacks: localcloud/README.md"
        summary.show(console, rows)

    operate(local_jenkins.up, stack, cloud, as_json, markdown, show)


@app.command()
def preview(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Show what `up` would change; nothing is changed. Ends with 3 where there is something."""
    if operate(Session.preview, stack, cloud, as_json, markdown).changes:
        raise typer.Exit(CHANGES)


@app.command()
def refresh(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Take what was changed outside of Pulumi into the state."""
    operate(Session.refresh, stack, cloud, as_json)


@app.command()
def drift(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
    markdown: MarkdownOption = None,
) -> None:
    """Find what was changed outside of Pulumi; nothing is written. Ends with 3 where there is."""
    if operate(Session.drift, stack, cloud, as_json, markdown).changes:
        raise typer.Exit(CHANGES)


@app.command()
def destroy(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Remove the platform. One that holds protected data is refused, with what can be done."""
    if cloud is Cloud.LOCAL and not LocalCloud.find(local_folder()):
        Console(stderr=as_json).print("No embedded cloud runs: there is nothing to remove.")
        return
    operate(Session.destroy, stack, cloud, as_json)


@app.command()
def release(stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS) -> None:
    """Take the protection off what holds data until the next `up`, which may then let go of it, as
    may `destroy`. What they let go of stays in AWS, out of Pulumi's sight."""
    console = Console(stderr=True)
    held = open_stack(stack, cloud, Reporter(console)).release()
    for thing in held:
        typer.echo(thing)
    console.print(f"{len(held)} resources are unprotected until the next up.")


@app.command()
def outputs(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Print the outputs of the stack."""
    session = open_stack(stack, cloud, Reporter(Console(stderr=True)))
    found = session.outputs()
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        summary.show(Console(), found)


@app.command()
def password(stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS) -> None:
    """Print the administrator's password, from Secrets Manager."""
    console = Console(stderr=True)
    session = open_stack(stack, cloud, Reporter(console))
    if not session.settings.sign_in.has_local_administrator:
        console.print("People sign in by OpenID Connect only: Jenkins does not take this password.")
    secret = str(session.outputs()["admin_password_secret_arn"])
    secrets = client(session, "secretsmanager", secret.split(":")[3])
    typer.echo(secrets.get_secret_value(SecretId=secret)["SecretString"])


@app.command()
def stop() -> None:
    """Stop the embedded cloud, with all that runs in it; everything in it is gone."""
    running, console = LocalCloud.find(local_folder()), Console()
    if not running:
        console.print("No embedded cloud runs.")
        return
    kept = running.stop()
    console.print("The embedded cloud is stopped.")
    if kept:
        console.print(
            f"Kept, as the file systems were not deleted: docker volume rm {' '.join(kept)}",
            soft_wrap=True,
        )


@app.command()
def unlock(stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS) -> None:
    """Take the lock off a stack whose last run was killed. Be sure that no other run goes on."""
    open_stack(stack, cloud, Reporter(Console())).stack.cancel()
    Console().print(f"Stack {stack} is unlocked.")
