"""Settings of the backups."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import VaultLockMode
from .base import Group, Late, Problem, setting
from .encryption import EncryptionKey
from .values import Cron, Region, RoleArn, Tags, TimeZone

NEVER = 0
"""As a number of days: never."""
_COLD_FOR_DAYS = 90
"""AWS Backup keeps, and bills, a recovery point in cold storage for at least this long."""
_WINDOW_MINUTES = 60
"""AWS Backup wants a completion window that is this much longer than the start window."""
_LONGEST_DAYS = 36500
_DAYS = "0 (never) to 36500 days"


def lifecycle_problem(cold: int, delete: int) -> str | None:
    """Why a recovery point cannot be deleted so early; None where it can."""
    if NEVER in (cold, delete) or delete >= cold + _COLD_FOR_DAYS:
        return None
    return (
        f"should be at least {cold + _COLD_FOR_DAYS}: a recovery point moves to cold storage after "
        f"{cold} days and stays there for at least {_COLD_FOR_DAYS}. Without cold storage "
        "(cold_storage_after_days: 0) it may be deleted any time"
    )


class VaultLock(Group):
    mode: VaultLockMode = setting(VaultLockMode.GOVERNANCE, valid="governance or compliance")
    min_retention_days: int | None = setting(None, valid="1 to 36500 days", ge=1, le=_LONGEST_DAYS)
    max_retention_days: int | None = setting(None, valid="1 to 36500 days", ge=1, le=_LONGEST_DAYS)
    changeable_for_days: int | None = setting(
        None, valid="3 to 36500 days, with mode compliance", ge=3, le=_LONGEST_DAYS
    )

    def rules(self, key: str) -> Iterator[Problem]:
        days, where = self.changeable_for_days, f"{key}.changeable_for_days"
        if self.mode is VaultLockMode.COMPLIANCE and days is None:
            yield Problem(where, None, "required with mode compliance: the lock is final after it")
        if self.mode is VaultLockMode.GOVERNANCE and days is not None:
            yield Problem(where, days, "goes with mode compliance, not governance")
        least, most = self.min_retention_days, self.max_retention_days
        if least and most and most < least:
            yield Problem(
                f"{key}.max_retention_days",
                most,
                f"should not be less than min_retention_days, {least}",
            )

    def refuses(self, days: int) -> str | None:
        """Why the locked vault would refuse recovery points that are deleted after ``days``."""
        if self.min_retention_days and days != NEVER and days < self.min_retention_days:
            return f"is less than lock.min_retention_days, {self.min_retention_days}"
        if self.max_retention_days and (days == NEVER or days > self.max_retention_days):
            return f"is more than lock.max_retention_days, {self.max_retention_days}"
        return None


class BackupCopy(Group):
    region: Region = setting(valid="the code of another region")
    encryption_key: EncryptionKey | None = setting(None, valid="create or adopt")
    cold_storage_after_days: int | None = setting(None, valid=_DAYS, ge=0, le=_LONGEST_DAYS)
    delete_after_days: int | None = setting(None, valid=_DAYS, ge=0, le=_LONGEST_DAYS)


class RestoreTest(Group):
    schedule: Cron = setting("cron(0 6 ? * SUN *)", valid="a cron expression of AWS")
    selection_window_days: int = setting(7, valid="1 to 365 days", ge=1, le=365)
    validation_window_hours: int = setting(1, valid="0 to 168 hours", ge=0, le=168)


class BackupSettings(Group):
    enabled: bool = setting(True, valid="true or false")
    schedule: Cron = setting("cron(0 0 * * ? *)", valid="a cron expression of AWS")
    time_zone: TimeZone = setting("UTC", valid="a time zone such as Europe/Berlin")
    start_window_minutes: int = setting(60, valid="60 to 10080 minutes", ge=60, le=10080)
    completion_window_minutes: int = setting(
        1440, valid="start_window_minutes + 60 to 10080 minutes", ge=120, le=10080
    )
    cold_storage_after_days: int = setting(30, valid=_DAYS, ge=0, le=_LONGEST_DAYS)
    delete_after_days: int = setting(120, valid=_DAYS, ge=0, le=_LONGEST_DAYS)
    role_arn: Late[RoleArn] | None = setting(None, valid="the ARN of an IAM role")
    recovery_point_tags: Tags = setting({}, valid="up to 40 tags", max_length=40)
    encryption_key: EncryptionKey | None = setting(None, valid="create or adopt")
    lock: VaultLock | None = setting(None, valid="mode and retention")
    copy_to: BackupCopy | None = setting(None, valid="region, encryption_key, …")
    restore_test: RestoreTest | None = setting(None, valid="schedule, selection_window_days, …")

    @property
    def copy_lifecycle(self) -> tuple[int, int]:
        """Days until a copy moves to cold storage, and until it is deleted."""
        copy = self.copy_to
        cold = copy.cold_storage_after_days if copy else None
        delete = copy.delete_after_days if copy else None
        return (
            self.cold_storage_after_days if cold is None else cold,
            self.delete_after_days if delete is None else delete,
        )

    def rules(self, key: str) -> Iterator[Problem]:
        least = self.start_window_minutes + _WINDOW_MINUTES
        if self.completion_window_minutes < least:
            yield Problem(
                f"{key}.completion_window_minutes",
                self.completion_window_minutes,
                f"should be at least {least}: {_WINDOW_MINUTES} more than start_window_minutes",
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
            yield Problem(f"{key}.restore_test", "…", "has nothing to restore: enabled is false")
