"""``jenkins-platform logs``: what the controller and the agents print."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from ..app import CloudOption, JsonOption, StackOption, app, open_stack, report_errors
from ..engine import task_logs
from ..engine.progress import Reporter
from ..engine.session import Cloud
from ..engine.task_logs import Event


class LogSource(str, Enum):
    """Whose log is printed."""

    CONTROLLER = "controller"
    AGENT = "agent"


SourceArgument = Annotated[LogSource, typer.Argument(help="Whose log.", show_default=True)]
NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Of an agent: a template, a label or the id of a task. Default: all."
    ),
]
FollowOption = Annotated[
    bool, typer.Option("--follow", "-f", help="Print new lines as they arrive, until Ctrl-C.")
]
MinutesOption = Annotated[float, typer.Option(min=0, help="Age of the oldest line.")]


@app.command()
def logs(
    source: SourceArgument = LogSource.CONTROLLER,
    name: NameArgument = "",
    follow: FollowOption = False,
    minutes: MinutesOption = 60,
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
) -> None:
    """Print the log of the controller or of agents. With `--json`: one document a line."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter), suppress(KeyboardInterrupt):
        outputs = session.deployed_outputs()
        if source is LogSource.AGENT:
            selections = task_logs.of_agents(session, name)
        elif name:
            raise RuntimeError(f"'{name}': only valid with `logs agent`")
        else:
            selections = task_logs.of_controller(outputs)
        fetch = partial(task_logs.events, session.client("logs"), selections)
        since = int((time.time() - minutes * 60) * 1000)
        found: Iterable[Event] = task_logs.follow(fetch, since) if follow else fetch(since)
        for event in found:
            typer.echo(line(event, source, as_json))


def line(event: Event, source: LogSource, as_json: bool) -> str:
    """An event as it is printed: lines of agents start with the template and the task's id."""
    if as_json:
        document = {"time": event.time, "stream": event.stream, "message": event.message}
        return json.dumps(document)
    if source is LogSource.CONTROLLER:
        return event.message
    template, _, rest = event.stream.partition("/")
    return f"{event.time} {template} {rest.rsplit('/', 1)[-1][:8]}  {event.message}"
