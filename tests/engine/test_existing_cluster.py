"""Agents on a cluster where others run tasks: those are never touched."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform_cli.engine.take_down import TakeDown
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.functions import invoke
from harness.aws.permissions import Actor
from harness.inputs.lean import LEAN
from harness.jenkins.ecs_plugin import configuration_of, run_task_request, templates_of
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long

INPUTS = {
    **LEAN,
    "removal_policy": "destroy",
    "agent_cloud": {"reaper": {"enabled": True}, "spot_circuit_breaker": {"enabled": False}},
    "schedule": {
        "time_zone": "Europe/Berlin",
        "windows": [{"days": ["mon"], "start": "08:00", "end": "12:00"}],
    },
}
HOME = "aws:efs/fileSystem:FileSystem jenkins-home"


class SharedCluster:
    """A cluster with a task of a shop."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud, self.ecs = cloud, cloud.client("ecs")
        self.arn = self.ecs.create_cluster(
            clusterName="shared", capacityProviders=["FARGATE", "FARGATE_SPOT"]
        )["cluster"]["clusterArn"]
        self.ecs.register_task_definition(
            family="shop",
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{"name": "web", "image": "nginx"}],
        )
        ec2 = cloud.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        self.shop = self.ecs.run_task(
            cluster="shared",
            taskDefinition="shop",
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}
            },
        )["tasks"][0]["taskArn"]

    def run_agent(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """A task as the plugin runs it."""
        configuration = configuration_of(self.cloud, outputs["controller_cluster_arn"])
        cloud, template = templates_of(configuration)["linux"]
        request = run_task_request(self.ecs, cloud, template, "node", "secret")
        (task,) = self.ecs.run_task(**request)["tasks"]
        return dict(task)

    def state(self, task: str) -> str:
        (found,) = self.ecs.describe_tasks(cluster=self.arn, tasks=[task])["tasks"]
        return str(found["desiredStatus"])


@pytest.fixture(scope="module")
def shared(cloud: LocalCloud) -> SharedCluster:
    return SharedCluster(cloud)


@pytest.fixture(scope="module")
def stack(
    shared: SharedCluster,
    pulumi_command: auto.PulumiCommand,
    tmp_path_factory: pytest.TempPathFactory,
) -> Stack:
    """A stack that starts with a dedicated cluster and moves its agents to the shared one."""
    folder = tmp_path_factory.mktemp("cluster")
    stack = Stack(shared.cloud, folder, pulumi_command, platform_program(INPUTS))
    stack.up()
    agent_cloud = {**INPUTS["agent_cloud"], "cluster_arn": shared.arn}  # type: ignore[dict-item]
    stack.program = platform_program({**INPUTS, "agent_cloud": agent_cloud})
    stack.up()
    return stack


def function(stack: Stack, role: str) -> str:
    (name,) = [
        r["outputs"]["name"]
        for r in stack.resources()
        if r["type"] == "aws:lambda/function:Function" and r["urn"].endswith(f"jenkins-{role}")
    ]
    return str(name)


def test_agents_move_to_the_cluster_and_the_home_stays(shared: SharedCluster, stack: Stack) -> None:
    assert stack.outputs["agent_cluster_arn"] == shared.arn
    assert HOME not in stack.changes
    assert stack.changes["aws:ecs/cluster:Cluster jenkins-agents"] == "delete"
    task = shared.run_agent(stack.outputs)
    assert task["clusterArn"] == shared.arn
    tags = {tag["key"]: tag["value"] for tag in task["tags"]}
    assert tags["JenkinsPlatform"] == "jenkins"
    (found,) = shared.ecs.describe_clusters(clusters=[shared.arn])["clusters"]
    assert found["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    stack.preview()
    assert stack.changes == {}


def test_the_former_cluster_is_deleted_once_no_agent_runs_there(
    shared: SharedCluster, stack: Stack
) -> None:
    there = stack.program
    stack.program = platform_program(INPUTS)
    stack.up()
    assert HOME not in stack.changes
    agent = shared.run_agent(stack.outputs)
    stack.program = there
    with pytest.raises(auto.CommandError):
        stack.up()
    assert any("ClusterContainsTasksException" in error for error in stack.errors), stack.errors
    assert HOME not in stack.changes
    (found,) = shared.ecs.describe_tasks(cluster=agent["clusterArn"], tasks=[agent["taskArn"]])[
        "tasks"
    ]
    assert found["desiredStatus"] == "RUNNING"
    shared.ecs.stop_task(cluster=agent["clusterArn"], task=agent["taskArn"])
    stack.up()
    assert stack.changes == {"aws:ecs/cluster:Cluster jenkins-agents": "delete"}
    stack.preview()
    assert stack.changes == {}


def test_neither_jenkins_nor_the_functions_may_stop_tasks_of_others(
    shared: SharedCluster, stack: Stack
) -> None:
    on_cluster = {"ecs:cluster": shared.arn}
    ours = {**on_cluster, "aws:ResourceTag/JenkinsPlatform": "jenkins"}
    task = shared.shop
    roles = shared.cloud.client("iam").list_roles()["Roles"]
    actors = {
        role: Actor.load(shared.cloud, r["Arn"])
        for role in ("controller-task", "reaper", "working-hours")
        for r in roles
        if r["RoleName"].startswith(f"jenkins-{role}-") and "schedule" not in r["RoleName"]
    }
    assert len(actors) == 3
    for actor in actors.values():
        assert actor.may("ecs:StopTask", task, ours)
        assert not actor.may("ecs:StopTask", task, on_cluster)
        assert not actor.may(
            "ecs:StopTask", task, {**on_cluster, "aws:ResourceTag/JenkinsPlatform": "other"}
        )


def test_sleep_waits_for_agents_and_not_for_a_shop(shared: SharedCluster, stack: Stack) -> None:
    hours = function(stack, "working-hours")
    running = shared.run_agent(stack.outputs)["taskArn"]
    assert "agents are still running" in invoke(shared.cloud, hours, {"action": "end"})["because"]
    for task in shared.ecs.list_tasks(cluster=shared.arn, desiredStatus="RUNNING")["taskArns"]:
        if task != shared.shop:
            shared.ecs.stop_task(cluster=shared.arn, task=task)
    assert shared.state(running) == "STOPPED"
    assert invoke(shared.cloud, hours, {"action": "settle"})["state"] == "asleep"
    assert shared.state(shared.shop) == "RUNNING"


def test_a_cluster_that_does_not_exist_is_refused(stack: Stack, shared: SharedCluster) -> None:
    before = stack.program
    agent_cloud = {**INPUTS["agent_cloud"], "cluster_arn": f"{shared.arn}-2"}  # type: ignore[dict-item]
    stack.program = platform_program({**INPUTS, "agent_cloud": agent_cloud})
    with pytest.raises(auto.CommandError):
        stack.preview()
    assert any("getCluster" in error for error in stack.errors), stack.errors
    stack.program = before


def test_a_cluster_without_spot_changes_nothing_until_it_has_it(
    stack: Stack, shared: SharedCluster
) -> None:
    before = stack.program
    arn = shared.ecs.create_cluster(clusterName="plain", capacityProviders=["FARGATE"])["cluster"][
        "clusterArn"
    ]
    agent_cloud = {**INPUTS["agent_cloud"], "cluster_arn": arn}  # type: ignore[dict-item]
    stack.program = platform_program({**INPUTS, "agent_cloud": agent_cloud})
    with pytest.raises(auto.CommandError):
        stack.up()
    assert any("FARGATE_SPOT, which agents need" in error for error in stack.errors), stack.errors
    assert stack.changes == {}
    shared.ecs.put_cluster_capacity_providers(
        cluster="plain",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[],
    )
    stack.preview()
    assert HOME not in stack.changes
    stack.program = before
    stack.up()


def test_take_down_stops_agents_and_leaves_the_rest(shared: SharedCluster, stack: Stack) -> None:
    agent = shared.run_agent(stack.outputs or stack.up())["taskArn"]
    take_down = TakeDown(stack.resources(), shared.cloud.client, print)
    assert any("1 running tasks" in line for line in take_down.listing())
    take_down.prepare()
    assert (shared.state(agent), shared.state(shared.shop)) == ("STOPPED", "RUNNING")
    stack.destroy()
    assert take_down.complete([]) == []
    assert shared.state(shared.shop) == "RUNNING"
    (found,) = shared.ecs.describe_clusters(clusters=[shared.arn])["clusters"]
    assert found["status"] == "ACTIVE"
