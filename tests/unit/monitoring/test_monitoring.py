"""Watching: what is registered for it with which settings."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from jenkins_platform.inputs import Alarm, Event
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL, WITHOUT_FUNCTIONS
from harness.stacks.mocks import platform
from harness.stacks.parts import monitoring, parts
from harness.stacks.registered import EVERYTHING, OPTIONAL, by_role, one

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def registered(**args: Any) -> dict[str, Registration]:
    """What the monitoring of a platform registers, by its names and types."""
    found = parts(monitoring, args)
    return {f"{r.token} {r.name}": r for r in found if r.custom}


def alarms(**args: Any) -> set[str]:
    found = registered(**args)
    return {k.split(" jenkins-")[1] for k in found if k.startswith(ALARM)}


EVERY = {a.value for a in Alarm} - {"webhooks-waiting", "webhooks-lost"}
"""Every alarm but those of the endpoint for webhooks."""


@pytest.mark.parametrize(
    ("args", "missing"),
    [
        ({}, {"burst-credits"}),
        ({"storage": {"throughput_mode": "bursting"}}, set()),
        ({"backup": {"enabled": False}}, {"burst-credits", "backup-failed"}),
        (
            {"storage": {"throughput_mode": "bursting", "performance_mode": "maxIO"}},
            {"file-system-io"},
        ),
        (
            {
                "agent_cloud": {
                    "reaper": {"enabled": False},
                    "spot_circuit_breaker": {"enabled": False},
                }
            },
            {"burst-credits", "function-errors", "spot-suspended"},
        ),
        ({"monitoring": {"disabled_alarms": ["log-errors"]}}, {"burst-credits", "log-errors"}),
    ],
)
def test_only_alarms_that_can_fire_are_created(args: dict[str, Any], missing: set[str]) -> None:
    assert alarms(**args) == EVERY - missing


def test_a_platform_without_functions_and_backups_has_no_alarms_of_them() -> None:
    found = by_role(ALARM, {**WITHOUT_FUNCTIONS, "monitoring": {"level": "alarms"}})
    assert set(found) == EVERY - {
        *("burst-credits", "backup-failed", "function-errors", "spot-suspended")
    }


@pytest.mark.parametrize("args", [EVERYTHING, OPTIONAL], ids=["everything", "optional"])
def test_a_platform_monitors_its_own_resources(args: dict[str, Any]) -> None:
    whole = {f"{r.token} {r.name}": r for r in platform(args)}
    kinds = ("metricAlarm", "compositeAlarm", "eventRule", "eventTarget", "dashboard")
    alone = {
        key: resource.inputs
        for key, resource in registered(**args).items()
        if key.startswith(tuple(f"aws:cloudwatch/{kind}:" for kind in kinds))
    }
    assert len(alone) > 20
    assert {key: whole[key].inputs for key in alone} == alone


def test_without_monitoring_there_are_no_alarms() -> None:
    assert by_role(ALARM, SMALL) == {}


def test_by_default_no_function_counts_agents_and_there_is_no_dashboard() -> None:
    assert by_role("aws:cloudwatch/dashboard:Dashboard") == {}
    assert set(by_role("aws:lambda/function:Function")) == {"reaper", "spot-breaker"}


def test_the_composite_alarm_notifies_instead_of_its_parts() -> None:
    found = registered(monitoring={"alarms": {"composite": True}})
    down = found["aws:cloudwatch/compositeAlarm:CompositeAlarm jenkins-down"]
    both = [found[f"{ALARM} jenkins-{n}"] for n in ("no-healthy-target", "no-running-controller")]
    assert [p.inputs.get("alarmActions") for p in both] == [[], []]
    named = re.fullmatch(r'ALARM\("(\S+)"\) OR ALARM\("(\S+)"\)', down.inputs["alarmRule"])
    assert named is not None
    assert [arn.rsplit(":", 1)[-1] for arn in named.groups()] == [p.name for p in both]
    assert len(down.inputs["alarmActions"]) == 1


def test_an_existing_topic_is_used_and_no_key_is_created() -> None:
    topic = "arn:aws:sns:eu-central-1:123456789012:ops"
    found = registered(monitoring={"topic": {"existing": topic}})
    assert not [k for k in found if k.startswith(("aws:sns/topic:", "aws:kms/"))]
    for key, resource in found.items():
        if key.startswith(ALARM):
            assert resource.inputs["alarmActions"] == [topic]


NOT_BY_DEFAULT = {Alarm.BURST_CREDITS, Alarm.WEBHOOKS_WAITING, Alarm.WEBHOOKS_LOST}
"""Alarms of what is not configured here: bursting throughput and the endpoint for webhooks."""
ASKED = [Event.CONTROLLER_STOPPED, Event.SPOT_INTERRUPTED]


@cache
def with_two_events() -> list[Registration]:
    asked = {"email_addresses": ["ops@example.com"], "events": ASKED}
    return parts(monitoring, {"monitoring": asked})


def of(token: str) -> list[Registration]:
    return [r for r in with_two_events() if r.token == token]


def test_every_alarm_notifies_and_says_what_to_do() -> None:
    alarms = of("aws:cloudwatch/metricAlarm:MetricAlarm")
    names = {r.name.removeprefix("jenkins-") for r in alarms}
    assert names == {a.value for a in set(Alarm) - NOT_BY_DEFAULT}
    (topic,) = of("aws:sns/topic:Topic")
    for alarm in alarms:
        assert "What to do: " in alarm.inputs["alarmDescription"], alarm.name
        assert [arn for arn in alarm.inputs["alarmActions"] if arn.endswith(topic.name)]


def test_only_the_events_that_were_asked_for_are_sent() -> None:
    targets = of("aws:cloudwatch/eventTarget:EventTarget")
    sent = [t.name for t in targets if "inputTransformer" in t.inputs]
    assert sorted(sent) == [f"jenkins-event-{e.value}" for e in ASKED]


def test_flow_logs_record_the_traffic_of_the_created_vpc() -> None:
    log = one("aws:ec2/flowLog:FlowLog", EVERYTHING)
    assert log.inputs["trafficType"] == "ALL"
    assert log.inputs["vpcId"] == "jenkins-vpc-id"
    assert log.inputs["logDestinationType"] == "cloud-watch-logs"


def test_the_key_for_logs_rotates_and_is_for_the_platforms_groups_only() -> None:
    key = by_role("aws:kms/key:Key", EVERYTHING)["logs"]
    assert key.inputs["enableKeyRotation"] is True
    statements = json.loads(key.inputs["policy"])["Statement"]
    (by_logs,) = [s for s in statements if "logs." in str(s["Principal"])]
    (allowed,) = by_logs["Condition"].values()
    assert allowed == {
        "kms:EncryptionContext:aws:logs:arn": [
            f"arn:aws:logs:eu-central-1:123456789012:log-group:{name}"
            for name in ("jenkins-abcdef-*", "aws-waf-logs-jenkins-abcdef")
        ]
    }
    groups = by_role("aws:cloudwatch/logGroup:LogGroup", EVERYTHING).values()
    encrypted = [g.inputs["name"] for g in groups if "kmsKeyId" in g.inputs]
    assert len(encrypted) > 1
    others = [name for name in encrypted if not name.startswith("jenkins-abcdef-")]
    assert others == ["aws-waf-logs-jenkins-abcdef"]
