"""The result of a restore, as AWS Backup reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import humanize


@dataclass(frozen=True)
class Drill:
    """The result of a restore.

    Attributes:
        seconds: Duration; None while it is running.
        data_age_seconds: Age of the newest data when the restore started.
    """

    recovery_point_arn: str
    status: str
    reason: str
    started: str
    seconds: float | None
    data_age_seconds: float | None


def drill_of(job: Mapping[str, Any]) -> Drill:
    """The result of a restore job of AWS Backup."""
    started, ended = job["CreationDate"], job.get("CompletionDate")
    data = job.get("RecoveryPointCreationDate")
    return Drill(
        recovery_point_arn=job["RecoveryPointArn"],
        status=job["Status"],
        reason=job.get("StatusMessage") or "no reason given by AWS Backup",
        started=started.isoformat(timespec="seconds"),
        seconds=(ended - started).total_seconds() if ended else None,
        data_age_seconds=(started - data).total_seconds() if data else None,
    )


def age(point: Mapping[str, Any]) -> float:
    """Seconds since a recovery point was created."""
    created: datetime = point["CreationDate"]
    return (datetime.now(timezone.utc) - created).total_seconds()


def in_words(seconds: float | None) -> str:
    """A duration such as ``12 minutes``; ``-`` for None."""
    return "-" if seconds is None else humanize.precisedelta(round(seconds), format="%d")
