"""Which ECS tasks are agents of the platform, and how they are stopped."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError
from jenkins_platform.functions import tasks

from harness.aws.answered import AnsweredCalls, Request, ServiceError

FAMILIES = "jenkins-abc-agent-"
DEFINITION = "arn:aws:ecs:eu-central-1:123456789012:task-definition"
LIST, DESCRIBE, STOP = "ecs:ListTasks", "ecs:DescribeTasks", "ecs:StopTask"


def found(number: int, family: str = f"{FAMILIES}linux") -> dict[str, Any]:
    return {"taskArn": f"task-{number}", "taskDefinitionArn": f"{DEFINITION}/{family}:3"}


def agents() -> list[str]:
    listed = tasks.agents(boto3.client("ecs"), "agents", FAMILIES)
    return [task["taskArn"] for task in listed]


def describe(request: Request) -> dict[str, Any]:
    """All asked tasks are agents."""
    return {"tasks": [found(int(arn.removeprefix("task-"))) for arn in request["tasks"]]}


@pytest.mark.parametrize(
    ("definition", "family"),
    [
        (f"{DEFINITION}/jenkins-abc-agent-linux:3", "jenkins-abc-agent-linux"),
        (f"{DEFINITION}/linux:120", "linux"),
        ("linux:1", "linux"),
        ("linux", "linux"),
    ],
)
def test_the_family_is_the_name_in_the_definition_without_its_revision(
    definition: str, family: str
) -> None:
    assert tasks.family({"taskDefinitionArn": definition}) == family


@pytest.mark.parametrize(
    ("count", "described"),
    [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])],
)
def test_tasks_are_described_a_hundred_at_a_time(
    aws: AnsweredCalls, count: int, described: list[int]
) -> None:
    arns = [f"task-{number}" for number in range(count)]
    aws.answer(LIST, {"taskArns": arns})
    aws.serve(DESCRIBE, describe)
    assert agents() == arns
    asked = aws.requests(DESCRIBE)
    assert [len(request["tasks"]) for request in asked] == described
    assert [arn for request in asked for arn in request["tasks"]] == arns
    assert {request["cluster"] for request in asked} <= {"agents"}


def test_all_pages_of_running_tasks_are_read(aws: AnsweredCalls) -> None:
    aws.answer(
        LIST,
        {"taskArns": ["task-1", "task-2"], "nextToken": "second"},
        {"taskArns": [], "nextToken": "third"},
        {"taskArns": ["task-3"]},
    )
    aws.serve(DESCRIBE, describe)
    assert agents() == ["task-1", "task-2", "task-3"]
    running = {"cluster": "agents", "desiredStatus": "RUNNING"}
    assert aws.made == [
        (LIST, running),
        (LIST, {**running, "nextToken": "second"}),
        (LIST, {**running, "nextToken": "third"}),
        (DESCRIBE, {"cluster": "agents", "tasks": ["task-1", "task-2", "task-3"]}),
    ]


@pytest.mark.parametrize(
    ("family", "ours"),
    [
        (f"{FAMILIES}linux", True),
        (FAMILIES, True),
        ("jenkins-abc-agent", False),
        ("jenkins-abcd-agent-linux", False),
        (f"x-{FAMILIES}linux", False),
        ("jenkins-abc-controller", False),
    ],
)
def test_only_tasks_of_the_families_are_agents(aws: AnsweredCalls, family: str, ours: bool) -> None:
    aws.answer(LIST, {"taskArns": ["task-1", "task-2"]})
    aws.answer(DESCRIBE, {"tasks": [found(1, family), found(2)]})
    assert agents() == [*(["task-1"] if ours else []), "task-2"]


def test_a_task_that_has_ended_between_two_calls_is_no_agent(aws: AnsweredCalls) -> None:
    missing = {"arn": "task-1", "reason": "MISSING"}
    aws.answer(LIST, {"taskArns": ["task-1", "task-2"]})
    aws.answer(DESCRIBE, {"tasks": [found(2)], "failures": [missing]})
    assert agents() == ["task-2"]


def stop(*numbers: int) -> list[str]:
    stopped = [found(number) for number in numbers]
    return tasks.stop(boto3.client("ecs"), "agents", stopped, "too old")


def test_tasks_are_stopped_one_by_one_with_the_reason(aws: AnsweredCalls) -> None:
    aws.answer(STOP, {}, {})
    assert stop(1, 2) == []
    assert aws.made == [
        (STOP, {"cluster": "agents", "task": "task-1", "reason": "too old"}),
        (STOP, {"cluster": "agents", "task": "task-2", "reason": "too old"}),
    ]


def test_a_refusal_is_reported_and_the_others_are_stopped(aws: AnsweredCalls) -> None:
    refused = ServiceError("InvalidParameterException", "The referenced task was not found.")
    aws.answer(STOP, {}, refused, {}, ServiceError("ThrottlingException", "Rate exceeded"))
    assert stop(1, 2, 3, 4) == [
        "task-2: An error occurred (InvalidParameterException) when calling the StopTask operation:"
        " The referenced task was not found.",
        "task-4: An error occurred (ThrottlingException) when calling the StopTask operation:"
        " Rate exceeded",
    ]
    assert [request["task"] for request in aws.requests(STOP)] == [
        f"task-{number}" for number in (1, 2, 3, 4)
    ]


def test_a_mistake_in_a_request_is_no_refusal(aws: AnsweredCalls) -> None:
    with pytest.raises(ParamValidationError):
        tasks.stop(boto3.client("ecs"), "agents", [{"taskArn": None}], "too old")
