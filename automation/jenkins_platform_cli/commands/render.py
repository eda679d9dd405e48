"""``jenkins-platform render``: the JCasC document of a stack's settings."""

from __future__ import annotations

from pathlib import Path

import typer
from jenkins_platform.controller import jcasc
from rich.console import Console

from ..app import StackOption, app, report_errors
from ..engine import configuration
from ..engine.progress import Reporter
from ..engine.project import Project


@app.command()
def render(stack: StackOption = "dev") -> None:
    """Print the JCasC document of a stack's settings; values that AWS assigns are placeholders."""
    with report_errors(Reporter(Console(stderr=True))):
        project = Project.find(Path.cwd())
        settings = configuration.settings(project.folder, stack, project.name)
    typer.echo(jcasc.render(settings, jcasc.Resolved.made_up(settings)))
