"""Agents on EC2 instances next to agents on Fargate: requests, migration, abuse, take-down."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform_cli.engine.take_down import TakeDown
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.permissions import ACCOUNT, Actor
from harness.inputs.lean import LEAN
from harness.jenkins.ecs_plugin import configuration_of, run_task_request, templates_of
from harness.stacks.engine import Stack, platform_program

REGION = "eu-central-1"
BASE: dict[str, Any] = {
    **LEAN,
    "network": {"nat": "single"},
    "jenkins": {"configuration_rollout": "reload"},
}
DOCKER = {
    "name": "builder",
    "capacity": "instances",
    "docker": True,
    "cpu": 2048,
    "memory_mib": 4096,
}
AGENTS: list[dict[str, Any]] = [
    {"name": "linux"},
    {"name": "big", "capacity": "instances"},
    DOCKER,
    {
        "name": "deploy",
        "capacity": "instances",
        "policy_statements": [
            {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::releases/*"]}
        ],
        "instances": {
            "provider": "auto-scaling-group",
            "spot": True,
            "ami_parameter": "/images/deploy",
        },
    },
]
OWN_IMAGE = "ami-0a1b2c3d4e5f60718"


@pytest.fixture(scope="module")
def stack(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """One stack; each test continues from the state of the previous one."""
    cloud.client("ssm").put_parameter(Name="/images/deploy", Value=OWN_IMAGE, Type="String")
    program = platform_program({**BASE, "agents": AGENTS})
    return Stack(cloud, tmp_path_factory.mktemp("instances"), pulumi_command, program)


def run(cloud: LocalCloud, outputs: dict[str, Any], label: str) -> dict[str, Any]:
    """A task as the plugin would start it for a label."""
    ecs = cloud.client("ecs")
    found = templates_of(configuration_of(cloud, outputs["controller_cluster_arn"]))
    jenkins_cloud, template = found[label]
    request = run_task_request(ecs, jenkins_cloud, template, f"node-{label}", "node-secret")
    answer = ecs.run_task(**request)
    assert answer["failures"] == []
    task: dict[str, Any] = answer["tasks"][0]
    return {"request": request, "task": task}


def provider_of(started: dict[str, Any]) -> str:
    strategy = started["request"].get("capacityProviderStrategy", [])
    return strategy[0]["capacityProvider"] if strategy else started["request"]["launchType"]


def test_a_platform_with_both_kinds_of_agents(stack: Stack, cloud: LocalCloud) -> None:
    outputs = stack.up()
    ecs = cloud.client("ecs")
    (cluster,) = ecs.describe_clusters(clusters=[outputs["agent_cluster_arn"]])["clusters"]
    providers = cluster["capacityProviders"]
    assert len(providers) == 2 + 2 * 3

    started = {
        label: run(cloud, outputs, label)
        for label in ("linux", "big", "big-spot", "builder", "deploy", "deploy-on-demand")
    }
    asked = {label: provider_of(s) for label, s in started.items()}
    assert asked.pop("linux") == "FARGATE"
    kinds = {
        "big": "managed-on-demand-big",
        "big-spot": "managed-spot-big",
        "builder": "group-on-demand-builder",
        "deploy": "group-spot-deploy",
        "deploy-on-demand": "group-on-demand-deploy",
    }
    for label, name in asked.items():
        assert f"-{kinds[label]}" in name
        assert name in providers
        assert "launchType" not in started[label]["request"]
        network = started[label]["request"]["networkConfiguration"]["awsvpcConfiguration"]
        assert network["assignPublicIp"] == "DISABLED"
        assert started[label]["task"]["capacityProviderName"] == name

    described = ecs.describe_capacity_providers(capacityProviders=[asked["builder"]])
    (provider,) = described["capacityProviders"]
    group = provider["autoScalingGroupProvider"]
    assert group["managedTerminationProtection"] == "ENABLED"
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    (mine,) = [g for g in groups if g["AutoScalingGroupARN"] == group["autoScalingGroupArn"]]
    assert (mine["MinSize"], mine["DesiredCapacity"], mine["MaxSize"]) == (0, 0, 20)

    images = images_by_template(cloud)
    assert images["jenkins-instance-deploy"] == OWN_IMAGE
    assert images["jenkins-instance-builder"] != OWN_IMAGE

    stack.up()
    assert stack.changes == {}


def images_by_template(cloud: LocalCloud) -> dict[str, str]:
    """Images of the instances by the start of their launch template's name."""
    found = cloud.client("ec2").describe_launch_template_versions(Versions=["$Latest"])
    return {
        version["LaunchTemplateName"].rpartition("-")[0]: version["LaunchTemplateData"]["ImageId"]
        for version in found["LaunchTemplateVersions"]
    }


def test_a_privileged_build_reaches_nothing_of_others(stack: Stack, cloud: LocalCloud) -> None:
    """With what a build can get: the role of its task, and that of its instance."""
    outputs = stack.outputs
    ecs = cloud.client("ecs")
    cluster = outputs["agent_cluster_arn"]
    instance = f"{cluster.replace(':cluster/', ':container-instance/')}/0123456789abcdef"
    buckets = [b["Name"] for b in cloud.client("s3").list_buckets()["Buckets"]]
    assert any("configuration" in bucket for bucket in buckets)
    roles = {r["RoleName"]: r for r in cloud.client("iam").list_roles()["Roles"]}
    (on_instance,) = [r["Arn"] for name, r in roles.items() if "-instance-builder" in name]
    (of_deploy,) = [r["Arn"] for name, r in roles.items() if "-agent-deploy" in name]
    definition = ecs.describe_task_definition(
        taskDefinition=run(cloud, outputs, "builder")["request"]["taskDefinition"]
    )["taskDefinition"]
    for role in (on_instance, definition["taskRoleArn"]):
        actor = Actor.load(cloud, role)
        assert not actor.may(
            "secretsmanager:GetSecretValue", outputs["admin_password_secret_arn"]
        ), role
        home = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/"
        home += outputs["file_system_id"]
        assert not actor.may("elasticfilesystem:ClientMount", home), role
        for bucket in buckets:
            assert not actor.may("s3:GetObject", f"arn:aws:s3:::{bucket}/anything"), role
        for target in (of_deploy, outputs["controller_role_arn"]):
            assert not actor.may("sts:AssumeRole", target), role
            assert not actor.may("iam:PassRole", target), role
        for action in ("ecs:RunTask", "ecs:DescribeTasks", "ecs:StopTask", "ecs:ExecuteCommand"):
            assert not actor.may(action, "*", {"ecs:cluster": cluster}), (role, action)

    agent = Actor.load(cloud, on_instance)
    tag = "aws:ResourceTag/JenkinsTemplate"
    assert agent.may("ecs:Poll", instance, {tag: "builder"})
    assert not agent.may("ecs:Poll", instance, {tag: "deploy"})
    assert not agent.may("ecs:Poll", instance)
    registering = {
        "ecs:CreateAction": "RegisterContainerInstance",
        "aws:TagKeys": "JenkinsTemplate",
    }
    mine = registering | {"aws:RequestTag/JenkinsTemplate": "builder"}
    assert agent.may("ecs:TagResource", instance, mine)
    other = registering | {"aws:RequestTag/JenkinsTemplate": "deploy"}
    assert not agent.may("ecs:TagResource", instance, other)


def test_a_template_moves_to_instances_and_back(stack: Stack, cloud: LocalCloud) -> None:
    """The controller's task definition stays as it is: Jenkins reloads its configuration."""
    for capacity, provider in (("instances", "-managed-on-demand-linux-"), ("on-demand", "")):
        moved = [{"name": "linux", "capacity": capacity}, *AGENTS[1:]]
        stack.program = platform_program({**BASE, "agents": moved})
        outputs = stack.up()
        touched = {key.split()[1].removeprefix("jenkins-") for key in stack.changes}
        assert "controller" not in touched
        assert {"agent-linux", "configuration"} <= touched
        assert provider in provider_of(run(cloud, outputs, "linux"))


def test_a_platform_is_destroyed_while_tasks_run_on_instances(
    stack: Stack, cloud: LocalCloud
) -> None:
    outputs = stack.outputs
    run(cloud, outputs, "builder")
    TakeDown(stack.resources(), cloud.client, print).prepare()
    stack.destroy()
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    templates = cloud.client("ec2").describe_launch_templates()["LaunchTemplates"]
    assert (groups, templates) == ([], [])
