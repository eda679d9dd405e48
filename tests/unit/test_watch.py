"""What is watched, as it is registered."""

from __future__ import annotations

import json
from functools import lru_cache

from jenkins_platform import JenkinsPlatform
from jenkins_platform.inputs import Alarm, Event

from tests.support.mocks import Registration, register

NOT_BY_DEFAULT = {Alarm.BURST_CREDITS}
"""Bursting throughput is asked for by nobody here."""
ASKED = [Event.CONTROLLER_STOPPED, Event.SPOT_INTERRUPTED]


@lru_cache
def registered() -> list[Registration]:
    watch = {
        "email_addresses": ["ops@example.com"],
        "events": ASKED,
        "flow_logs": {"traffic": "all"},
        "log_key": {"create": {}},
    }
    return register(lambda: JenkinsPlatform("jenkins", {"watch": watch}))  # type: ignore[typeddict-item]


def of(token: str) -> list[Registration]:
    return [r for r in registered() if r.token == token]


def test_every_alarm_is_there_tells_somebody_and_says_what_to_do() -> None:
    alarms = of("aws:cloudwatch/metricAlarm:MetricAlarm")
    names = {r.name.removeprefix("jenkins-") for r in alarms}
    assert names == {a.value for a in set(Alarm) - NOT_BY_DEFAULT}
    (topic,) = of("aws:sns/topic:Topic")
    for alarm in alarms:
        assert "What to do: " in alarm.inputs["alarmDescription"], alarm.name
        assert [arn for arn in alarm.inputs["alarmActions"] if arn.endswith(topic.name)]


def test_only_the_events_that_were_asked_for_are_sent() -> None:
    targets = of("aws:cloudwatch/eventTarget:EventTarget")
    told = [t.name for t in targets if "inputTransformer" in t.inputs]
    assert sorted(told) == [f"jenkins-event-{e.value}" for e in ASKED]


def test_flow_logs_note_the_traffic_of_the_vpc_that_was_made() -> None:
    (log,) = of("aws:ec2/flowLog:FlowLog")
    assert log.inputs["trafficType"] == "ALL"
    assert log.inputs["vpcId"] == "jenkins-vpc-id"
    assert log.inputs["logDestinationType"] == "cloud-watch-logs"


def test_the_key_for_logs_rotates_and_is_for_the_platforms_groups_only() -> None:
    (key,) = [k for k in of("aws:kms/key:Key") if "logs" in k.name]
    assert key.inputs["enableKeyRotation"] is True
    statements = json.loads(key.inputs["policy"])["Statement"]
    (by_logs,) = [s for s in statements if "logs." in str(s["Principal"])]
    (allowed,) = by_logs["Condition"].values()
    (arns,) = allowed.values()
    groups = {
        g.inputs["name"] for g in of("aws:cloudwatch/logGroup:LogGroup") if "kmsKeyId" in g.inputs
    }
    assert groups
    assert {arn.rsplit(":", 1)[-1] for arn in arns} == groups
