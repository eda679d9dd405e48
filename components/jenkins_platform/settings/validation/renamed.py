"""Inputs that were renamed before 0.1.0, so that errors can name the new one."""

from __future__ import annotations

from collections.abc import Container

RENAMED = {
    "adopt": ("existing",),
    "archive_after": ("transition_to_archive_after",),
    "awake_hours": ("running_hours",),
    "data_protection": ("removal_policy",),
    "entrance": ("load_balancer",),
    "entrance_gb": ("load_balancer_gb",),
    "expected_use": ("usage_estimate",),
    "infrequent_access_after": ("transition_to_ia_after",),
    "keep_hours": ("validation_window_hours",),
    "newest_within_days": ("selection_window_days",),
    "return_on_access": ("transition_to_primary_on_access",),
    "scope": ("level",),
    "wait_minutes": ("drain_timeout_minutes",),
    "watch": ("monitoring",),
    "without": ("disabled_alarms", "monitoring.disabled_alarms"),
    "zone_names": ("availability_zones",),
    "zones": ("availability_zone_count",),
}
"""New names by the old name: a key in the same group, or the path of another input."""


def new_name(old: str, known: Container[str]) -> str | None:
    """The new name of an input, or None if ``old`` was not an input of this group."""
    names = RENAMED.get(old, ())
    return next((name for name in names if name in known or "." in name), None)
