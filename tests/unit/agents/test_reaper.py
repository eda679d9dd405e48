"""The function that stops agents which outlived every build."""

from __future__ import annotations

from harness.inputs.lean import SMALL
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, statements

FUNCTION = "aws:lambda/function:Function"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"


def test_the_reaper_knows_the_cluster_the_families_and_the_limit() -> None:
    function = by_role(FUNCTION, EVERYTHING)["reaper"].inputs
    assert function["environment"] == {
        "variables": {
            "CLUSTER": f"{ARN}:jenkins-agents",
            "FAMILIES": "jenkins-abcdef-agent-",
            "MAX_HOURS": "30",
        }
    }
    assert function["handler"] == "functions.reaper.handler"
    assert by_role(FUNCTION)["reaper"].inputs["environment"]["variables"]["MAX_HOURS"] == "24"


def test_the_reaper_runs_every_half_hour() -> None:
    schedule = inputs(by_role("aws:scheduler/schedule:Schedule")["reaper-every-half-hour"])
    assert schedule == {
        "groupName": "jenkins-reaper",
        "scheduleExpression": "rate(30 minutes)",
        "scheduleExpressionTimezone": "UTC",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": {
            "arn": f"{ARN}:jenkins-reaper",
            "roleArn": f"{ARN}:jenkins-reaper-schedule",
            "input": "{}",
            "retryPolicy": {"maximumRetryAttempts": 10, "maximumEventAgeInSeconds": 3600},
        },
    }


def test_the_reaper_stops_tasks_of_the_agents_cluster_only() -> None:
    policy = by_role("aws:iam/rolePolicy:RolePolicy")["reaper"].inputs["policy"]
    (stop,) = [s for s in statements(policy).values() if "ecs:StopTask" in s["Action"]]
    assert stop["Resource"] == f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task/jenkins-agents/*"


def test_the_reaper_can_be_disabled() -> None:
    assert by_role(FUNCTION, {**SMALL, "agent_cloud": {"reaper": {"enabled": False}}}).keys() == {
        "spot-breaker"
    }
