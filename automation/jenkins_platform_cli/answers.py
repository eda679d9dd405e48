"""The documents that commands print with ``--json``: their types, one for each command.

``docs/command.md`` and ``docs/command.schema.json`` are generated from them. Until version 1.0 a
minor version may add keys; a key is removed or renamed only with a line in the changelog.
"""

from __future__ import annotations

from typing import Any, Optional

from pydantic import ConfigDict
from typing_extensions import TypedDict


class Answer(TypedDict):
    """Base of the documents: their docstrings become descriptions in the schema."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[misc]


class Failure(Answer):
    """Printed by every command that ends with 1 or 2 before it has a result."""

    errors: list[str]
    """What went wrong."""


class Change(Answer):
    """A change of one resource."""

    op: str
    """``create``, ``update``, ``delete``, ``create-replacement`` or another of Pulumi's names."""
    type: str
    """Type of the resource, such as ``aws:ec2/vpc:Vpc``."""
    name: str
    """Its logical name."""
    properties: list[str]
    """Changed properties."""


class Operation(Answer):
    """The result of an operation."""

    operation: str
    """``up``, ``preview``, ``refresh``, ``drift`` or ``destroy``."""
    stack: str
    """Name of the stack."""
    ok: bool
    """Whether it succeeded."""
    seconds: float
    """Duration."""
    changes: list[Change]
    """What changed, or would change."""
    outputs: dict[str, Any]
    """Outputs of the stack after ``up``; secret ones are hidden."""
    notes: list[str]
    """Informational messages, the estimated cost among them."""
    warnings: list[str]
    """Warnings."""
    errors: list[str]
    """Errors; empty if it succeeded."""
    monthly_usd: Optional[float]
    """Estimated cost of a month in USD, of ``up`` and ``preview``."""
    opens_at: str
    """Where Jenkins answers on this machine; empty on AWS, or when nothing answers."""


class Finding(Answer):
    """The result of one check."""

    subject: str
    """What was checked."""
    status: str
    """``ok``, ``warning`` or ``problem``."""
    found: str
    """What was found."""
    advice: str
    """The remedy; empty if none is needed."""


class CostLine(Answer):
    """An item of the estimate."""

    part: str
    """Part of the platform."""
    item: str
    """What is billed."""
    quantity: float
    """Number of units a month."""
    unit: str
    """Unit of the quantity."""
    unit_usd: float
    """Price of a unit in USD."""
    as_of: str
    """Date of the price: a year, month or day."""
    source: str
    """Where the price comes from."""
    confirmed: bool
    """False if the price is from memory or derived from other prices."""
    monthly_usd: float
    """Cost of a month in USD, rounded to cents."""
    price: str
    """Key of the price in the table."""
    because: str
    """What the quantity depends on."""


class CostSaving(Answer):
    """A setting that would cost less."""

    setting: str
    """The setting."""
    advice: str
    """What it means."""
    monthly_usd: float
    """Saved in a month, in USD."""


class Cost(Answer):
    """The estimated cost of a month."""

    stack: str
    """Name of the stack."""
    region: str
    """Region of the prices."""
    monthly_usd: float
    """Total in USD."""
    parts: dict[str, float]
    """Total of each part in USD."""
    lines: list[CostLine]
    """The items."""
    savings: list[CostSaving]
    """Possible savings, each on its own."""
    notes: list[str]
    """Date and confirmation of the prices; what is not included."""


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


class Initialized(Answer):
    """The state backend of a stack."""

    bucket: str
    """Name of the S3 bucket."""
    bucket_created: bool
    """Whether it is new."""
    key_arn: str
    """ARN of the KMS key."""
    key_created: bool
    """Whether it is new."""
    stack_file: str
    """Name of the stack's file."""
    stack_file_created: bool
    """Whether it is new."""
    backend_url: str
    """Value of ``PULUMI_BACKEND_URL`` in CI."""


class Stopped(Answer):
    """The end of the embedded cloud."""

    was_running: bool
    """Whether there was one."""
    kept_volumes: list[str]
    """Docker volumes of file systems that were not deleted."""


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


class RecoveryPoint(Answer):
    """A backup of the Jenkins home."""

    recovery_point_arn: str
    """Its ARN."""
    created: str
    """When it was created."""
    age_seconds: int
    """Seconds since then."""
    gib: float
    """Size in GiB."""


class RestoreDrill(Answer):
    """The result of a restore."""

    recovery_point_arn: str
    """What was restored."""
    status: str
    """Status of the restore job."""
    reason: str
    """Message of AWS Backup."""
    started: str
    """When the restore started."""
    seconds: Optional[float]
    """Duration; null while it is running."""
    data_age_seconds: Optional[float]
    """Age of the newest data when the restore started."""


class RestoredHome(Answer):
    """Value of ``storage.existing`` for a restored home."""

    file_system_id: str
    """The new file system."""
    access_point_id: str
    """Its access point."""
    connect: bool
    """True: the platform creates mount targets."""


class Restored(Answer):
    """A restored Jenkins home."""

    existing: RestoredHome
    """How to use it."""
    drill: RestoreDrill
    """How long it took."""


class RehearsalCheck(Answer):
    """A check of a rehearsal."""

    subject: str
    """What was checked."""
    result: str
    """``ok``, ``failed`` or ``not run``."""
    found: str
    """What was found."""
    seconds: float
    """Duration."""


class PriceReading(Answer):
    """A price as read from AWS."""

    key: str
    """Key of the price."""
    region: str
    """The region."""
    before: Optional[float]
    """The price in the table so far."""
    after: Optional[float]
    """The price that was read; null if there was not exactly one."""
    problem: str
    """Why ``after`` is null."""


class Unlocked(Answer):
    """An unlocked stack."""

    stack: str
    """Its name."""


ANSWERS: dict[str, Any] = {
    "agents": list[Agent],
    "check": list[Finding],
    "cost": Cost,
    "destroy": Operation,
    "drift": Operation,
    "exec": Executed,
    "init": Initialized,
    "interrupt": list[Task],
    "local stop": Stopped,
    "logs": LogEvent,
    "open": Opened,
    "outputs": dict[str, Any],
    "password": Secret,
    "preview": Operation,
    "prices refresh": list[PriceReading],
    "recovery-points": list[RecoveryPoint],
    "refresh": Operation,
    "rehearse": list[RehearsalCheck],
    "render": dict[str, Any],
    "restore": Restored,
    "restore-drill": list[RestoreDrill],
    "rotate-password": Operation,
    "show": Shown,
    "sleep": WorkingHours,
    "spot": SpotCapacity,
    "unlock": Unlocked,
    "unprotect": list[str],
    "up": Operation,
    "wake": WorkingHours,
}
"""Type of the document of each command. `logs` prints one document per line."""
