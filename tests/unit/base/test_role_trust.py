"""Roles: their paths, who assumes them, and that existing ones stay as they are."""

from __future__ import annotations

import json
from typing import Any

from harness.inputs.lean import SMALL
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role

ROLE = "aws:iam/role:Role"
PATH = "/jenkins-platform/jenkins-abcdef/"
GIVEN = {
    key: f"arn:aws:iam::{ACCOUNT}:role/{key}"
    for key in ("controller-task", "controller-execution", "agents-execution")
}
EXISTING: dict[str, Any] = {
    **SMALL,
    "controller": {
        "task_role_arn": GIVEN["controller-task"],
        "execution_role_arn": GIVEN["controller-execution"],
    },
    "agent_cloud": {"execution_role_arn": GIVEN["agents-execution"]},
}


def test_only_roles_of_agents_have_the_path_of_agents() -> None:
    paths = {role: r.inputs["path"] for role, r in by_role(ROLE, EVERYTHING).items()}
    agents = {role for role, path in paths.items() if path == f"{PATH}agents/"}
    assert agents == {"agents-execution", "agent-linux"}
    assert {path for role, path in paths.items() if role not in agents} == {PATH}


def test_each_role_is_assumed_by_one_service() -> None:
    services = {}
    for role, resource in by_role(ROLE, EVERYTHING).items():
        (statement,) = json.loads(resource.inputs["assumeRolePolicy"])["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
        services[role] = statement["Principal"]["Service"].removesuffix(".amazonaws.com")
    tasks = ("controller-task", "controller-execution", "agents-execution", "agent-linux")
    functions = ("reaper", "spot-breaker", "meter", "working-hours", "wake-page")
    schedules = ("reaper-schedule", "working-hours-schedule")
    assert services == {
        **dict.fromkeys(tasks, "ecs-tasks"),
        **dict.fromkeys(functions, "lambda"),
        **dict.fromkeys(schedules, "scheduler"),
        "flow-logs": "vpc-flow-logs",
        "backup": "backup",
    }


def test_roles_of_tasks_trust_tasks_of_this_account_and_region_only() -> None:
    role = by_role(ROLE, EVERYTHING)["controller-task"]
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-central-1:{ACCOUNT}:*"},
    }


def test_existing_roles_are_used_and_get_no_policies() -> None:
    roles = by_role(ROLE, EXISTING)
    assert not set(GIVEN) & set(roles)
    assert not set(GIVEN) & set(by_role("aws:iam/rolePolicy:RolePolicy", EXISTING))
    definitions = by_role("aws:ecs/taskDefinition:TaskDefinition", EXISTING)
    assert definitions["controller"].inputs["taskRoleArn"] == GIVEN["controller-task"]
    assert definitions["controller"].inputs["executionRoleArn"] == GIVEN["controller-execution"]
    assert definitions["agent-linux"].inputs["executionRoleArn"] == GIVEN["agents-execution"]
