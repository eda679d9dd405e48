"""An existing cluster for agents: nothing on it is changed, and tasks of others are left alone."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.agents import cluster
from jenkins_platform.cost import estimate
from jenkins_platform.settings import Settings
from jenkins_platform.testing import Registration, register

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import parts
from harness.stacks.registered import by_role, statements

EXISTING: dict[str, Any] = BY_HAND["agent_cloud.cluster_arn"]
SHARED = EXISTING["agent_cloud"]["cluster_arn"]
ARGS: dict[str, Any] = {**SMALL, **EXISTING, "monitoring": {"level": "all"}}
OURS = {"aws:ResourceTag/JenkinsPlatform": "jenkins"}


def test_the_cluster_and_its_capacity_providers_are_not_changed() -> None:
    assert set(by_role("aws:ecs/cluster:Cluster", ARGS)) == {"controller"}
    kind = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    assert by_role(kind, ARGS) == {}


def test_the_arn_can_be_a_secret_output() -> None:
    """As an output of a stack that encrypts all of its outputs: the id of a resource that is read
    cannot be a secret."""

    def policies(found: list[Registration]) -> dict[str, Any]:
        return {r.urn: (r.inputs, r.secrets) for r in found if "policy" in r.inputs}

    args: Any = {**ARGS, "agent_cloud": {"cluster_arn": pulumi.Output.secret(SHARED)}}
    plain = policies(platform(ARGS))
    secret = policies(register(lambda: JenkinsPlatform("jenkins", args)))
    assert SHARED in json.dumps([inputs for inputs, _ in plain.values()])
    assert {urn: inputs for urn, (inputs, _) in secret.items()} == {
        urn: inputs for urn, (inputs, _) in plain.items()
    }
    hidden = {urn.rsplit("::", 1)[-1] for urn, (_, names) in secret.items() if names}
    assert hidden == {"jenkins-controller-task", "jenkins-reaper"}, "the policies that name it"


def allowed(role: str) -> dict[str, dict[str, Any]]:
    """The statements of a role by their actions."""
    policy = by_role("aws:iam/rolePolicy:RolePolicy", ARGS)[role].inputs["policy"]
    return {action: s for s in statements(policy).values() for action in s["Action"]}


def test_the_controller_may_stop_its_own_tasks_only() -> None:
    found = allowed("controller-task")
    assert found["ecs:RunTask"]["Condition"] == {"ArnEquals": {"ecs:cluster": SHARED}}
    for action in ("ecs:StopTask", "ecs:DescribeTasks"):
        assert found[action]["Condition"] == {
            "ArnEquals": {"ecs:cluster": SHARED},
            "StringEquals": OURS,
        }


def test_the_reaper_may_stop_tasks_of_the_platform_only() -> None:
    found = allowed("reaper")
    assert found["ecs:StopTask"]["Condition"] == {"StringEquals": OURS}
    assert found["ecs:StopTask"]["Resource"].endswith(":task/shared/*")
    assert "Condition" not in found["ecs:DescribeTasks"]
    definition = by_role("aws:ecs/taskDefinition:TaskDefinition", ARGS)["agent-linux"]
    assert definition.inputs["tags"]["JenkinsPlatform"] == "jenkins"


def test_events_and_metrics_are_of_the_platforms_tasks_only() -> None:
    rules = by_role("aws:cloudwatch/eventRule:EventRule", ARGS)
    group = [{"prefix": "family:jenkins-abcdef-agent-"}]
    patterns = {role: json.loads(r.inputs["eventPattern"])["detail"] for role, r in rules.items()}
    on_cluster = {role for role, d in patterns.items() if d.get("clusterArn") == [SHARED]}
    assert on_cluster >= {"meter-tasks", "event-agent-failed"}
    for role in on_cluster:
        assert patterns[role]["group"] == group, role
    (board,) = by_role("aws:cloudwatch/dashboard:Dashboard", ARGS).values()
    body = board.inputs["dashboardBody"]
    assert "vCPUs of agents that run" in body
    assert '"TaskCount"' not in body


def test_an_inactive_cluster_is_refused_before_anything_else_is_registered(
    names: set[str],
) -> None:
    calls = {"aws:ecs/getCluster:getCluster": {"status": "INACTIVE"}}
    args = {**SMALL, **EXISTING}
    with pytest.raises(Exception, match=rf"agent_cloud.cluster_arn: '{SHARED}': is INACTIVE"):
        register(lambda: JenkinsPlatform("jenkins", args), calls=calls)  # type: ignore[arg-type]
    assert names == {"jenkins-id", "jenkins-platform-choices"}


def found_with(providers: list[str] | None, **args: Any) -> None:
    """Check an existing cluster that has other capacity providers."""
    outputs = {"jenkins-existing-cluster": {"capacityProviders": providers}}
    parts(cluster.guarded, {**EXISTING, **args}, outputs=outputs)


ON_INSTANCES = {
    "name": "large",
    "capacity": "instances",
    "instances": {"existing": {"on_demand": "company", "spot": "company-spot"}},
}


@pytest.mark.parametrize(
    ("providers", "agents", "message"),
    [
        (None, None, "has not the capacity providers FARGATE, FARGATE_SPOT, .* It has none"),
        (["FARGATE"], None, "has not the capacity providers FARGATE_SPOT, .* It has FARGATE: add"),
        (["FARGATE_SPOT"], None, "has not the capacity providers FARGATE, "),
        (["company"], [ON_INSTANCES], "has not the capacity providers company-spot, "),
        (
            ["company", "company-spot"],
            [{"name": "linux"}, ON_INSTANCES],
            "has not the capacity providers FARGATE, FARGATE_SPOT, ",
        ),
    ],
)
def test_a_cluster_without_the_capacity_providers_of_agents_is_refused(
    providers: list[str] | None, agents: list[Any] | None, message: str
) -> None:
    more = {"agents": agents} if agents else {}
    with pytest.raises(Exception, match=rf"agent_cloud.cluster_arn: '{SHARED}': {message}"):
        found_with(providers, **more)


def test_only_capacity_providers_that_agents_use_are_needed() -> None:
    found_with(["company-spot", "company"], agents=[ON_INSTANCES])
    found_with(["FARGATE_SPOT", "other", "FARGATE"])


def test_container_insights_of_the_existing_cluster_are_not_estimated() -> None:
    lines = estimate(Settings.from_args("jenkins", EXISTING), "eu-central-1").lines  # type: ignore[arg-type]
    (insights,) = [x for x in lines if x.item == "Container Insights"]
    assert insights.because.startswith("clusters: 1,")
