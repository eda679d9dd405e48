"""Lambda functions: code, role, log group, and the schedules that call them."""

from __future__ import annotations

import pytest

from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    dependencies,
    inputs,
    statements,
)

FUNCTION = "aws:lambda/function:Function"
POLICY = "aws:iam/rolePolicy:RolePolicy"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
MODULES = {
    "reaper": ["reaper", "tasks"],
    "spot-breaker": ["metrics", "spot_breaker"],
    "meter": ["meter", "metrics", "tasks"],
    "working-hours": ["metrics", "states", "tasks", "working_hours"],
    "wake-page": ["wake_page"],
}


@pytest.mark.parametrize("role", MODULES)
def test_each_function(role: str) -> None:
    function = by_role(FUNCTION, EVERYTHING)[role]
    found = inputs(function)
    del found["code"], found["description"], found["environment"]
    assert found == {
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "handler": f"functions.{role.replace('-', '_')}.handler",
        "role": f"{ARN}:jenkins-{role}",
        "memorySize": 128,
        "timeout": 30 if role == "wake-page" else 60,
        "loggingConfig": {"logFormat": "Text", "logGroup": f"jenkins-abcdef-{role}"},
    }
    assert dependencies(function, POLICY) == {role}


@pytest.mark.parametrize(("role", "modules"), MODULES.items())
def test_the_code_of_a_function_is_complete(role: str, modules: list[str]) -> None:
    code = by_role(FUNCTION, EVERYTHING)[role].inputs["code"].assets
    assert sorted(code) == ["functions/__init__.py", *(f"functions/{m}.py" for m in modules)]
    for asset in code.values():
        compile(asset.text, role, "exec")


@pytest.mark.parametrize("role", MODULES)
def test_a_function_writes_to_its_own_log_group_only(role: str) -> None:
    policy = by_role(POLICY, EVERYTHING)[role].inputs
    assert policy["role"] == f"jenkins-{role}"
    (logs,) = [
        s for s in statements(policy["policy"]).values() if "logs:PutLogEvents" in s["Action"]
    ]
    assert logs["Resource"] == (
        f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:jenkins-abcdef-{role}:*"
    )


@pytest.mark.parametrize("role", ["reaper", "working-hours"])
def test_the_role_of_a_schedule_calls_its_function_only(role: str) -> None:
    policy = by_role(POLICY, EVERYTHING)[f"{role}-schedule"].inputs
    assert policy["role"] == f"jenkins-{role}-schedule"
    (call,) = statements(policy["policy"]).values()
    assert call == {
        "Effect": "Allow",
        "Action": ["lambda:InvokeFunction"],
        "Resource": f"{ARN}:jenkins-{role}",
    }


def test_every_schedule_delivers_for_an_hour_and_waits_for_its_permissions() -> None:
    for name, schedule in by_role("aws:scheduler/schedule:Schedule", EVERYTHING).items():
        role = "reaper" if name.startswith("reaper") else "working-hours"
        assert schedule.inputs["groupName"] == f"jenkins-{role}"
        assert schedule.inputs["flexibleTimeWindow"] == {"mode": "OFF"}
        target = schedule.inputs["target"]
        assert target["arn"] == f"{ARN}:jenkins-{role}"
        assert target["roleArn"] == f"{ARN}:jenkins-{role}-schedule"
        assert target["retryPolicy"] == {
            "maximumRetryAttempts": 10,
            "maximumEventAgeInSeconds": 3600,
        }
        assert dependencies(schedule, POLICY) == {f"{role}-schedule"}
