"""Commands that start and stop the controller: wake, sleep."""

from __future__ import annotations

import typer
from jenkins_platform.base.log_groups import WORKING_HOURS
from jenkins_platform.functions.working_hours import WorkingHours
from rich.console import Console

from ..app import (
    CloudOption,
    JsonOption,
    StackOption,
    app,
    client,
    open_stack,
    print_json,
    report_errors,
)
from ..engine.progress import Reporter
from ..engine.session import Cloud, Session

_FUNCTION = "aws:lambda/function:Function"


@app.command()
def wake(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Start the controller; it runs until the next end of working hours. Requires `schedule`."""
    _act("wake", stack, cloud, as_json)


@app.command()
def sleep(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Stop the controller once no agents are running; it starts again at the next start of working
    hours. Requires `schedule`."""
    _act("sleep", stack, cloud, as_json)


def _act(action: str, stack: str, cloud: Cloud, as_json: bool) -> None:
    """Do what the platform's working-hours function does, with the caller's own permissions."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter):
        functions = client(session, "lambda", session.region)
        found = functions.get_function_configuration(FunctionName=_function(session))
        hours = WorkingHours(
            found["Environment"]["Variables"],
            endpoint_url=session.cloud.endpoint if session.cloud else None,
            region_name=session.region,
        )
        result = hours.act(action)
    if as_json:
        print_json(result)
    else:
        reason = f": {result['because']}" if result["because"] else ""
        typer.echo(f"Jenkins is {result['state']}{reason}.")


def _function(session: Session) -> str:
    """Name of the working-hours function, from the stack's state.

    Raises:
        RuntimeError: the stack has none.
    """
    name = f"{session.settings.name}-{WORKING_HOURS}"
    if found := session.resource(_FUNCTION, name):
        return str(found["id"])
    raise RuntimeError(
        f"stack {session.name} has no working hours: set `schedule` (without windows if only these "
        "commands start and stop it) and run `up`"
    )
