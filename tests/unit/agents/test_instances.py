"""Templates on EC2 instances: capacity providers, launch templates, roles, Docker, GPUs."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

import pytest
import yaml
from jenkins_platform.agents.docker_daemon import IMAGE
from jenkins_platform.agents.instance_template import image_parameter, user_data
from jenkins_platform.agents.instances import requirements
from jenkins_platform.settings import Settings
from jenkins_platform.settings.agents import AgentTemplate
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.stacks.parts import agents, parts
from harness.stacks.registered import ACCOUNT, by_role, inputs, of_type, statements

ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
GROUP = "aws:autoscaling/group:Group"
POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE = "aws:iam/role:Role"
DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
PLATFORM = {"JenkinsPlatform": "jenkins"}
REQUIREMENTS = {
    "cpuManufacturers": ["intel", "amd"],
    "burstablePerformance": "excluded",
    "bareMetal": "excluded",
    "instanceGenerations": ["current"],
    "acceleratorCount": {"max": 0},
}
DOCKER = {"capacity": "instances", "docker": True, "cpu": 2048, "memory_mib": 4096}
BASE: dict[str, Any] = {**SMALL, "network": {}}
"""Tasks on instances have no public addresses."""
KINDS: dict[str, Any] = {
    **BASE,
    "agents": [
        {"name": "linux"},
        {"name": "big", "capacity": "instances", "tags": {"team": "a"}},
        {"name": "docker", **DOCKER, "tags": {"team": "b"}},
        {
            "name": "mine",
            "capacity": "instances",
            "instances": {"existing": {"on_demand": "ours", "spot": "ours-spot"}, "spot": True},
        },
    ],
}

OPTIONS: dict[str, Any] = {
    **BASE,
    "agents": [
        {"name": "plain", **DOCKER},
        {"name": "sessions", **DOCKER, "instances": {"session_manager": True}},
        {
            "name": "cached",
            **DOCKER,
            "instances": {"docker_cache": True, "docker_image": "registry.example/dind:1"},
        },
        {"name": "ml", "capacity": "instances", "gpu": 2},
        {
            "name": "own",
            "capacity": "instances",
            "instances": {"provider": "auto-scaling-group", "ami_id": "ami-0a1b2c3d4e5f"},
        },
    ],
}


@cache
def options() -> list[Registration]:
    """What templates with options of instances register."""
    return parts(agents, OPTIONS)


def template(**given: Any) -> AgentTemplate:
    agent = {"name": "a", "capacity": "instances", **given}
    return Settings.from_args("jenkins", {"agents": [agent]}).agents[0]  # type: ignore[typeddict-item]


def containers(name: str) -> dict[str, dict[str, Any]]:
    definition = by_role(DEFINITION, KINDS)[f"agent-{name}"]
    found = json.loads(definition.inputs["containerDefinitions"])
    return {c["name"]: c for c in found}


def jcasc_templates() -> dict[str, dict[str, Any]]:
    document = by_role("aws:s3/bucketObjectv2:BucketObjectv2", KINDS)["configuration"]
    clouds = yaml.safe_load(document.inputs["content"])["jenkins"]["clouds"]
    return {t["templateName"]: t for c in clouds for t in c["ecs"]["templates"]}


def test_the_cluster_has_two_capacity_providers_for_each_template_on_instances() -> None:
    found = by_role("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", KINDS)["agents"]
    assert found.inputs["capacityProviders"] == [
        *("FARGATE", "FARGATE_SPOT"),
        *("jenkins-managed-on-demand-big", "jenkins-managed-spot-big"),
        *("jenkins-group-on-demand-docker", "jenkins-group-spot-docker"),
        *("ours", "ours-spot"),
    ]
    assert sorted(by_role(PROVIDER, KINDS)) == [
        *("group-on-demand-docker", "group-spot-docker"),
        *("managed-on-demand-big", "managed-spot-big"),
    ]


@pytest.mark.parametrize(("kind", "option"), [("on-demand", "ON_DEMAND"), ("spot", "SPOT")])
def test_managed_instances(kind: str, option: str) -> None:
    assert by_role(PROVIDER, KINDS)[f"managed-{kind}-big"].inputs == {
        "cluster": "jenkins-agents",
        "managedInstancesProvider": {
            "infrastructureRoleArn": f"{ARN}:jenkins-managed-instances-infrastructure",
            "propagateTags": "CAPACITY_PROVIDER",
            "infrastructureOptimization": {"scaleInAfter": 600},
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": f"{ARN}:jenkins-managed-instances",
                "capacityOptionType": option,
                "networkConfiguration": {
                    "subnets": ["jenkins-private-0-id", "jenkins-private-1-id"],
                    "securityGroups": ["jenkins-instances-id"],
                },
                "storageConfiguration": {"storageSizeGib": 50},
                "instanceRequirements": {
                    "vcpuCount": {"min": 1, "max": 4},
                    "memoryMib": {"min": 1639},
                    **REQUIREMENTS,
                },
            },
        },
        "tags": {**PLATFORM, "Name": f"jenkins-managed-{kind}-big", "team": "a"},
    }


@pytest.mark.parametrize(("kind", "on_demand"), [("on-demand", 100), ("spot", 0)])
def test_an_auto_scaling_group_scales_from_zero_and_drains(kind: str, on_demand: int) -> None:
    tags = {**PLATFORM, "Name": f"jenkins-group-{kind}-docker", "team": "b"}
    group = by_role(GROUP, KINDS)[f"group-{kind}-docker"]
    assert group.inputs == {
        "minSize": 0,
        "maxSize": 20,
        "waitForCapacityTimeout": "0",
        "vpcZoneIdentifiers": ["jenkins-private-0-id", "jenkins-private-1-id"],
        "protectFromScaleIn": True,
        "maxInstanceLifetime": 7 * 24 * 3600,
        "forceDelete": True,
        "mixedInstancesPolicy": {
            "instancesDistribution": {
                "onDemandPercentageAboveBaseCapacity": on_demand,
                "onDemandAllocationStrategy": "lowest-price",
                "spotAllocationStrategy": "price-capacity-optimized",
            },
            "launchTemplate": {
                "launchTemplateSpecification": {
                    "launchTemplateId": "jenkins-instance-docker-id",
                    "version": "1",
                },
                "overrides": [
                    {
                        "instanceRequirements": {
                            "vcpuCount": {"min": 2, "max": 3},
                            "memoryMib": {"min": 5018},
                            **REQUIREMENTS,
                        }
                    }
                ],
            },
        },
        "tags": [
            {"key": key, "value": value, "propagateAtLaunch": True}
            for key, value in sorted({**tags, "AmazonECSManaged": "true"}.items())
        ],
    }
    assert group.ignore_changes == ("desiredCapacity",)
    assert by_role(PROVIDER, KINDS)[f"group-{kind}-docker"].inputs == {
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": f"{ARN}:jenkins-group-{kind}-docker",
            "managedDraining": "ENABLED",
            "managedTerminationProtection": "ENABLED",
            "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
        },
        "tags": tags,
    }


def test_instances_are_closed_by_default() -> None:
    launch = {**by_role("aws:ec2/launchTemplate:LaunchTemplate", KINDS)["instance-docker"].inputs}
    script = base64.b64decode(launch.pop("userData")).decode()
    tags = {**PLATFORM, "Name": "jenkins-instance-docker"}
    assert launch == {
        "description": "Instances of the Jenkins agent docker",
        "imageId": "ami-0a1b2c3d4e5f60718",
        "iamInstanceProfile": {"arn": f"{ARN}:jenkins-instance-docker"},
        "vpcSecurityGroupIds": ["jenkins-instances-id"],
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
            "instanceMetadataTags": "disabled",
        },
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "volumeSize": 50,
                    "volumeType": "gp3",
                    "encrypted": "true",
                    "deleteOnTermination": "true",
                },
            }
        ],
        "tagSpecifications": [
            {"resourceType": kind, "tags": {**tags, "team": "b"}}
            for kind in ("instance", "network-interface", "volume")
        ],
        "updateDefaultVersion": True,
        "tags": tags,
    }
    assert script.splitlines() == [
        "#!/bin/sh",
        "set -eu",
        "cat >> /etc/ecs/ecs.config <<'END'",
        "ECS_CLUSTER=jenkins-agents",
        "ECS_AWSVPC_BLOCK_IMDS=true",
        'ECS_CONTAINER_INSTANCE_TAGS={"JenkinsTemplate": "docker"}',
        "ECS_DISABLE_PRIVILEGED=false",
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true",
        "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=5m",
        "END",
    ]


def test_the_group_of_instances_has_no_ingress_and_only_https_egress() -> None:
    def of_instances(token: str) -> dict[str, Any]:
        rules = by_role(token, KINDS)
        return {
            role: r.inputs
            for role, r in rules.items()
            if r.inputs["securityGroupId"] == "jenkins-instances-id"
        }

    assert of_instances("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") == {}
    (rule,) = of_instances("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").values()
    assert (rule["fromPort"], rule["toPort"], rule["cidrIpv4"]) == (443, 443, "0.0.0.0/0")


def test_the_role_of_instances_is_limited_to_their_template() -> None:
    found = statements(by_role(POLICY, KINDS)["instance-docker"].inputs["policy"])
    assert found["RunTasks"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/JenkinsTemplate": "docker"}
    }
    assert "ecs:Poll" in found["RunTasks"]["Action"]
    assert found["TagItself"]["Condition"]["StringEquals"] == {
        "ecs:CreateAction": "RegisterContainerInstance",
        "aws:RequestTag/JenkinsTemplate": "docker",
    }
    actions = {a for s in found.values() for a in s["Action"]}
    assert {a.split(":")[0] for a in actions} == {"ecs"}
    wide = {a for s in found.values() if s["Resource"] == "*" for a in s["Action"]}
    assert wide == {"ecs:DiscoverPollEndpoint"}


def test_the_controller_may_not_pass_the_roles_of_instances() -> None:
    paths = {role: r.inputs["path"] for role, r in by_role(ROLE, KINDS).items()}
    for role in ("instance-docker", "managed-instances", "managed-instances-infrastructure"):
        assert paths[role] == "/jenkins-platform/jenkins-abcdef/"


def test_ecs_may_pass_instances_only_their_role() -> None:
    profiles = by_role("aws:iam/instanceProfile:InstanceProfile", KINDS)
    assert {role: p.inputs["role"] for role, p in profiles.items()} == {
        role: f"jenkins-{role}" for role in ("instance-docker", "managed-instances")
    }
    policy = by_role(POLICY, KINDS)["managed-instances-infrastructure"].inputs["policy"]
    (only,) = statements(policy).values()
    assert only["Action"] == ["iam:PassRole"]
    assert only["Resource"] == f"{ARN}:jenkins-managed-instances"
    assert only["Condition"] == {"StringLike": {"iam:PassedToService": "ec2.*"}}


def test_session_manager_is_opt_in() -> None:
    def actions(name: str) -> set[str]:
        policy = of_type(options(), POLICY)[f"instance-{name}"].inputs["policy"]
        return {a.split(":")[0] for s in statements(policy).values() for a in s["Action"]}

    assert actions("plain") == {"ecs"}
    assert actions("sessions") == {"ecs", "ssm", "ssmmessages"}


@pytest.mark.parametrize(
    ("name", "compatible"),
    [("linux", ["FARGATE"]), ("big", ["MANAGED_INSTANCES"]), ("docker", ["EC2"]), ("mine", None)],
)
def test_what_task_definitions_are_checked_against(name: str, compatible: list[str] | None) -> None:
    definition = by_role(DEFINITION, KINDS)[f"agent-{name}"]
    assert inputs(definition).get("requiresCompatibilities") == compatible
    assert definition.inputs["networkMode"] == "awsvpc"


def test_jenkins_asks_for_the_capacity_provider_of_the_label() -> None:
    found = jcasc_templates()
    asked = {
        name: [s["provider"] for s in t.get("capacityProviderStrategies", [])]
        for name, t in found.items()
    }
    assert asked == {
        "linux-on-demand": [],
        "linux-spot": ["FARGATE_SPOT"],
        "linux-auto": ["FARGATE_SPOT"],
        "big-on-demand": ["jenkins-managed-on-demand-big"],
        "big-spot": ["jenkins-managed-spot-big"],
        "big-auto": ["jenkins-managed-spot-big"],
        "docker-on-demand": ["jenkins-group-on-demand-docker"],
        "docker-spot": ["jenkins-group-spot-docker"],
        "docker-auto": ["jenkins-group-spot-docker"],
        "mine-on-demand": ["ours"],
        "mine-spot": ["ours-spot"],
        "mine-auto": ["ours-spot"],
    }
    assert {n for n, t in found.items() if "launchType" in t} == {"linux-on-demand"}
    assert {t["assignPublicIp"] for n, t in found.items() if not n.startswith("linux")} == {False}
    assert found["mine-spot"]["label"] == "mine mine-spot"
    assert found["big-on-demand"]["label"] == "big big-on-demand"


def test_the_agents_of_a_label_are_limited_to_the_instances() -> None:
    assert template().max_per_label == 20
    assert template(max_agents=5).max_per_label == 5
    assert template(instances={"max_instances": 3}, max_agents=5).max_per_label == 3
    group = {"provider": "auto-scaling-group"}
    assert template(instances=group).max_per_label is None
    assert template(**DOCKER, instances={"max_instances": 2}).max_per_label == 2


def test_docker_runs_one_build_on_an_instance() -> None:
    """An instance has fewer than twice the vCPUs of an agent, so a second one does not fit."""
    for cpu, most in ((2048, 3), (4096, 7), (8192, 15)):
        found = requirements(template(**{**DOCKER, "cpu": cpu, "memory_mib": 16384}))
        assert found["vcpu_count"] == {"min": cpu // 1024, "max": most}
        assert most * 1024 < 2 * cpu


def test_the_docker_daemon_is_a_privileged_sidecar_behind_a_socket() -> None:
    found = containers("docker")
    assert sorted(found) == ["agent", "docker"]
    agent, daemon = found["agent"], found["docker"]
    assert "privileged" not in agent
    assert (daemon["privileged"], daemon["essential"]) == (True, False)
    assert agent["dependsOn"] == [{"containerName": "docker", "condition": "HEALTHY"}]
    environment = {e["name"]: e["value"] for e in agent["environment"]}
    socket = "/run/jenkins-docker/docker.sock"
    assert environment["DOCKER_HOST"] == f"unix://{socket}"
    assert environment["TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE"] == socket
    assert environment["TESTCONTAINERS_HOST_OVERRIDE"] == "localhost"
    assert environment["PATH"].startswith("/run/jenkins-docker/bin:/opt/java/openjdk/bin:")
    assert "tcp://" not in json.dumps(daemon)
    assert daemon["command"][0].endswith(f"--host=unix://{socket} --group=1000")
    assert daemon["healthCheck"] == {
        "command": ["CMD", "docker", "--host", f"unix://{socket}", "info"],
        "interval": 5,
        "timeout": 5,
        "retries": 10,
        "startPeriod": 30,
    }
    shared = {
        "docker-run": "/run/jenkins-docker",
        "docker-workspace": "/home/jenkins/agent",
    }
    assert mounts(agent) == shared
    assert mounts(daemon) == shared | {"docker-data": "/var/lib/docker"}


def mounts(container: dict[str, Any]) -> dict[str, str]:
    """Paths of a container's volumes, all of which it can write."""
    assert {m["readOnly"] for m in container["mountPoints"]} == {False}
    return {m["sourceVolume"]: m["containerPath"] for m in container["mountPoints"]}


def test_the_cache_of_docker_is_opt_in() -> None:
    def data(name: str) -> dict[str, Any]:
        volumes = of_type(options(), DEFINITION)[f"agent-{name}"].inputs["volumes"]
        return next(v for v in volumes if v["name"] == "docker-data")

    assert data("plain") == {"name": "docker-data"}
    assert data("cached")["dockerVolumeConfiguration"] == {
        "scope": "shared",
        "autoprovision": True,
        "driver": "local",
    }


def test_the_image_of_docker_can_be_another() -> None:
    images = {}
    for name in ("plain", "cached"):
        definition = of_type(options(), DEFINITION)[f"agent-{name}"].inputs
        *_, daemon = json.loads(definition["containerDefinitions"])[:2]
        images[name] = (daemon["name"], daemon["image"])
    assert images["plain"] == ("docker", IMAGE)
    assert images["cached"] == ("docker", "registry.example/dind:1")


def test_gpus() -> None:
    asked = template(gpu=2)
    assert requirements(asked)["accelerator_count"] == {"min": 2}
    assert requirements(asked)["accelerator_manufacturers"] == ["nvidia"]
    assert "max" not in requirements(asked)["vcpu_count"]
    assert image_parameter(asked).endswith("/amazon-linux-2023/gpu/recommended/image_id")
    definition = of_type(options(), DEFINITION)["agent-ml"]
    (container,) = json.loads(definition.inputs["containerDefinitions"])
    assert container["resourceRequirements"] == [{"type": "GPU", "value": "2"}]


def test_arm64() -> None:
    asked = template(architecture="arm64")
    assert requirements(asked)["cpu_manufacturers"] == ["amazon-web-services"]
    assert image_parameter(asked).endswith("/amazon-linux-2023/arm64/recommended/image_id")


def test_own_image() -> None:
    found = of_type(options(), "aws:ec2/launchTemplate:LaunchTemplate")
    assert found["instance-own"].inputs["imageId"] == "ami-0a1b2c3d4e5f"


def test_only_instances_with_docker_run_privileged_containers() -> None:
    assert "ECS_DISABLE_PRIVILEGED=true\n" in user_data(template(), "c")
    assert "ECS_DISABLE_PRIVILEGED=false\n" in user_data(template(**DOCKER), "c")


def test_java_knows_the_memory_of_a_task_on_an_instance() -> None:
    environment = {e["name"]: e["value"] for e in containers("big")["agent"]["environment"]}
    assert environment["JENKINS_JAVA_OPTS"] == "-XX:MaxRAM=1024m -XX:MaxRAMPercentage=50"
    usual = {e["name"]: e["value"] for e in containers("linux")["agent"]["environment"]}
    assert usual["JENKINS_JAVA_OPTS"] == "-XX:MaxRAMPercentage=50"
