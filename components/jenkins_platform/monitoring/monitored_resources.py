"""What is monitored, and the metrics that are counted from events and log lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from ..functions.metrics import NAMESPACE
from ..inputs import Alarm, Event
from ..outputs import concat
from ..settings.alarms import COUNTED_EVENTS
from .alarm_definition import Metric, Text

LOG_ERRORS, AGENTS_REFUSED = "LogErrors", "AgentsRefused"
"""Metrics of the metric filters."""


@dataclass(frozen=True)
class MonitoredResources:
    """What is monitored, by the names that CloudWatch uses.

    Attributes:
        rules: Names of the rules that match events; at least those of `COUNTED_EVENTS`.
        webhook_queues: Names of the queues of waiting and lost webhooks, if there are any.
    """

    platform: Text
    load_balancer: Text
    target_group: Text
    controller_cluster: Text
    service: Text
    file_system: Text
    functions: Sequence[Text]
    rules: Mapping[Event, Text]
    webhook_queues: tuple[Text, Text] | None = None


def happened(of: MonitoredResources, kind: Alarm) -> list[Metric]:
    """How often EventBridge matched what an alarm counts; empty without a rule."""
    rule = of.rules.get(COUNTED_EVENTS[kind])
    return [Metric("AWS/Events", "TriggeredRules", {"RuleName": rule}, "Sum")] if rule else []


def counted_namespace(platform: Text) -> pulumi.Output[str]:
    """Namespace of the metric filters. Their dimensions come from the lines that they match, and
    Jenkins's lines do not name the platform."""
    return concat(NAMESPACE, "/", platform)


def counted(of: MonitoredResources, name: str) -> Metric:
    """A metric of a metric filter."""
    return Metric(counted_namespace(of.platform), name, {}, "Sum")
