"""What ECS would run when Jenkins asks for an agent."""

from __future__ import annotations

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.jenkins.ecs_plugin import configuration_of, run_task_request, templates_of
from harness.stacks.engine import Stack, platform_program

AGENTS = [
    {"name": "linux"},
    {
        "name": "big-arm",
        "labels": ["arm", "maven"],
        "cpu": 2048,
        "memory_mib": 8192,
        "architecture": "arm64",
        "capacity": "spot",
        "image": "registry.example/maven-agent:1.2",
        "environment": {"MAVEN_OPTS": "-Xmx1g"},
    },
]


@pytest.fixture(scope="module")
def stack(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """One stack; each test continues from the state of the previous one."""
    return Stack(cloud, tmp_path_factory.mktemp("agents"), pulumi_command, platform_program())


def test_each_label_runs_the_image_size_role_capacity_and_network_of_its_template(
    stack: Stack, cloud: LocalCloud
) -> None:
    images = {**READY_IMAGES, "agent": {"existing": "example/agent:7"}}
    stack.program = platform_program({**LEAN, "agents": AGENTS, "images": images})
    outputs = stack.up()
    configuration = configuration_of(cloud, outputs["controller_cluster_arn"])
    templates = templates_of(configuration)
    assert sorted(templates) == sorted(outputs["agent_labels"])

    expected = {
        "linux": ("512", "1024", "X86_64", "example/agent:7", None),
        "linux-spot": ("512", "1024", "X86_64", "example/agent:7", "FARGATE_SPOT"),
        "linux-on-demand": ("512", "1024", "X86_64", "example/agent:7", None),
    }
    expected["linux-auto"] = expected["linux-spot"]
    for label in ("arm", "arm-spot", "arm-auto", "maven", "maven-spot", "maven-auto"):
        expected[label] = ("2048", "8192", "ARM64", AGENTS[1]["image"], "FARGATE_SPOT")  # type: ignore[assignment]
    for label in ("arm-on-demand", "maven-on-demand"):
        expected[label] = ("2048", "8192", "ARM64", AGENTS[1]["image"], None)  # type: ignore[assignment]

    ecs = cloud.client("ecs")
    roles: dict[str, set[str]] = {}
    for label, (ecs_cloud, template) in templates.items():
        request = run_task_request(ecs, ecs_cloud, template, f"node-{label}", "node-secret")
        assert not ecs.run_task(**request)["failures"]
        definition = ecs.describe_task_definition(taskDefinition=request["taskDefinition"])[
            "taskDefinition"
        ]
        (container,) = definition["containerDefinitions"]
        provider = [s["capacityProvider"] for s in request.get("capacityProviderStrategy", [])]
        assert (
            definition["cpu"],
            definition["memory"],
            definition["runtimePlatform"]["cpuArchitecture"],
            container["image"],
            provider[0] if provider else None,
        ) == expected[label], label
        assert ("launchType" in request) is not bool(provider), label
        assert request.get("launchType", "FARGATE") == "FARGATE"
        assert request["cluster"] == outputs["agent_cluster_arn"]
        network = request["networkConfiguration"]["awsvpcConfiguration"]
        assert network["securityGroups"] == [outputs["agent_security_group_id"]]
        subnets = cloud.client("ec2").describe_subnets(SubnetIds=network["subnets"])["Subnets"]
        assert {s["VpcId"] for s in subnets} == {outputs["vpc_id"]}
        assert len({s["AvailabilityZone"] for s in subnets}) == 2
        command = request["overrides"]["containerOverrides"][0]["command"]
        assert command[0] == "-url"
        assert command[1].startswith("http://controller.jenkins-")
        assert command[3].endswith(".internal:50000")
        roles.setdefault(definition["taskRoleArn"], set()).add(label)
    assert len(roles) == len(AGENTS), "each template has its own role"


def test_a_changed_template_reaches_the_next_build_without_touching_the_controller(
    stack: Stack, cloud: LocalCloud
) -> None:
    stack.program = platform_program({**LEAN, "agents": [{"name": "linux"}]})
    stack.up()
    changed = {"name": "linux", "cpu": 1024, "memory_mib": 2048, "environment": {"A": "b"}}
    stack.program = platform_program({**LEAN, "agents": [changed]})
    outputs = stack.up()
    assert set(stack.changes) == {"aws:ecs/taskDefinition:TaskDefinition jenkins-agent-linux"}
    configuration = configuration_of(cloud, outputs["controller_cluster_arn"])
    ecs_cloud, template = templates_of(configuration)["linux"]
    ecs = cloud.client("ecs")
    request = run_task_request(ecs, ecs_cloud, template, "node", "secret")
    definition = ecs.describe_task_definition(taskDefinition=request["taskDefinition"])
    assert definition["taskDefinition"]["cpu"] == "1024"
    (container,) = definition["taskDefinition"]["containerDefinitions"]
    assert {"name": "A", "value": "b"} in container["environment"]
