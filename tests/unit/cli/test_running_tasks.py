"""What commands know of running tasks: template, capacity, cost, and whose they are."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from jenkins_platform.cost.tasks import hourly_usd, storage_hourly_usd, task_prices
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings
from jenkins_platform_cli.commands.agents import cost_so_far
from jenkins_platform_cli.engine import running_tasks
from jenkins_platform_cli.engine.running_tasks import RunningTask, Size

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
REGION = "eu-central-1"
PREFIX = f"arn:aws:ecs:{REGION}:123456789012"


def task(family: str = "jenkins-abcdef-agent-linux", **given: Any) -> RunningTask:
    values: dict[str, Any] = {
        "arn": f"{PREFIX}:task/agents/1",
        "definition": f"{PREFIX}:task-definition/{family}:3",
        "cluster": f"{PREFIX}:cluster/agents",
        "status": "RUNNING",
        "capacity": "FARGATE",
        "started": NOW - timedelta(minutes=50),
        "reason": "",
        "last_line": "",
        "billed_from": NOW - timedelta(hours=1),
    }
    return RunningTask(**values | given)


def test_the_template_is_the_one_with_the_longest_name() -> None:
    agents = [{"name": name} for name in ("linux", "agent-linux", "arm")]
    settings = Settings.from_args("jenkins", {"agents": agents})  # type: ignore[typeddict-item]
    for family, name in (
        ("jenkins-abcdef-agent-linux", "linux"),
        ("jenkins-abcdef-agent-agent-linux", "agent-linux"),
        ("jenkins-abcdef-agent-gone", None),
    ):
        found = running_tasks.template_of(task(family), settings)
        assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("capacity", "spot"),
    [
        ("FARGATE", False),
        ("FARGATE_SPOT", True),
        ("jenkins-managed-spot-big", True),
        ("jenkins-group-spot-docker", True),
        ("jenkins-group-on-demand-docker", False),
        ("EC2", False),
    ],
)
def test_spot_capacity_of_fargate_and_of_instances(capacity: str, spot: bool) -> None:
    assert running_tasks.on_spot(task(capacity=capacity)) is spot


@pytest.mark.parametrize(
    ("capacity", "share"), [("FARGATE", 1.0), ("FARGATE_SPOT", task_prices(REGION)["spot"])]
)
def test_a_task_costs_its_size_since_the_pull_of_its_image(capacity: str, share: float) -> None:
    size = Size(2048, 4096, Architecture.ARM64, 50)
    hourly = share * hourly_usd(REGION, Architecture.ARM64, 2048, 4096)
    expected = hourly + storage_hourly_usd(REGION, 50)
    assert cost_so_far(task(capacity=capacity), size, REGION, NOW) == pytest.approx(expected)
    assert cost_so_far(task(capacity="jenkins-group-spot-a"), size, REGION, NOW) is None


def test_a_task_is_billed_from_the_pull_of_its_image() -> None:
    pulled, started = NOW - timedelta(minutes=2), NOW
    ecs = SimpleNamespace(
        describe_task_definition=lambda **_: {"taskDefinition": {"containerDefinitions": [{}]}}
    )
    described = {"taskArn": "t", "taskDefinitionArn": "d", "startedAt": started}
    for given, expected in (({"pullStartedAt": pulled}, pulled), ({}, started)):
        found = running_tasks._task(lambda _: ecs, "c", {**described, **given})
        assert (found.started, found.billed_from) == (started, expected)


@pytest.mark.parametrize("shared", [False, True])
def test_tasks_of_others_on_a_shared_cluster_are_left_out(
    monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    ours, others = task(), task("shop-web")
    monkeypatch.setattr(running_tasks, "of_clusters", lambda *_: [ours, others])
    cluster = f"{PREFIX}:cluster/shared" if shared else None
    definition = {
        "type": "aws:ecs/taskDefinition:TaskDefinition",
        "outputs": {"arn": f"{PREFIX}:task-definition/jenkins-abcdef-agent-linux:9"},
    }
    session: Any = SimpleNamespace(
        cloud=None,
        client=None,
        settings=SimpleNamespace(agent_cloud=SimpleNamespace(cluster_arn=cluster)),
        resources=lambda: [definition],
    )
    found = running_tasks.of_stack(session, [])
    assert found == ([ours] if shared else [ours, others])
