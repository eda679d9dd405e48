"""Which alarms the settings require. Independent of Pulumi."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inputs import Alarm, Event, MonitoringLevel, PerformanceMode, ThroughputMode

if TYPE_CHECKING:
    from . import Settings

COUNTED_EVENTS = {
    Alarm.CONTROLLER_RESTARTS: Event.CONTROLLER_STOPPED,
    Alarm.BACKUP_FAILED: Event.BACKUP_FAILED,
    Alarm.SPOT_INTERRUPTIONS: Event.SPOT_INTERRUPTED,
}
"""Alarms that count how often EventBridge matched an event."""


def kinds(settings: Settings) -> list[Alarm]:
    """The alarms to create."""
    disabled = settings.monitoring.disabled_alarms
    return [kind for kind in possible(settings) if kind not in disabled]


def possible(settings: Settings) -> list[Alarm]:
    """The alarms that are not pointless with the other inputs, disabled ones included."""
    monitoring, storage = settings.monitoring, settings.storage
    functions = (
        monitoring.level is MonitoringLevel.ALL,
        settings.agent_cloud.reaper.enabled,
        settings.agent_cloud.spot_circuit_breaker.enabled,
        settings.schedule is not None,
        settings.webhooks is not None,
        settings.jenkins.job_identity is not None,
    )
    only_if = {
        Alarm.FILE_SYSTEM_IO: storage.performance_mode is PerformanceMode.GENERAL_PURPOSE,
        Alarm.BURST_CREDITS: storage.throughput_mode is ThroughputMode.BURSTING,
        Alarm.BACKUP_FAILED: settings.backup.enabled,
        Alarm.SPOT_SUSPENDED: settings.agent_cloud.spot_circuit_breaker.enabled,
        Alarm.FUNCTION_ERRORS: any(functions),
        Alarm.WEBHOOKS_WAITING: settings.webhooks is not None,
        Alarm.WEBHOOKS_LOST: settings.webhooks is not None,
    }
    return [kind for kind in Alarm if monitoring.on and only_if.get(kind, True)]
