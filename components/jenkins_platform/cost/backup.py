"""Cost of copies of the Jenkins home: recovery points, cross-region copies, a replica."""

from __future__ import annotations

from collections.abc import Iterator

from .monitoring import DAYS_A_MONTH
from .subject import Line, Subject

DAYS_A_YEAR = 365
"""Retention that the estimate assumes for recovery points that do not expire."""


def backup(subject: Subject) -> Iterator[Line]:
    """Recovery points of the home, their copies in another region, and a replica of the home."""
    settings, use = subject.settings, subject.use
    if settings.backup.enabled:
        plain = (settings.backup.cold_storage_after_days, settings.backup.delete_after_days)
        yield from _recovery_points(subject, "recovery points", *plain)
    if settings.backup.enabled and settings.backup.copy_to:
        yield from _recovery_points(subject, "copied points", *settings.backup.copy_lifecycle)
    if settings.storage.replication:
        because = "home_gb; the price in the other region may differ"
        price = "efs_standard_gb_month"
        yield subject.line("storage", "replica in another region", price, use.home_gb, because)


def _recovery_points(subject: Subject, what: str, cold: int, delete: int) -> Iterator[Line]:
    """One full recovery point and incremental ones with the data written since the previous one."""
    use = subject.use
    kept = delete or DAYS_A_YEAR
    warm = min(cold or kept, kept)
    changed_gb = use.home_written_gb / DAYS_A_MONTH
    for kind, price, quantity in (
        ("warm", "backup_warm_gb_month", use.home_gb + changed_gb * warm),
        ("cold", "backup_cold_gb_month", changed_gb * (kept - warm)),
    ):
        days = warm if kind == "warm" else kept - warm
        because = f"home_gb and home_written_gb, {days} days {kind}"
        yield subject.line("backup", f"{what}, {kind}", price, quantity, because)
