"""The circuit breaker for Spot capacity, as registered. Its decisions: tests/unit/functions."""

from __future__ import annotations

from typing import Any

from jenkins_platform.agents.spot_breaker import SpotBreaker
from jenkins_platform.base.log_groups import LogGroups

from harness.inputs.lean import SMALL
from harness.stacks.parts import parts
from harness.stacks.registered import ACCOUNT, by_role, of_type, statements

FUNCTION = "aws:lambda/function:Function"
POLICY = "aws:iam/rolePolicy:RolePolicy"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"


def test_the_function_knows_its_state_the_architectures_and_the_limits() -> None:
    args: dict[str, Any] = {
        **SMALL,
        "agents": [{"name": "a", "architecture": "arm64"}, {"name": "b"}, {"name": "c"}],
        "agent_cloud": {"spot_circuit_breaker": {"failure_threshold": 5, "cool_down_minutes": 30}},
    }
    found = parts(lambda context: SpotBreaker(context, LogGroups(context)), args)
    function = of_type(found, FUNCTION)["spot-breaker"].inputs
    assert function["environment"]["variables"] == {
        "PLATFORM": "jenkins-abcdef",
        "PARAMETER": "jenkins-spot-breaker",
        "ARCHITECTURES": "arm64,x86_64",
        "FAILURE_THRESHOLD": "5",
        "COOL_DOWN_SECONDS": "1800",
    }
    parameter = of_type(found, "aws:ssm/parameter:Parameter")["spot-breaker"]
    assert parameter.ignore_changes == ("value",)


def test_only_the_controller_invokes_it_and_it_writes_only_its_state() -> None:
    callers = {
        role: statement["Resource"]
        for role, policy in by_role(POLICY).items()
        for statement in statements(policy.inputs["policy"]).values()
        if "spot-breaker" in str(statement["Resource"]) and "logs:" not in str(statement["Action"])
    }
    assert callers == {
        "controller-task": f"{ARN}:jenkins-spot-breaker",
        "spot-breaker": f"{ARN}:jenkins-spot-breaker",
    }
    policy = by_role(POLICY)["controller-task"].inputs["policy"]
    (invoke,) = [s for s in statements(policy).values() if "lambda" in str(s["Action"])]
    assert invoke["Action"] in ("lambda:InvokeFunction", ["lambda:InvokeFunction"])


def test_without_the_circuit_breaker_the_controller_may_invoke_nothing() -> None:
    args = {**SMALL, "agent_cloud": {"spot_circuit_breaker": {"enabled": False}}}
    assert by_role(FUNCTION, args).keys() == {"reaper"}
    assert "lambda:" not in str(by_role(POLICY, args)["controller-task"].inputs["policy"])
    task = by_role("aws:ecs/taskDefinition:TaskDefinition", args)["controller"].inputs
    assert "SPOT_BREAKER" not in task["containerDefinitions"]
