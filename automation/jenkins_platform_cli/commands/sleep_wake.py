"""Commands that wake the controller and put it to sleep: wake, sleep."""

from __future__ import annotations

import json

import typer
from jenkins_platform.base.log_groups import WORKING_HOURS
from jenkins_platform.functions.working_hours import WorkingHours
from rich.console import Console

from ..app import CloudOption, JsonOption, StackOption, app, client, complain, open_stack
from ..engine.progress import Reporter
from ..engine.session import Cloud, Session

_FUNCTION = "aws:lambda/function:Function"


@app.command()
def wake(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Wake the controller; it stays awake until working hours end next. Needs `schedule`."""
    _act("wake", stack, cloud, as_json)


@app.command()
def sleep(
    stack: StackOption = "dev", cloud: CloudOption = Cloud.AWS, as_json: JsonOption = False
) -> None:
    """Let the controller sleep, as soon as no agents run; it wakes when working hours start next.
    Needs `schedule`."""
    _act("sleep", stack, cloud, as_json)


def _act(action: str, stack: str, cloud: Cloud, as_json: bool) -> None:
    """Do here, with the caller's own permissions, what the platform's function would do."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with complain(reporter):
        functions = client(session, "lambda", session.region)
        found = functions.get_function_configuration(FunctionName=_function(session))
        hours = WorkingHours(
            found["Environment"]["Variables"],
            endpoint_url=session.cloud.endpoint if session.cloud else None,
            region_name=session.region,
        )
        result = hours.act(action)
    if as_json:
        typer.echo(json.dumps(result))
    else:
        because = f": {result['because']}" if result["because"] else ""
        typer.echo(f"Jenkins is {result['state']}{because}.")


def _function(session: Session) -> str:
    """Name of the function that rules the working hours, from the stack's state.

    Raises:
        RuntimeError: the stack has none.
    """
    name = f"{session.settings.name}-{WORKING_HOURS}"
    if found := session.resource(_FUNCTION, name):
        return str(found["id"])
    raise RuntimeError(
        f"stack {session.name} has no working hours: set `schedule`, with no windows if it shall "
        "only sleep by command, and run `up`"
    )
