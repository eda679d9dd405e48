"""Requests about capacity that AWS refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from localcloud.cloud import REGION, LocalCloud
from localcloud.emulator import Emulator

IMAGE, PARAMETER = "ami-0a1b2c3d4e5f60718", "resolve:ssm:/images/agents"
SIZES: dict[str, Any] = {"VCpuCount": {"Min": 2}, "MemoryMiB": {"Min": 4096}}


@pytest.fixture(scope="module")
def cloud(emulator: Emulator) -> LocalCloud:
    return LocalCloud(Path(), 0, "session", emulator.endpoint, {})


@pytest.fixture(scope="module")
def template(cloud: LocalCloud) -> str:
    """ID of a launch template: version 1 names an image, version 2 a parameter."""
    ec2 = cloud.client("ec2")
    made = ec2.create_launch_template(
        LaunchTemplateName="agents", LaunchTemplateData={"ImageId": IMAGE}
    )
    name = str(made["LaunchTemplate"]["LaunchTemplateId"])
    ec2.create_launch_template_version(
        LaunchTemplateId=name, LaunchTemplateData={"ImageId": PARAMETER}
    )
    return name


def policy(template: str, version: str, *overrides: dict[str, Any]) -> dict[str, Any]:
    specification = {"LaunchTemplateId": template, "Version": version}
    return {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": specification,
            "Overrides": list(overrides),
        }
    }


def create(cloud: LocalCloud, name: str, mixed: dict[str, Any]) -> None:
    cloud.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=[f"{REGION}a"],
        MixedInstancesPolicy=mixed,
    )


@pytest.mark.parametrize(
    ("version", "overrides", "said"),
    [
        ("2", [{"InstanceRequirements": SIZES}], "a Systems Manager parameter for the image"),
        ("$Latest", [{"InstanceRequirements": SIZES}], "a Systems Manager parameter"),
        (
            "1",
            [{"InstanceRequirements": SIZES}, {"InstanceType": "m7i.large"}],
            "InstanceRequirements and InstanceType cannot be combined",
        ),
        ("1", [{"InstanceRequirements": SIZES}] * 5, "At most 4 InstanceRequirements"),
        (
            "1",
            [
                {
                    "InstanceRequirements": {
                        **SIZES,
                        "AllowedInstanceTypes": ["m7i.*"],
                        "ExcludedInstanceTypes": ["m7i.metal*"],
                    }
                }
            ],
            "AllowedInstanceTypes and ExcludedInstanceTypes cannot be combined",
        ),
    ],
)
def test_a_group_that_chooses_types_by_attributes_does_not_accept(
    cloud: LocalCloud, template: str, version: str, overrides: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(ClientError, match=said) as refusal:
        create(cloud, "refused", policy(template, version, *overrides))
    assert refusal.value.response["Error"]["Code"] == "ValidationError"
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert "refused" not in [group["AutoScalingGroupName"] for group in groups]


def test_an_update_is_refused_too(cloud: LocalCloud, template: str) -> None:
    by_attributes = {"InstanceRequirements": SIZES}
    create(cloud, "agents", policy(template, "1", by_attributes))
    with pytest.raises(ClientError, match="Systems Manager parameter"):
        cloud.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName="agents",
            MixedInstancesPolicy=policy(template, "2", by_attributes),
        )


def test_named_types_accept_a_parameter(cloud: LocalCloud, template: str) -> None:
    create(cloud, "named", policy(template, "2", {"InstanceType": "m7i.large"}))


def test_a_capacity_provider_in_use_is_not_deleted(cloud: LocalCloud, template: str) -> None:
    ecs, autoscaling = cloud.client("ecs"), cloud.client("autoscaling")
    create(cloud, "used", policy(template, "1", {"InstanceRequirements": SIZES}))
    found = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=["used"])
    (group,) = found["AutoScalingGroups"]
    of_group = {"autoScalingGroupArn": group["AutoScalingGroupARN"]}
    ecs.create_capacity_provider(name="agents", autoScalingGroupProvider=of_group)
    ecs.create_cluster(clusterName="agents", capacityProviders=["agents"])
    with pytest.raises(ClientError, match="in use by the clusters agents"):
        ecs.delete_capacity_provider(capacityProvider="agents")
    ecs.put_cluster_capacity_providers(
        cluster="agents", capacityProviders=[], defaultCapacityProviderStrategy=[]
    )
    ecs.delete_capacity_provider(capacityProvider="agents")


def test_a_task_does_not_start_on_a_capacity_provider_that_its_cluster_lacks(
    cloud: LocalCloud,
) -> None:
    ecs = cloud.client("ecs")
    ecs.create_cluster(clusterName="plain", capacityProviders=["FARGATE"])
    ecs.register_task_definition(
        family="web",
        containerDefinitions=[{"name": "web", "image": "nginx", "memory": 512}],
    )

    def run(provider: str) -> list[Any]:
        return ecs.run_task(
            cluster="plain",
            taskDefinition="web",
            capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}],
        )["tasks"]

    with pytest.raises(ClientError, match="not associated with the cluster"):
        run("FARGATE_SPOT")
    assert len(run("FARGATE")) == 1
