"""Settings of the backups (AWS Backup API Reference, "BackupRule")."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import VaultLockMode
from .encryption import EncryptionKey
from .facts.regions import Region
from .tags import MAX_TAGS, TAGS_VALID, Tags
from .validation.arns import RoleArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.cron import BACKUP_VALID, BackupCron, TimeZone

NEVER = 0
"""Number of days that means never."""
_COLD_FOR_DAYS = 90
"""Minimum time in cold storage, which AWS Backup charges for."""
_WINDOW_MINUTES = 60
"""Minimum difference between the completion window and the start window."""
_LONGEST_DAYS = 36500
_DAYS = "0 (never) to 36500 days"


def lifecycle_problem(cold: int, delete: int) -> str | None:
    """Why a recovery point cannot be deleted after ``delete`` days, or None if it can."""
    if NEVER in (cold, delete) or delete >= cold + _COLD_FOR_DAYS:
        return None
    return (
        f"must be at least {cold + _COLD_FOR_DAYS}: recovery points move to cold storage after "
        f"{cold} days and stay there for at least {_COLD_FOR_DAYS}. Set cold_storage_after_days to "
        "0 to disable cold storage"
    )


class VaultLock(Group):
    """See `VaultLockArgs`."""

    mode: VaultLockMode = setting(VaultLockMode.GOVERNANCE, valid="governance or compliance")
    min_retention_days: int | None = setting(None, valid="1 to 36500 days", ge=1, le=_LONGEST_DAYS)
    max_retention_days: int | None = setting(None, valid="1 to 36500 days", ge=1, le=_LONGEST_DAYS)
    changeable_for_days: int | None = setting(
        None, valid="3 to 36500 days, with mode compliance", ge=3, le=_LONGEST_DAYS
    )

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the lock."""
        days, where = self.changeable_for_days, f"{key}.changeable_for_days"
        if self.mode is VaultLockMode.COMPLIANCE and days is None:
            yield Problem(where, None, "required with mode compliance")
        if self.mode is VaultLockMode.GOVERNANCE and days is not None:
            yield Problem(where, days, "is only valid with mode compliance")
        least, most = self.min_retention_days, self.max_retention_days
        if least and most and most < least:
            yield Problem(
                f"{key}.max_retention_days",
                most,
                f"must be at least min_retention_days, {least}",
            )

    def refuses(self, days: int) -> str | None:
        """Why the locked vault refuses recovery points with this retention, or None."""
        if self.min_retention_days and days != NEVER and days < self.min_retention_days:
            return f"is less than lock.min_retention_days, {self.min_retention_days}"
        if self.max_retention_days and (days == NEVER or days > self.max_retention_days):
            return f"is more than lock.max_retention_days, {self.max_retention_days}"
        return None


class BackupCopy(Group):
    """See `BackupCopyArgs`."""

    region: Region = setting(valid="a region other than the platform's")
    encryption_key: EncryptionKey | None = setting(None, valid="create or existing")
    cold_storage_after_days: int | None = setting(None, valid=_DAYS, ge=0, le=_LONGEST_DAYS)
    delete_after_days: int | None = setting(None, valid=_DAYS, ge=0, le=_LONGEST_DAYS)


class RestoreTest(Group):
    """See `RestoreTestArgs`. Limits: API Reference, "RestoreTestingSelectionForCreate"."""

    schedule: BackupCron = setting("cron(0 6 ? * SUN *)", valid=BACKUP_VALID)
    selection_window_days: int = setting(7, valid="1 to 365 days", ge=1, le=365)
    validation_window_hours: int = setting(1, valid="1 to 168 hours", ge=1, le=168)


class BackupSettings(Group):
    """See `BackupArgs`."""

    enabled: bool = setting(True, valid="true or false")
    schedule: BackupCron = setting("cron(0 0 * * ? *)", valid=BACKUP_VALID)
    time_zone: TimeZone = setting("UTC", valid="a time zone such as Europe/Berlin")
    start_window_minutes: int = setting(60, valid="60 to 10080 minutes", ge=60, le=10080)
    completion_window_minutes: int = setting(
        1440, valid="start_window_minutes + 60 to 10080 minutes", ge=120, le=10080
    )
    cold_storage_after_days: int = setting(30, valid=_DAYS, ge=0, le=_LONGEST_DAYS)
    delete_after_days: int = setting(120, valid=_DAYS, ge=0, le=_LONGEST_DAYS)
    role_arn: OutputOr[RoleArn] | None = setting(None, valid="the ARN of an IAM role")
    recovery_point_tags: Tags = setting({}, valid=TAGS_VALID, max_length=MAX_TAGS)
    encryption_key: EncryptionKey | None = setting(None, valid="create or existing")
    lock: VaultLock | None = setting(None, valid="mode and retention")
    copy_to: BackupCopy | None = setting(None, valid="region, encryption_key, …")
    restore_test: RestoreTest | None = setting(None, valid="schedule, selection_window_days, …")

    @property
    def copy_lifecycle(self) -> tuple[int, int]:
        """Days until a copy moves to cold storage and until it is deleted."""
        copy = self.copy_to
        cold = copy.cold_storage_after_days if copy else None
        delete = copy.delete_after_days if copy else None
        return (
            self.cold_storage_after_days if cold is None else cold,
            self.delete_after_days if delete is None else delete,
        )

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems between the schedule, the retention and the lock."""
        least = self.start_window_minutes + _WINDOW_MINUTES
        if self.completion_window_minutes < least:
            yield Problem(
                f"{key}.completion_window_minutes",
                self.completion_window_minutes,
                f"must be at least {least}, start_window_minutes + {_WINDOW_MINUTES}",
            )
        where = f"{key}.delete_after_days"
        days = self.delete_after_days
        if problem := lifecycle_problem(self.cold_storage_after_days, days):
            yield Problem(where, days, problem)
        if self.lock and (problem := self.lock.refuses(days)):
            yield Problem(where, days, problem)
        if self.copy_to and (problem := lifecycle_problem(*self.copy_lifecycle)):
            yield Problem(f"{key}.copy_to.delete_after_days", self.copy_lifecycle[1], problem)
        if self.restore_test and not self.enabled:
            yield Problem(f"{key}.restore_test", "…", "is only valid with enabled true")
