"""What commands print about backups of the Jenkins home and their restores."""

from __future__ import annotations

from typing import Optional

from .base import Answer


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
