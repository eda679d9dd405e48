"""Command that shows and overrides the circuit breaker for Spot capacity."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from enum import Enum
from typing import Annotated

import typer
from jenkins_platform.base.log_groups import SPOT_BREAKER
from jenkins_platform.functions.spot_breaker import AUTO, ON_DEMAND, Breaker, SpotBreaker
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


class SpotAction(str, Enum):
    """What to do with the circuit breaker."""

    STATUS = "status"
    ON_DEMAND = ON_DEMAND
    AUTO = AUTO


@app.command()
def spot(
    action: Annotated[SpotAction, typer.Argument(help="Show it, or override it.")] = (
        SpotAction.STATUS
    ),
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    as_json: JsonOption = False,
) -> None:
    """Show whether Spot labels use Spot or on-demand capacity. `on-demand` switches all of them to
    on-demand capacity until `auto`. Agents that run are not affected; the controller applies it
    within a minute. Requires `agent_cloud.spot_circuit_breaker`."""
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter):
        environment, options = platform_function(
            session, SPOT_BREAKER, "circuit breaker: enable `agent_cloud.spot_circuit_breaker`"
        )
        breaker = SpotBreaker(environment, **options)
        if action is not SpotAction.STATUS:
            breaker.set_mode(action.value)
    now = int(time.time())
    if as_json:
        print_json({"mode": breaker.mode, "on_demand": breaker.on_demand(now)})
        return
    for name, state in breaker.breakers.items():
        typer.echo(f"{name}: {describe(breaker.mode, state, now)}")


def describe(mode: str, state: Breaker, now: int) -> str:
    """What Spot labels of an architecture use at a Unix time, and why."""
    if mode == ON_DEMAND:
        return "on-demand capacity until `jenkins-platform spot auto`"
    if state.open(now):
        until = datetime.fromtimestamp(state.until, timezone.utc)
        return f"on-demand capacity until {until:%H:%M} UTC: Spot has no capacity"
    return "Spot capacity"
