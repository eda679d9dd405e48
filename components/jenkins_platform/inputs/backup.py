"""Backups of the Jenkins home, by AWS Backup."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .encryption import EncryptionKeyArgs


class VaultLockMode(str, Enum):
    """Who may still delete recovery points before their time."""

    GOVERNANCE = "governance"
    """Only who has the IAM permission to take the lock away."""
    COMPLIANCE = "compliance"
    """Nobody, not even AWS, once the days of grace are over. Cannot be taken back."""


class VaultLockArgs(TypedDict):
    """A lock that keeps recovery points from being deleted early."""

    mode: NotRequired[VaultLockMode]
    """Default ``governance``."""
    min_retention_days: NotRequired[int]
    """Shortest time that a recovery point must be kept, 1 to 36500 days. Default: none."""
    max_retention_days: NotRequired[int]
    """Longest time that a recovery point may be kept, 1 to 36500 days. Default: none."""
    changeable_for_days: NotRequired[int]
    """Days of grace of a ``compliance`` lock, 3 to 36500; only and always with it. After them the
    lock is final: neither it nor its recovery points can be removed by anybody."""


class BackupCopyArgs(TypedDict):
    """A copy of every recovery point in another region."""

    region: str
    """Region of the copies, such as ``eu-west-1``; not the platform's."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the vault there. Default: the AWS managed key of AWS Backup there."""
    cold_storage_after_days: NotRequired[int]
    """As in ``backup``. Default: the same."""
    delete_after_days: NotRequired[int]
    """As in ``backup``. Default: the same."""


class RestoreTestArgs(TypedDict):
    """A scheduled restore drill: AWS Backup restores the newest recovery point to a file system of
    its own, measures it, and deletes it."""

    schedule: NotRequired[str]
    """When, as a cron expression of AWS in the time zone of ``backup``. Default
    ``cron(0 6 ? * SUN *)``: Sundays at six."""
    selection_window_days: NotRequired[int]
    """A drill fails where the newest recovery point is older than this, 1 to 365 days. Default
    7."""
    validation_window_hours: NotRequired[int]
    """Hours that the restored file system stays for you to look into it, 0 to 168. Default 1."""


class BackupArgs(TypedDict):
    """Backups of the Jenkins home. The vault and the role are always there, so that recovery points
    outlive a pause; an empty vault costs nothing."""

    enabled: NotRequired[bool]
    """Back up by schedule. Default true."""
    schedule: NotRequired[str]
    """When, as a cron expression of AWS. Default ``cron(0 0 * * ? *)``: daily at midnight."""
    time_zone: NotRequired[str]
    """Time zone of the schedules, such as ``Europe/Berlin``. Default ``UTC``."""
    start_window_minutes: NotRequired[int]
    """Minutes in which a backup must start, 60 to 10080. Default 60."""
    completion_window_minutes: NotRequired[int]
    """Minutes in which a backup must be done, at least 60 more than the start window, up to 10080.
    Default 1440: a first backup of a large home takes hours."""
    cold_storage_after_days: NotRequired[int]
    """Days until a recovery point moves to cold storage, 0 to 36500; 0 is never. Default 30."""
    delete_after_days: NotRequired[int]
    """Days until a recovery point is deleted, 0 to 36500; 0 is never. At least 90 more than
    ``cold_storage_after_days``: AWS keeps cold recovery points that long. Default 120."""
    role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an IAM role of yours that AWS Backup works with: docs/permissions.md says what it must
    allow; nothing is added to it. Default: one is made."""
    recovery_point_tags: NotRequired[dict[str, str]]
    """More tags for recovery points, besides the platform's. Default: none."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the vault. Default: the AWS managed key of AWS Backup. AWS cannot change it later;
    a change is refused."""
    lock: NotRequired[VaultLockArgs]
    """Lock of the vault. Default: none."""
    copy_to: NotRequired[BackupCopyArgs]
    """Copies in another region. Default: none."""
    restore_test: NotRequired[RestoreTestArgs]
    """A scheduled restore drill. Default: none; ``jenkins-platform restore-drill`` runs one by
    hand."""
