"""``jenkins-platform exec``: a shell or a command in the controller's container."""

from __future__ import annotations

import shlex
from typing import Annotated, Optional

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
from ..engine import controller_session
from ..engine.progress import Reporter
from ..engine.session import Cloud

SHELL = "/bin/bash"
CommandArgument = Annotated[
    Optional[list[str]],
    typer.Argument(metavar="COMMAND...", help="After `--`. Default: a shell."),
]


@app.command("exec")
def execute(
    command: CommandArgument = None,
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
) -> None:
    """Run a command in the controller's container, through ECS Exec. Requires
    `controller.enable_execute_command` and AWS's session-manager-plugin. With `--json` the output
    is printed as a document, and the command gets no input."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    text = shlex.join(command) if command else SHELL
    with report_errors(reporter):
        if as_json and not command:
            raise RuntimeError("--json: requires a command, such as `exec --json -- ls`")
        task = controller_session.running_task(session, session.deployed_outputs())
        code, output = controller_session.execute(session, task, text, as_json)
        if code:
            raise RuntimeError(
                f"{controller_session.PLUGIN} failed with exit code {code}. {output}".strip()
            )
    if as_json:
        id_of_task = task["taskArn"].rsplit("/", 1)[-1]
        print_json({"task": id_of_task, "command": text, "output": output})
