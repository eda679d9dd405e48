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
    open_stack,
    platform_function,
    print_json,
    report_errors,
)
from ..engine.progress import Reporter
from ..engine.session import Cloud

_LACKS = "working hours: set `schedule` (without windows if only these commands start and stop it)"


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
        environment, options = platform_function(session, WORKING_HOURS, _LACKS)
        hours = WorkingHours(environment, **options)
        result = hours.act(action)
    if as_json:
        print_json(result)
    else:
        reason = f": {result['because']}" if result["because"] else ""
        typer.echo(f"Jenkins is {result['state']}{reason}.")
