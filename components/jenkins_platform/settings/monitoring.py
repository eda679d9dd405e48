"""Settings of monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import (
    Alarm,
    Event,
    FlowLogDestination,
    FlowLogTraffic,
    MessageFormat,
    MonitoringLevel,
)
from .encryption import EncryptionKey
from .validation.arns import TopicArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import no_duplicates
from .validation.values import LOG_RETENTION_VALID, EmailAddress, LogRetention, matching

Webhook = Annotated[str, matching(r"https://[^\s/]+(/\S*)?", "a URL that starts with https://")]
WebhookName = Annotated[
    str,
    matching(
        r"[a-z][a-z0-9-]{0,30}", "a lowercase letter, then lowercase letters, digits and hyphens"
    ),
]
PERIOD_MINUTES = 5
_COUNT = "1 to 10000"
_EVENTS = tuple(e for e in Event if e not in (Event.SPOT_INTERRUPTED, Event.BUILD_FAILED))


class TopicSettings(Group):
    """See `TopicArgs`."""

    existing: OutputOr[TopicArn] | None = setting(None, valid="the ARN of an SNS topic")


class AlarmsSettings(Group):
    """See `AlarmsArgs`."""

    composite: bool = setting(False, valid="true or false")
    down_minutes: int = setting(
        10, valid="5 to 60, a multiple of 5", ge=5, le=60, multiple_of=PERIOD_MINUTES
    )
    cpu_percent: int = setting(90, valid="10 to 100", ge=10, le=100)
    memory_percent: int = setting(90, valid="10 to 100", ge=10, le=100)
    response_seconds: float = setting(5, valid="0.1 to 60", ge=0.1, le=60)
    server_errors: int = setting(10, valid=_COUNT, ge=1, le=10_000)
    agents_not_placed: int = setting(5, valid=_COUNT, ge=1, le=10_000)
    spot_interruptions: int = setting(20, valid=_COUNT, ge=1, le=10_000)
    log_errors: int = setting(20, valid=_COUNT, ge=1, le=10_000)
    webhook_minutes: int = setting(30, valid="10 to 1440 minutes", ge=10, le=1440)


class FlowLogsSettings(Group):
    """See `FlowLogsArgs`."""

    destination: FlowLogDestination = setting(
        FlowLogDestination.CLOUD_WATCH, valid="cloudwatch or s3"
    )
    traffic: FlowLogTraffic = setting(FlowLogTraffic.REJECT, valid="reject, accept or all")
    retention_days: LogRetention = setting(30, valid=LOG_RETENTION_VALID)


CollectorUrl = Annotated[
    str,
    matching(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/?", "a URL like http://collector:4317"),
]


class MonitoringSettings(Group):
    """See `MonitoringArgs`."""

    level: MonitoringLevel = setting(MonitoringLevel.ALARMS, valid="all, alarms or none")
    topic: TopicSettings = setting(TopicSettings(), valid="a group")
    email_addresses: tuple[EmailAddress, ...] = setting((), valid="a list of email addresses")
    webhooks: dict[WebhookName, OutputOr[Webhook]] = setting(
        {}, valid="a map of names to URLs", hidden=True
    )
    alarms: AlarmsSettings = setting(AlarmsSettings(), valid="a group")
    disabled_alarms: tuple[Alarm, ...] = setting(
        (), valid=f"a list of {', '.join(a.value for a in Alarm)}"
    )
    events: tuple[Event, ...] = setting(
        _EVENTS, valid=f"a list of {', '.join(e.value for e in Event)}"
    )
    message_format: MessageFormat = setting(MessageFormat.TEXT, valid="text or chat")
    prometheus: bool = setting(False, valid="true or false")
    audit_trail: bool = setting(False, valid="true or false")
    opentelemetry_endpoint: CollectorUrl | None = setting(
        None, valid="the URL of an OpenTelemetry collector"
    )
    log_key: EncryptionKey | None = setting(None, valid="create or existing")
    flow_logs: FlowLogsSettings | None = setting(None, valid="a group")

    @property
    def on(self) -> bool:
        """Whether anything is monitored."""
        return self.level is not MonitoringLevel.NONE

    @property
    def reports_builds(self) -> bool:
        """Whether Jenkins reports failed builds."""
        return self.on and Event.BUILD_FAILED in self.events

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the composite alarm and of subscriptions."""
        both = {Alarm.NO_HEALTHY_TARGET, Alarm.NO_RUNNING_CONTROLLER}
        if self.alarms.composite and (missing := both & set(self.disabled_alarms)):
            yield Problem(
                f"{key}.disabled_alarms",
                sorted(a.value for a in missing),
                "the composite alarm requires them. Enable them, or disable `alarms.composite`",
            )
        if not self.on:
            for name in ("email_addresses", "webhooks"):
                # A webhook's URL can be a secret: only its name is shown.
                if given := list(getattr(self, name)):
                    yield Problem(
                        f"{key}.{name}",
                        given,
                        "has no effect with level none. Remove it, or set another level",
                    )
            if self.message_format is not MessageFormat.TEXT:
                yield Problem(
                    f"{key}.message_format",
                    self.message_format,
                    "has no effect with level none. Remove it, or set another level",
                )
        yield from no_duplicates(f"{key}.email_addresses", self.email_addresses, same=str.lower)
        for name in ("disabled_alarms", "events"):
            yield from no_duplicates(f"{key}.{name}", [item.value for item in getattr(self, name)])
