"""Settings of watching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import Alarm, Event, FlowLogDestination, FlowLogTraffic, MonitoringLevel
from .base import Group, Late, Problem, setting
from .encryption import EncryptionKey
from .values import LOG_RETENTION_VALID, EmailAddress, LogRetention, TopicArn, matching

Webhook = Annotated[str, matching(r"https://[^\s/]+(/\S*)?", "a URL that starts with https://")]
WebhookName = Annotated[
    str, matching(r"[a-z][a-z0-9-]{0,30}", "a lower-case letter, then letters, digits and hyphens")
]
PERIOD_MINUTES = 5
_COUNT = "1 to 10000"
_EVENTS = tuple(e for e in Event if e is not Event.SPOT_INTERRUPTED)


class TopicSettings(Group):
    existing: Late[TopicArn] | None = setting(None, valid="the ARN of an SNS topic")


class AlarmsSettings(Group):
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


class FlowLogsSettings(Group):
    destination: FlowLogDestination = setting(
        FlowLogDestination.CLOUD_WATCH, valid="cloudwatch or s3"
    )
    traffic: FlowLogTraffic = setting(FlowLogTraffic.REJECT, valid="reject, accept or all")
    retention_days: LogRetention = setting(30, valid=LOG_RETENTION_VALID)


class MonitoringSettings(Group):
    level: MonitoringLevel = setting(MonitoringLevel.ALARMS, valid="all, alarms or none")
    topic: TopicSettings = setting(TopicSettings(), valid="a group")
    email_addresses: tuple[EmailAddress, ...] = setting((), valid="a list of e-mail addresses")
    webhooks: dict[WebhookName, Late[Webhook]] = setting(
        {}, valid="URLs by names of yours", hidden=True
    )
    alarms: AlarmsSettings = setting(AlarmsSettings(), valid="a group")
    disabled_alarms: tuple[Alarm, ...] = setting(
        (), valid=f"a list of {', '.join(a.value for a in Alarm)}"
    )
    events: tuple[Event, ...] = setting(
        _EVENTS, valid=f"a list of {', '.join(e.value for e in Event)}"
    )
    prometheus: bool = setting(False, valid="true or false")
    log_key: EncryptionKey | None = setting(None, valid="create or adopt")
    flow_logs: FlowLogsSettings | None = setting(None, valid="a group")

    @property
    def on(self) -> bool:
        return self.level is not MonitoringLevel.NONE

    def rules(self, key: str) -> Iterator[Problem]:
        both = {Alarm.NO_HEALTHY_TARGET, Alarm.NO_RUNNING_CONTROLLER}
        if self.alarms.composite and (missing := both & set(self.disabled_alarms)):
            yield Problem(
                f"{key}.disabled_alarms",
                sorted(a.value for a in missing),
                "the composite alarm is made of them. Enable them, or leave out `alarms.composite`",
            )
        if not self.on:
            for name in ("email_addresses", "webhooks"):
                # A webhook's URL may be a secret: only its name is told.
                if given := list(getattr(self, name)):
                    yield Problem(
                        f"{key}.{name}",
                        given,
                        "would be told nothing with level none. Leave one of the two out",
                    )
        if len(set(self.email_addresses)) != len(self.email_addresses):
            yield Problem(f"{key}.email_addresses", list(self.email_addresses), "names one twice")
