"""Inputs of the backups of the Jenkins home with AWS Backup."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .encryption import EncryptionKeyArgs


class VaultLockMode(str, Enum):
    """Mode of the vault lock, which determines who can delete recovery points early."""

    GOVERNANCE = "governance"
    """Principals with the IAM permission to remove the lock can."""
    COMPLIANCE = "compliance"
    """No one can, including AWS, once the grace period has ended. Cannot be reverted."""


class VaultLockArgs(TypedDict):
    """A vault lock that prevents the early deletion of recovery points."""

    mode: NotRequired[VaultLockMode]
    """Mode of the lock. Default: ``governance``."""
    min_retention_days: NotRequired[int]
    """Minimum retention of a recovery point in days, 1 to 36500. Default: none."""
    max_retention_days: NotRequired[int]
    """Maximum retention of a recovery point in days, 1 to 36500. Default: none."""
    changeable_for_days: NotRequired[int]
    """Grace period in days, 3 to 36500, after which the lock and its recovery points can no longer
    be removed by anyone. Required with mode ``compliance`` and only valid with it.
    Default: none."""


class BackupCopyArgs(TypedDict):
    """A copy of every recovery point in another region."""

    region: str
    """Destination region, such as ``eu-west-1``. Must differ from the platform's region."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the destination vault. Default: the AWS managed key for AWS Backup there."""
    cold_storage_after_days: NotRequired[int]
    """Days until a copy moves to cold storage, 0 to 36500; 0 means never. Default: the value of
    ``backup.cold_storage_after_days``."""
    delete_after_days: NotRequired[int]
    """Days until a copy is deleted, 0 to 36500; 0 means never. Default: the value of
    ``backup.delete_after_days``."""


class RestoreTestArgs(TypedDict):
    """A restore testing plan: AWS Backup restores the latest recovery point to a new file system,
    validates it and deletes it."""

    schedule: NotRequired[str]
    """AWS cron expression in the time zone of ``backup``, here for Sundays at 06:00.
    Default: ``cron(0 6 ? * SUN *)``."""
    selection_window_days: NotRequired[int]
    """Days to look back for the latest recovery point, 1 to 365. The test fails if all are older.
    Default: ``7``."""
    validation_window_hours: NotRequired[int]
    """Hours that the restored file system is kept for inspection, 1 to 168. Default: ``1``."""


class BackupArgs(TypedDict):
    """Backups of the Jenkins home. The vault and the role are always created, so that recovery
    points survive when backups are disabled; an empty vault is free."""

    enabled: NotRequired[bool]
    """Whether to create scheduled backups. Default: ``true``."""
    schedule: NotRequired[str]
    """AWS cron expression with six fields in the time zone of ``time_zone``, here for every day at
    midnight. AWS Backup starts jobs at most once an hour, so the minutes must be a single number.
    Default: ``cron(0 0 * * ? *)``."""
    time_zone: NotRequired[str]
    """IANA time zone of the schedules, such as ``Europe/Berlin``. Default: ``UTC``."""
    start_window_minutes: NotRequired[int]
    """Minutes within which a backup job must start, 60 to 10080. Default: ``60``."""
    completion_window_minutes: NotRequired[int]
    """Minutes within which a backup job must complete, at least ``start_window_minutes`` + 60 and
    at most 10080. The first backup of a large home takes hours. Default: ``1440``."""
    cold_storage_after_days: NotRequired[int]
    """Days until a recovery point moves to cold storage, 0 to 36500; 0 means never.
    Default: ``30``."""
    delete_after_days: NotRequired[int]
    """Days until a recovery point is deleted, 0 to 36500; 0 means never. Must be at least
    ``cold_storage_after_days`` + 90, the minimum time in cold storage. Default: ``120``."""
    role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing IAM role for AWS Backup, with the permissions in docs/permissions.md. Its
    policies are not changed. Default: a role is created."""
    recovery_point_tags: NotRequired[dict[str, str]]
    """Additional tags of recovery points. Default: none."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the vault. AWS Backup cannot change the key of a vault; a change is refused.
    Default: the AWS managed key for AWS Backup."""
    lock: NotRequired[VaultLockArgs]
    """Lock of the vault. Default: none."""
    copy_to: NotRequired[BackupCopyArgs]
    """Copies in another region. Default: none."""
    restore_test: NotRequired[RestoreTestArgs]
    """Scheduled restore tests. ``jenkins-platform restore-drill`` runs one on demand.
    Default: none."""
