"""Which alarms are created, by what there is to watch."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.inputs import Alarm
from jenkins_platform.settings import Settings
from jenkins_platform.settings.alarms import kinds

from harness.inputs.changes import BY_HAND

PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/hooks"
NO_FUNCTIONS: dict[str, Any] = {
    "monitoring": {"level": "alarms"},
    "agent_cloud": {"reaper": {"enabled": False}, "spot_circuit_breaker": {"enabled": False}},
}
WEBHOOKS = {Alarm.WEBHOOKS_WAITING, Alarm.WEBHOOKS_LOST}
ALWAYS = set(Alarm) - {Alarm.BURST_CREDITS, Alarm.SPOT_SUSPENDED, Alarm.FUNCTION_ERRORS, *WEBHOOKS}
WITH_FUNCTIONS = ALWAYS | {Alarm.FUNCTION_ERRORS}
BURSTING = {"throughput_mode": "bursting"}
PROVISIONED = {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 10}


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, ALWAYS),
        ({"monitoring": {"level": "all"}}, WITH_FUNCTIONS),
        (
            {"agent_cloud": {**NO_FUNCTIONS["agent_cloud"], "reaper": {"enabled": True}}},
            WITH_FUNCTIONS,
        ),
        (
            {"agent_cloud": {"reaper": {"enabled": False}}},
            WITH_FUNCTIONS | {Alarm.SPOT_SUSPENDED},
        ),
        ({"schedule": {}}, WITH_FUNCTIONS),
        ({"webhooks": {"github_secret_arn": PARAMETER}}, WITH_FUNCTIONS | WEBHOOKS),
        ({**BY_HAND["jenkins.job_identity"]}, WITH_FUNCTIONS),
        ({"storage": BURSTING}, ALWAYS | {Alarm.BURST_CREDITS}),
        ({"storage": PROVISIONED}, ALWAYS),
        (
            {"storage": {**BURSTING, "performance_mode": "maxIO"}},
            (ALWAYS | {Alarm.BURST_CREDITS}) - {Alarm.FILE_SYSTEM_IO},
        ),
        ({"backup": {"enabled": False}}, ALWAYS - {Alarm.BACKUP_FAILED}),
        ({"monitoring": {"level": "none"}}, set()),
        (
            {"monitoring": {"level": "alarms", "disabled_alarms": ["file-system-io"]}},
            ALWAYS - {Alarm.FILE_SYSTEM_IO},
        ),
    ],
    ids=[
        "nothing",
        "dashboard",
        "reaper",
        "spot breaker",
        "schedule",
        "webhooks",
        "job identity",
        "bursting",
        "provisioned",
        "maxIO",
        "no backup",
        "no monitoring",
        "disabled",
    ],
)
def test_only_what_can_fail_has_an_alarm(args: dict[str, Any], expected: set[Alarm]) -> None:
    found = kinds(Settings.from_args("jenkins", {**NO_FUNCTIONS, **args}))
    assert set(found) == expected
    assert len(found) == len(expected)
