"""What commands print that change or check a stack."""

from __future__ import annotations

from typing import Any, Optional

from .base import Answer


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


class Unlocked(Answer):
    """An unlocked stack."""

    stack: str
    """Its name."""


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


class Stopped(Answer):
    """The end of the embedded cloud."""

    was_running: bool
    """Whether there was one."""
    kept_volumes: list[str]
    """Docker volumes of file systems that were not deleted."""
