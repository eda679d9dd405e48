"""``jenkins-platform check``: the preflight checks of a stack."""

from __future__ import annotations

from dataclasses import asdict

import typer
from localcloud.cloud import LocalCloud
from pulumi import automation as auto
from rich.console import Console
from rich.table import Table

from ..app import (
    FAILED,
    CloudOption,
    JsonOption,
    StackOption,
    app,
    client,
    open_session,
    print_json,
)
from ..engine.progress import Reporter, reason
from ..engine.session import Cloud, Session
from ..preflight import plugin_checks
from ..preflight.checks import run_checks
from ..preflight.findings import Finding, Status

_COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.PROBLEM: "red"}


@app.command()
def check(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Find problems before `up` does: settings, versions, advisories, credentials, quotas."""
    session = open_session(stack, cloud, Reporter(Console(stderr=True)))
    region = session.region
    findings = list(
        run_checks(
            session.settings,
            lambda service: client(session, service, region),
            region,
            str(session.command.version),
            None if session.cloud else session.plugins(),
            None if session.cloud else plugin_checks.update_center(session.settings),
        )
    )
    findings.insert(0, _what_runs(session.cloud) if session.cloud else _state(session))
    if as_json:
        print_json([asdict(f) for f in findings])
    else:
        _show(findings)
    if any(f.status is Status.PROBLEM for f in findings):
        raise typer.Exit(FAILED)


def _state(session: Session) -> Finding:
    try:
        return Finding("state", Status.OK, f"stored in {session.backend()}")
    except auto.CommandError as error:
        return Finding("state", Status.PROBLEM, reason(error))


def _what_runs(cloud: LocalCloud) -> Finding:
    if cloud.runs_tasks:
        return Finding("docker", Status.OK, "builds the images, and runs Jenkins and its agents")
    return Finding(
        "docker",
        Status.WARNING,
        f"nothing will run, everything is only emulated: {cloud.why_nothing_runs}",
        "Start Docker, or name it in DOCKER_HOST.",
    )


def _show(findings: list[Finding]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for f in findings:
        advice = f"\n[dim]{f.advice}[/dim]" if f.advice else ""
        table.add_row(
            f"[{_COLOURS[f.status]}]{f.status.value}[/]", f"[bold]{f.subject}[/]", f.found + advice
        )
    # ":secret:" in an ARN must not be printed as an emoji.
    Console(emoji=False).print(table, highlight=False)
