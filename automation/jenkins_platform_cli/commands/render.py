"""``jenkins-platform render``: the JCasC document of a stack's settings."""

from __future__ import annotations

from pathlib import Path

import typer
import yaml
from jenkins_platform.controller import jcasc
from rich.console import Console

from ..app import JsonOption, StackOption, app, print_json, report_errors
from ..engine.progress import Reporter
from ..engine.project import Project


@app.command()
def render(stack: StackOption = "dev", as_json: JsonOption = False) -> None:
    """Print the JCasC document of a stack's settings; values that AWS assigns are placeholders."""
    reporter = Reporter(Console(stderr=True))
    with report_errors(reporter):
        settings = Project.find(Path.cwd()).configuration(stack, reporter).settings()
    document = jcasc.render(settings, jcasc.Resolved.placeholders(settings))
    if as_json:
        print_json(yaml.safe_load(document))
    else:
        typer.echo(document)
