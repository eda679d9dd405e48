"""What commands print about a running Jenkins and its agents."""

from __future__ import annotations

from typing import Optional

from .base import Answer


class Agent(Answer):
    """A running agent."""

    id: str
    """Id of the task."""
    arn: str
    """ARN of the task."""
    template: str
    """Name of the agent template; empty if the stack's file no longer has it."""
    labels: list[str]
    """Labels of the template."""
    status: str
    """Last status of the task, such as ``RUNNING``."""
    capacity: str
    """``FARGATE``, ``FARGATE_SPOT`` or another capacity provider."""
    started: Optional[str]
    """When it was started; null before."""
    age_seconds: int
    """Seconds since then."""
    cost_usd: Optional[float]
    """Cost so far at list prices: vCPU, memory and additional storage, from the start of the image
    pull. Null if the task does not run on Fargate."""


class Task(Answer):
    """A task of ECS."""

    id: str
    """Id of the task."""
    family: str
    """Family of its task definition."""
    status: str
    """Last status, such as ``RUNNING``."""
    capacity: str
    """``FARGATE``, ``FARGATE_SPOT`` or another capacity provider."""
    reason: str
    """Why it stopped; empty while it is running."""
    last_line: str
    """The last line of its log."""


class LogEvent(Answer):
    """A line of a log."""

    time: str
    """When it was written, in UTC."""
    stream: str
    """Log stream: ``<prefix>/<container>/<task>``."""
    message: str
    """The text."""


class Opened(Answer):
    """Where Jenkins is."""

    url: str
    """Its address."""
    opened: bool
    """Whether a browser was started."""


class Executed(Answer):
    """The result of a command in the controller's container."""

    task: str
    """Id of the task."""
    command: str
    """The command."""
    output: str
    """What it printed, its errors included. ECS Exec does not return an exit code."""


class Shown(Answer):
    """The page about a stack."""

    file: str
    """The page that was written."""
    url: str
    """Where Jenkins answers, or why it does not."""
    health: str
    """``healthy``, ``starting``, ``unhealthy``, ``asleep`` or ``emulated``."""
    resources: int
    """Number of resources, without components."""
    monthly_usd: float
    """Estimated cost of a month in USD."""
    tasks: list[Task]
    """Tasks, those stopped recently included."""


class Secret(Answer):
    """The administrator's password."""

    user_name: str
    """Name of the user; empty if Jenkins does not accept the password."""
    password: str
    """The password, in plain text."""


class WorkingHours(Answer):
    """The result of ``wake`` or ``sleep``."""

    state: str
    """``awake``, ``waking``, ``asleep`` or ``falling asleep``."""
    because: str
    """Why it is not done yet; empty if it is."""


class SpotCapacity(Answer):
    """What Spot labels use."""

    mode: str
    """``auto``: the circuit breaker decides, or ``on-demand``."""
    on_demand: list[str]
    """CPU architectures whose Spot labels use on-demand capacity now."""
