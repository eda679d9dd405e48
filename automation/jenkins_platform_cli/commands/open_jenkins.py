"""``jenkins-platform open``: Jenkins in a browser."""

from __future__ import annotations

import webbrowser

import typer
from rich.console import Console

from ..app import (
    CloudOption,
    JsonOption,
    StackOption,
    app,
    open_stack,
    print_json,
    report_errors,
)
from ..engine import local_jenkins
from ..engine.progress import Reporter
from ..engine.session import Cloud


@app.command("open")
def open_jenkins(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Print the address of Jenkins and open it in a browser, where there is one."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter):
        url = local_jenkins.address(session, session.deployed_outputs())
    opened = webbrowser.open(url)
    if as_json:
        print_json({"url": url, "opened": opened})
    else:
        typer.echo(url)
