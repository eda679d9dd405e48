"""Log groups: names, retention, encryption, and existing ones."""

from __future__ import annotations

from typing import Any

from jenkins_platform.base.log_groups import LogGroups

from harness.inputs.lean import SMALL
from harness.stacks.parts import parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, only, statements

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def test_log_groups_of_everything_are_encrypted_with_the_key_of_logs() -> None:
    groups = {role: inputs(r) for role, r in by_role(LOG_GROUP, EVERYTHING).items()}
    assert groups.pop("web-acl")["kmsKeyId"] == groups["controller"]["kmsKeyId"]
    roles = (
        *("controller", "agents", "reaper", "spot-breaker", "meter", "working-hours"),
        *("wake-page", "flow-logs"),
    )
    assert groups == {
        role: {
            "name": f"jenkins-abcdef-{role}",
            "retentionInDays": 30,
            "kmsKeyId": f"arn:aws:mock:eu-central-1:{ACCOUNT}:jenkins-logs",
        }
        for role in roles
    }


def test_cloudwatch_logs_uses_the_key_for_these_groups_only() -> None:
    key = by_role("aws:kms/key:Key", EVERYTHING)["logs"]
    (by_logs,) = [
        s
        for s in statements(key.inputs["policy"]).values()
        if s["Principal"].get("Service") == "logs.eu-central-1.amazonaws.com"
    ]
    assert "arn:aws:logs:eu-central-1:123456789012:log-group:jenkins-abcdef-" in str(
        by_logs["Condition"]
    )


def test_rotation_and_deletion_of_the_key_are_inputs() -> None:
    create = {"rotation_days": 180, "deletion_window_days": 7}
    found = parts(LogGroups, {"monitoring": {"log_key": {"create": create}}})
    key = only(found, "aws:kms/key:Key").inputs
    assert (key["rotationPeriodInDays"], key["deletionWindowInDays"]) == (180, 7)


def test_without_a_key_cloudwatch_logs_encrypts() -> None:
    assert {role: inputs(r) for role, r in by_role(LOG_GROUP).items()} == {
        role: {"name": f"jenkins-abcdef-{role}", "retentionInDays": 30}
        for role in ("controller", "agents", "reaper", "spot-breaker")
    }


def test_retention_existing_groups_and_an_existing_key_are_inputs() -> None:
    args: dict[str, Any] = {
        **SMALL,
        "controller": {"log_retention_days": 90},
        "agent_cloud": {
            "log_group_name": "ours",
            "reaper": {"enabled": False},
            "spot_circuit_breaker": {"enabled": False},
        },
        "monitoring": {"level": "none", "log_key": {"existing": KEY}},
    }
    assert {role: inputs(r) for role, r in by_role(LOG_GROUP, args).items()} == {
        "controller": {
            "name": "jenkins-abcdef-controller",
            "retentionInDays": 90,
            "kmsKeyId": KEY,
        }
    }
    definition = by_role("aws:ecs/taskDefinition:TaskDefinition", args)["agent-linux"]
    assert '"awslogs-group": "ours"' in definition.inputs["containerDefinitions"]
