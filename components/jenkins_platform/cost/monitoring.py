"""Cost of monitoring: logs, metrics, alarms and the dashboard."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import MonitoringLevel
from ..settings.alarms import kinds as alarm_kinds
from ..settings.usage_estimate import HOURS_A_MONTH
from .subject import Line, Subject, builds

LOG_COMPRESSION = 0.15
"""Ratio of stored to ingested log data in the AWS Pricing Calculator."""
DAYS_A_MONTH = 30
CLUSTER_METRICS, SERVICE_METRICS, FAMILY_METRICS = 8, 11, 6
"""Container Insights metrics per cluster, service and task family, charged for the hours in which
they are reported (pricing examples of CloudWatch). Their log events cost cents and are omitted."""
BUILD_METRICS = 3
"""Metrics that `functions.meter` publishes for every agent. Metrics of failures cost cents."""


def metrics(subject: Subject) -> Iterator[Line]:
    """Logs and Container Insights."""
    settings, use = subject.settings, subject.use
    days = max(settings.controller.log_retention_days, settings.agent_cloud.log_retention_days)
    because = "log_gb"
    yield subject.line("logs and metrics", "log ingestion", "logs_ingested_gb", use.log_gb, because)
    kept = use.log_gb * LOG_COMPRESSION * days / DAYS_A_MONTH
    because = f"{days} days, compressed"
    yield subject.line("logs and metrics", "log storage", "logs_stored_gb_month", kept, because)
    families = _family_hours(subject)
    clusters = 1 if settings.agent_cloud.cluster_arn is not None else 2
    metric_hours = (
        clusters * CLUSTER_METRICS * HOURS_A_MONTH
        + (SERVICE_METRICS + FAMILY_METRICS) * subject.running_hours
        + sum(FAMILY_METRICS * min(hours, HOURS_A_MONTH) for hours in families.values())
    )
    yield subject.line(
        "logs and metrics",
        "Container Insights",
        "metric_month",
        metric_hours / HOURS_A_MONTH,
        f"clusters: {clusters}, one service and each running task family",
    )
    own = int(settings.schedule is not None) * HOURS_A_MONTH
    if settings.monitoring.level is MonitoringLevel.ALL:
        own += BUILD_METRICS * min(sum(families.values()), HOURS_A_MONTH)
    because = "sleep state, and metrics of running agents"
    yield subject.line(
        "logs and metrics", "custom metrics", "metric_month", own / HOURS_A_MONTH, because
    )


def _family_hours(subject: Subject) -> dict[str, float]:
    """Build hours by template."""
    families: dict[str, float] = {}
    for group in builds(subject):
        families[group.template.name] = families.get(group.template.name, 0.0) + group.hours
    return families


def monitoring(subject: Subject) -> Iterator[Line]:
    """Alarms and the dashboard. Notifications, rules, functions and schedules cost cents."""
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
