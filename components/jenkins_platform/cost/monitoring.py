"""What watching costs: logs, metrics, alarms, the dashboard, keys."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import MonitoringLevel
from ..settings.alarms import kinds as alarm_kinds
from ..settings.usage_estimate import HOURS_A_MONTH
from .subject import Line, Subject, builds

LOG_COMPRESSION = 0.15
"""Stored share of the logs that were taken in, as AWS's calculator reckons it."""
DAYS_A_MONTH = 30
CLUSTER_METRICS, SERVICE_METRICS, FAMILY_METRICS = 8, 11, 6
"""Metrics that Container Insights report for each cluster, service and family of tasks, charged for
the hours in which there are any: CloudWatch's price examples, from memory. The log events behind
them are not counted; they come to cents."""
BUILD_METRICS = 3
"""Metrics that `functions.meter` tells of every agent; those of failures come to cents."""


def metrics(subject: Subject) -> Iterator[Line]:
    """Logs and Container Insights."""
    settings, use = subject.settings, subject.use
    days = max(settings.controller.log_retention_days, settings.agent_cloud.log_retention_days)
    because = "log_gb"
    yield subject.line("logs and metrics", "logs taken in", "logs_ingested_gb", use.log_gb, because)
    kept = use.log_gb * LOG_COMPRESSION * days / DAYS_A_MONTH
    because = f"{days} days, compressed"
    yield subject.line("logs and metrics", "logs kept", "logs_stored_gb_month", kept, because)
    families = _family_hours(subject)
    metric_hours = (
        2 * CLUSTER_METRICS * HOURS_A_MONTH
        + (SERVICE_METRICS + FAMILY_METRICS) * subject.running_hours
        + sum(FAMILY_METRICS * min(hours, HOURS_A_MONTH) for hours in families.values())
    )
    yield subject.line(
        "logs and metrics",
        "Container Insights",
        "metric_month",
        metric_hours / HOURS_A_MONTH,
        "metrics of two clusters, one service and each family of tasks, while they run",
    )
    own = int(settings.schedule is not None) * HOURS_A_MONTH
    if settings.monitoring.level is MonitoringLevel.ALL:
        own += BUILD_METRICS * min(sum(families.values()), HOURS_A_MONTH)
    because = "whether it sleeps, and figures about agents while they run"
    yield subject.line(
        "logs and metrics", "metrics of its own", "metric_month", own / HOURS_A_MONTH, because
    )


def _family_hours(subject: Subject) -> dict[str, float]:
    """Build hours by template."""
    families: dict[str, float] = {}
    for group in builds(subject):
        families[group.template.name] = families.get(group.template.name, 0.0) + group.hours
    return families


def monitoring(subject: Subject) -> Iterator[Line]:
    """Alarms and the dashboard. Messages, rules, functions and schedules come to cents."""
    settings = subject.settings.monitoring
    yield subject.line(
        "monitoring",
        "alarms",
        "alarm_month",
        len(alarm_kinds(subject.settings)),
        f"monitoring.level {settings.level.value}",
    )
    yield subject.line(
        "monitoring",
        "composite alarm",
        "composite_alarm_month",
        int(settings.on and settings.alarms.composite),
        "monitoring.alarms.composite",
    )
    yield subject.line(
        "monitoring",
        "dashboard",
        "dashboard_month",
        int(settings.level is MonitoringLevel.ALL),
        "monitoring.level all",
    )
