"""The reaper: which tasks it stops, and what it reports."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from jenkins_platform.functions import reaper

from harness.aws.answered import AnsweredCalls, ServiceError

FAMILIES = "jenkins-abc-agent-"
NOW = datetime(2026, 3, 29, 12, 30, tzinfo=timezone.utc)
MICROSECOND, HOUR = timedelta(microseconds=1), timedelta(hours=1)
REASON = "Older than 24 hours: stopped by the reaper of jenkins-platform"


class _Frozen(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        assert tz == timezone.utc
        return NOW


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaper, "datetime", _Frozen)
    for key, value in {"CLUSTER": "agents", "FAMILIES": FAMILIES, "MAX_HOURS": "24"}.items():
        monkeypatch.setenv(key, value)


def running(aws: AnsweredCalls, ages: dict[str, timedelta], family: str = "linux") -> None:
    """Let agents run, by name and age."""
    definition = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{FAMILIES}{family}:3"
    tasks: list[dict[str, Any]] = [
        {"taskArn": name, "taskDefinitionArn": definition, "createdAt": NOW - age}
        for name, age in ages.items()
    ]
    aws.answer("ecs:ListTasks", {"taskArns": list(ages)})
    aws.answer("ecs:DescribeTasks", {"tasks": tasks})
    aws.serve("ecs:StopTask", lambda request: {})


@pytest.mark.parametrize(
    ("age", "stopped"),
    [
        (timedelta(0), False),
        (23 * HOUR, False),
        (24 * HOUR - MICROSECOND, False),
        (24 * HOUR, False),
        (24 * HOUR + MICROSECOND, True),
        (1000 * HOUR, True),
    ],
)
def test_a_task_is_stopped_if_it_is_older_than_the_limit(
    aws: AnsweredCalls, age: timedelta, stopped: bool
) -> None:
    running(aws, {"task": age})
    assert reaper.handler({}, None) == {"stopped": ["task"] if stopped else []}
    stops = [{"cluster": "agents", "task": "task", "reason": REASON}]
    assert aws.requests("ecs:StopTask") == (stops if stopped else [])


def test_the_limit_is_the_one_of_the_platform(
    aws: AnsweredCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_HOURS", "3")
    running(aws, {"old": 4 * HOUR, "young": 2 * HOUR})
    assert reaper.handler({}, None) == {"stopped": ["old"]}
    (request,) = aws.requests("ecs:StopTask")
    assert request["reason"] == "Older than 3 hours: stopped by the reaper of jenkins-platform"


def test_it_asks_for_the_agents_of_the_cluster_in_the_families(aws: AnsweredCalls) -> None:
    running(aws, {"task": 30 * HOUR})
    reaper.handler({}, None)
    assert aws.made == [
        ("ecs:ListTasks", {"cluster": "agents", "desiredStatus": "RUNNING"}),
        ("ecs:DescribeTasks", {"cluster": "agents", "tasks": ["task"]}),
        ("ecs:StopTask", {"cluster": "agents", "task": "task", "reason": REASON}),
    ]
    assert aws.clients == [("ecs", {})]


def test_tasks_of_others_in_the_cluster_run_on(
    aws: AnsweredCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAMILIES", "another-platform-agent-")
    running(aws, {"task": 100 * HOUR})
    assert reaper.handler({}, None) == {"stopped": []}


@pytest.mark.parametrize(
    ("ages", "line"),
    [
        ({"young": HOUR}, "0 tasks older than 24 hours: none\n"),
        ({"a": 25 * HOUR, "b": 26 * HOUR}, "2 tasks older than 24 hours: a, b\n"),
    ],
)
def test_it_prints_what_it_stops(
    aws: AnsweredCalls, capsys: pytest.CaptureFixture[str], ages: dict[str, timedelta], line: str
) -> None:
    running(aws, ages)
    reaper.handler({}, None)
    assert capsys.readouterr().out == line


def test_all_tasks_are_tried_before_refusals_are_reported(aws: AnsweredCalls) -> None:
    running(aws, dict.fromkeys("abc", 30 * HOUR))
    aws.answer(
        "ecs:StopTask", ServiceError("ClientException", "gone"), {}, ServiceError("Other", "busy")
    )
    with pytest.raises(RuntimeError) as error:
        reaper.handler({}, None)
    assert str(error.value) == (
        "a: An error occurred (ClientException) when calling the StopTask operation: gone; "
        "c: An error occurred (Other) when calling the StopTask operation: busy"
    )
    assert [request["task"] for request in aws.requests("ecs:StopTask")] == ["a", "b", "c"]
