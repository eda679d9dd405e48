"""``jenkins-platform render``: the JCasC document of a stack's settings."""

from __future__ import annotations

from pathlib import Path

import typer
from jenkins_platform.controller import jcasc
from rich.console import Console

from ..app import StackOption, app, report_errors
from ..engine.progress import Reporter
from ..engine.project import Project


@app.command()
def render(stack: StackOption = "dev") -> None:
    """Print the JCasC document of a stack's settings; values that AWS assigns are placeholders."""
    reporter = Reporter(Console(stderr=True))
    with report_errors(reporter):
        settings = Project.find(Path.cwd()).configuration(stack, reporter).settings()
    typer.echo(jcasc.render(settings, jcasc.Resolved.placeholders(settings)))
