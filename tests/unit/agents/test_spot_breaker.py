"""The circuit breaker for Spot capacity: as registered, and its decisions."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.agents.spot_breaker import SpotBreaker
from jenkins_platform.base.log_groups import LogGroups
from jenkins_platform.functions.spot_breaker import Breaker
from jenkins_platform_cli.commands.spot import describe

from harness.inputs.lean import SMALL
from harness.stacks.parts import parts
from harness.stacks.registered import ACCOUNT, by_role, of_type, statements

FUNCTION = "aws:lambda/function:Function"
POLICY = "aws:iam/rolePolicy:RolePolicy"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
NOW, MINUTE, HOUR = 1_800_000_000, 60, 3600


def after(breaker: Breaker, count: int, minutes: int) -> Breaker:
    """With the defaults: three failures open it for 15 minutes."""
    return breaker.after(count, NOW + minutes * MINUTE, 3, 15 * MINUTE)


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


def test_failures_below_the_threshold_or_far_apart_do_not_open_it() -> None:
    breaker = after(after(Breaker(), 2, 0), 1, 10)
    assert not breaker.open(NOW + 10 * MINUTE)
    assert after(after(Breaker(), 2, 0), 1, 9).open(NOW + 9 * MINUTE)


def test_it_is_open_for_the_cool_down_and_ignores_what_was_requested_before() -> None:
    opened = after(Breaker(), 3, 0)
    assert opened == Breaker(until=NOW + 15 * MINUTE, trips=1)
    assert after(opened, 50, 14) == opened
    assert opened.open(NOW + 15 * MINUTE - 1)
    assert not opened.open(NOW + 15 * MINUTE)


def test_one_failure_reopens_it_each_time_for_longer_up_to_four_hours() -> None:
    breaker, now, periods = after(Breaker(), 3, 0), NOW, []
    for _ in range(6):
        now = breaker.until
        breaker = breaker.after(1, now, 3, 15 * MINUTE)
        periods.append((breaker.until - now) // MINUTE)
    assert periods == [30, 60, 120, 240, 240, 240]


def test_a_window_without_failures_closes_it() -> None:
    opened = after(Breaker(), 3, 0)
    tried = after(opened, 0, 24)
    assert tried.trips == 1
    closed = after(tried, 0, 25)
    assert closed == Breaker()
    assert not after(closed, 2, 26).open(NOW + 26 * MINUTE)


def test_a_long_cool_down_is_not_shortened() -> None:
    assert Breaker().after(1, NOW, 1, 4 * HOUR).until == NOW + 4 * HOUR


@pytest.mark.parametrize(
    ("mode", "breaker", "text"),
    [
        ("auto", Breaker(), "Spot capacity"),
        (
            *("auto", Breaker(until=NOW + 60, trips=1)),
            "on-demand capacity until 08:01 UTC: Spot has no capacity",
        ),
        ("on-demand", Breaker(), "on-demand capacity until `jenkins-platform spot auto`"),
    ],
)
def test_the_command_says_what_spot_labels_use(mode: str, breaker: Breaker, text: str) -> None:
    assert describe(mode, breaker, NOW) == text
