"""What the meter publishes for state changes of ECS tasks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jenkins_platform.functions import meter

FAMILIES = "jenkins-abc-agent-"
DEFINITIONS = "arn:aws:ecs:eu-central-1:123456789012:task-definition"
STARTED = {
    "clusterArn": "arn:agents",
    "taskArn": "arn:task",
    "taskDefinitionArn": f"{DEFINITIONS}/{FAMILIES}linux:3",
    "cpu": "512",
    "memory": "1024",
    "launchType": "FARGATE",
    "createdAt": "2026-01-23T17:57:34.402Z",
    "pullStartedAt": "2026-01-23T17:57:52.103Z",
    "startedAt": "2026-01-23T17:57:58.902Z",
    "desiredStatus": "RUNNING",
    "lastStatus": "RUNNING",
    "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
}
"""A state change of an agent's task, as in the ECS Developer Guide."""
STOPPED = {
    **STARTED,
    "desiredStatus": "STOPPED",
    "lastStatus": "STOPPED",
    "stopCode": "UserInitiated",
    "stoppedReason": "Task stopped by user",
    "stoppedAt": "2026-01-23T18:57:52.103Z",
}
"""An hour after the pull has started."""
ABOUT = {
    "Platform": "jenkins-abc",
    "Template": "linux",
    "Capacity": "on-demand",
    "Task": "arn:task",
}
Publish = Callable[..., dict[str, Any]]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Publish:
    """Publishes for a task with changes of some of its details. Returns the line in the log
    without its directive, or nothing, after a comparison with the names and units of metrics."""
    prices = {"x86_64": [0.04, 0.004], "arm64": [0.03, 0.003], "spot": 0.3}
    for key, value in {
        "PLATFORM": "jenkins-abc",
        "FAMILIES": FAMILIES,
        "PRICES": json.dumps(prices),
        "SPOT_PROVIDERS": "FARGATE_SPOT,acme-group-spot-builder",
    }.items():
        monkeypatch.setenv(key, value)

    def publish(task: dict[str, Any], units: dict[str, str], **changes: Any) -> dict[str, Any]:
        meter.handler({"source": "aws.ecs", "detail": {**task, **changes}}, None)
        printed = capsys.readouterr().out
        if not printed:
            assert not units
            return {}
        line: dict[str, Any] = json.loads(printed)
        (directive,) = line.pop("_aws")["CloudWatchMetrics"]
        assert directive["Metrics"] == [{"Name": n, "Unit": u} for n, u in units.items()]
        return line

    return publish


START = {"AgentStartSeconds": "Seconds"}
COST = {"EstimatedUsd": "None", "SavedUsd": "None"}


def cost(published: Publish, **changes: Any) -> tuple[float, float]:
    """What is estimated and saved for a task that has stopped."""
    line = published(STOPPED, COST, **changes)
    return line["EstimatedUsd"], line["SavedUsd"]


def test_a_started_agent_reports_the_time_since_it_was_requested(published: Publish) -> None:
    assert published(STARTED, START) == {
        **ABOUT,
        "AgentStartSeconds": 24.5,
        "PlacementSeconds": 17.701,
    }


@pytest.mark.parametrize(
    ("changes", "phases"),
    [
        (
            {"pullStoppedAt": "2026-01-23T17:57:57.603Z"},
            {"PlacementSeconds": 17.701, "PullSeconds": 5.5, "ContainerStartSeconds": 1.299},
        ),
        ({"pullStoppedAt": None}, {"PlacementSeconds": 17.701}),
        ({"pullStartedAt": None, "pullStoppedAt": None}, {}),
        (
            {"pullStartedAt": None, "pullStoppedAt": "2026-01-23T17:57:57.603Z"},
            {"ContainerStartSeconds": 1.299},
        ),
    ],
)
def test_the_phases_of_a_start_are_in_the_log_and_no_metrics(
    published: Publish, changes: dict[str, Any], phases: dict[str, float]
) -> None:
    assert published(STARTED, START, **changes) == {**ABOUT, "AgentStartSeconds": 24.5, **phases}


@pytest.mark.parametrize(
    "changes",
    [
        {"desiredStatus": "STOPPED", "stopCode": "SpotInterruption"},
        {"startedAt": None},
        {"startedAt": ""},
        {"lastStatus": "PENDING"},
        {"lastStatus": "PROVISIONING"},
        {"lastStatus": "DEPROVISIONING", "desiredStatus": "STOPPED"},
    ],
)
def test_other_events_of_a_task_that_has_not_stopped_are_no_start(
    published: Publish, changes: dict[str, Any]
) -> None:
    """Such as the warning of a Spot interruption."""
    assert published(STARTED, {}, **changes) == {}


@pytest.mark.parametrize("task", [STARTED, STOPPED])
@pytest.mark.parametrize(
    "family", ["other", "jenkins-abc-controller", "jenkins-abcd-agent-linux", f"x{FAMILIES}linux"]
)
def test_tasks_of_other_families_are_ignored(
    published: Publish, task: dict[str, Any], family: str
) -> None:
    assert published(task, {}, taskDefinitionArn=f"{DEFINITIONS}/{family}:1") == {}


def test_a_stopped_agent_reports_its_cost_and_why_it_stopped(published: Publish) -> None:
    """An hour of half a vCPU and one GB."""
    assert published(STOPPED, COST) == {
        **ABOUT,
        "Reason": "Task stopped by user",
        "EstimatedUsd": 0.024,
        "SavedUsd": 0,
    }


def test_a_reason_may_be_missing(published: Publish) -> None:
    without = {name: value for name, value in STOPPED.items() if name != "stoppedReason"}
    assert published(without, COST)["Reason"] == ""


def test_spot_cost_and_savings_add_up_to_the_list_price(published: Publish) -> None:
    assert cost(published, capacityProviderName="FARGATE_SPOT") == (0.0072, 0.0168)


@pytest.mark.parametrize(
    ("changes", "capacity"),
    [
        ({}, "on-demand"),
        ({"capacityProviderName": "FARGATE"}, "on-demand"),
        ({"capacityProviderName": "SPOT"}, "on-demand"),
        ({"capacityProviderName": "FARGATE_SPOT"}, "spot"),
        ({"capacityProviderName": "acme-group-spot-builder"}, "spot"),
        ({"capacityProviderName": "acme-group-builder"}, "on-demand"),
    ],
)
def test_the_capacity_follows_from_the_provider(
    published: Publish, changes: dict[str, str], capacity: str
) -> None:
    assert published(STARTED, START, **changes)["Capacity"] == capacity


def test_the_providers_of_spot_are_those_of_the_platform(
    published: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOT_PROVIDERS", "FARGATE_SPOT")
    provider = {"capacityProviderName": "acme-group-spot-builder"}
    assert published(STARTED, START, **provider)["Capacity"] == "on-demand"


@pytest.mark.parametrize(
    ("attributes", "estimate"),
    [
        ([{"name": "ecs.cpu-architecture", "value": "arm64"}], 0.018),
        ([{"name": "ecs.cpu-architecture", "value": "x86_64"}], 0.024),
        ([{"name": "other", "value": "arm64"}], 0.024),
        (
            [
                {"name": "other", "value": "x86_64"},
                {"name": "ecs.cpu-architecture", "value": "arm64"},
            ],
            0.018,
        ),
        ([], 0.024),
    ],
)
def test_each_architecture_has_its_price_and_x86_is_the_default(
    published: Publish, attributes: list[dict[str, str]], estimate: float
) -> None:
    assert cost(published, attributes=attributes)[0] == estimate


def test_attributes_may_be_missing(published: Publish) -> None:
    without = {name: value for name, value in STOPPED.items() if name != "attributes"}
    assert published(without, COST)["EstimatedUsd"] == 0.024


@pytest.mark.parametrize(
    ("cpu", "memory", "estimate"),
    [
        ("1024", "2048", 0.048),
        ("256", "512", 0.012),
        ("1024", "1024", 0.044),
        ("4096", "30720", 0.28),
    ],
)
def test_the_cost_is_that_of_the_vcpus_and_of_the_memory(
    published: Publish, cpu: str, memory: str, estimate: float
) -> None:
    assert cost(published, cpu=cpu, memory=memory)[0] == estimate


@pytest.mark.parametrize(
    ("seconds", "estimate"),
    [
        ("17:57:52.103", 0.04),
        ("17:57:53.103", 0.04),
        ("17:58:52.103", 0.04),
        ("17:58:53.103", 0.040667),
        ("17:59:52.103", 0.08),
    ],
)
def test_fargate_bills_seconds_and_at_least_one_minute(
    published: Publish, seconds: str, estimate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the start of the pull: at 1.2 USD per task and half an hour."""
    prices = {"x86_64": [2.4, 1.2], "spot": 0.5}
    monkeypatch.setenv("PRICES", json.dumps(prices))
    assert cost(published, stoppedAt=f"2026-01-23T{seconds}Z") == (estimate, 0)


def test_amounts_are_rounded_to_millionths_of_a_dollar(published: Publish) -> None:
    spot = {"capacityProviderName": "FARGATE_SPOT", "stoppedAt": "2026-01-23T18:14:32.103Z"}
    assert cost(published, **spot) == (0.002, 0.004667)


@pytest.mark.parametrize(
    ("code", "units"),
    [
        ("SpotInterruption", {"SpotInterruptions": "Count", **COST}),
        ("TaskFailedToStart", {"AgentsFailedToStart": "Count", **COST}),
        ("EssentialContainerExited", COST),
        (None, COST),
    ],
)
def test_interruptions_and_failed_starts_are_counted(
    published: Publish, code: str | None, units: dict[str, str]
) -> None:
    line = published(STOPPED, units, stopCode=code)
    assert {line[name] for name, unit in units.items() if unit == "Count"} <= {1}
    assert (line["EstimatedUsd"], line["SavedUsd"]) == (0.024, 0)


@pytest.mark.parametrize(
    "changes", [{"pullStartedAt": None}, {"pullStartedAt": ""}, {"stoppedAt": None}]
)
def test_an_agent_that_never_ran_costs_nothing(published: Publish, changes: dict[str, Any]) -> None:
    failed = {"stopCode": "TaskFailedToStart", **changes}
    line = published(STOPPED, {"AgentsFailedToStart": "Count"}, **failed)
    assert line == {**ABOUT, "Reason": "Task stopped by user", "AgentsFailedToStart": 1}
    assert published(STOPPED, {}, **changes) == {}, "nothing to report, no line"


@pytest.mark.parametrize(("launch_type", "price"), [("FARGATE", 0.024), ("EC2", None)])
def test_a_task_on_an_instance_has_no_price_of_its_own(
    published: Publish, launch_type: str, price: float | None
) -> None:
    line = published(STOPPED, COST if price else {}, launchType=launch_type)
    assert line.get("EstimatedUsd") == price


def test_a_task_without_a_launch_type_is_on_fargate(published: Publish) -> None:
    without = {name: value for name, value in STOPPED.items() if name != "launchType"}
    assert published(without, COST)["EstimatedUsd"] == 0.024


def test_a_start_on_an_instance_is_reported(published: Publish) -> None:
    about = {"launchType": "EC2", "capacityProviderName": "acme-group-spot-builder"}
    line = published(STARTED, START, **about)
    assert (line["Capacity"], line["AgentStartSeconds"]) == ("spot", 24.5)
    interrupted = {**about, "stopCode": "SpotInterruption"}
    assert published(STOPPED, {"SpotInterruptions": "Count"}, **interrupted)["Capacity"] == "spot"
