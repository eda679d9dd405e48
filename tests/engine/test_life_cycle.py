"""A platform's life: up, no change, change, drift, failure, destroy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from jenkins_platform import JenkinsPlatform
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.stacks.engine import Stack, platform_program
from harness.stacks.guardrails import judge

MakeStack = Callable[..., Stack]


def active_clusters(cloud: LocalCloud) -> list[str]:
    """Active clusters; moto also lists deleted ones."""
    ecs = cloud.client("ecs")
    found = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    return [c["clusterArn"] for c in found if c["status"] == "ACTIVE"]


def left_in_aws(cloud: LocalCloud) -> list[str]:
    """Everything with the platform's tag that plain boto3 still finds alive.

    As in AWS, some resources stay visible when deleted: NAT gateways as deleted, clusters and
    task definitions as inactive, KMS keys as waiting for deletion.
    """
    tagging, ecs = cloud.client("resourcegroupstaggingapi"), cloud.client("ecs")
    pages = tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": "JenkinsPlatform"}])
    tagged = [r["ResourceARN"] for page in pages for r in page["ResourceTagMappingList"]]
    gateways = cloud.client("ec2").describe_nat_gateways()["NatGateways"]
    ended = {g["NatGatewayId"] for g in gateways if g["State"] == "deleted"}
    kms = cloud.client("kms")
    for key in kms.list_keys()["Keys"]:
        if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion":
            ended.add(key["KeyId"])
    active = set(ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"])
    active |= set(active_clusters(cloud))
    return [
        arn
        for arn in tagged
        if arn.rsplit("/", 1)[-1] not in ended and (":ecs:" not in arn or arn in active)
    ]


def service_of(cloud: LocalCloud, outputs: dict[str, Any]) -> Any:
    ecs, cluster = cloud.client("ecs"), outputs["controller_cluster_arn"]
    (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
    return ecs.describe_services(cluster=cluster, services=[arn])["services"][0]


def check_defaults(cloud: LocalCloud, stack: Stack, outputs: dict[str, Any]) -> None:
    """Check the resources of a default platform with plain boto3."""
    efs, elb, ecs = cloud.client("efs"), cloud.client("elbv2"), cloud.client("ecs")

    (home,) = efs.describe_file_systems()["FileSystems"]
    assert (home["Encrypted"], home["ThroughputMode"]) == (True, "elastic")
    (point,) = efs.describe_access_points()["AccessPoints"]
    assert point["PosixUser"] == {"Uid": 1000, "Gid": 1000}
    assert point["RootDirectory"]["Path"] == "/jenkins-home"
    assert point["RootDirectory"]["CreationInfo"]["Permissions"] == "0750"
    targets = efs.describe_mount_targets(FileSystemId=home["FileSystemId"])["MountTargets"]
    assert len({t["AvailabilityZoneId"] for t in targets}) == 2

    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal"
    (group,) = elb.describe_target_groups()["TargetGroups"]
    assert (group["HealthCheckPath"], group["TargetType"]) == ("/health/", "ip")

    service = service_of(cloud, outputs)
    assert (service["desiredCount"], service["launchType"]) == (1, "FARGATE")
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
    task = definition["taskDefinition"]
    assert task["taskRoleArn"] != task["executionRoleArn"]
    volume = next(v for v in task["volumes"] if v["name"] == "home")
    assert volume["efsVolumeConfiguration"]["transitEncryption"] == "ENABLED"
    assert volume["efsVolumeConfiguration"]["authorizationConfig"] == {
        "accessPointId": point["AccessPointId"],
        "iam": "ENABLED",
    }
    (container,) = task["containerDefinitions"]
    assert container["stopTimeout"] == 120
    (secret,) = container["secrets"]
    assert secret["valueFrom"].startswith(outputs["admin_password_secret_arn"] + ":::")
    password = cloud.client("secretsmanager").get_secret_value(
        SecretId=outputs["admin_password_secret_arn"]
    )["SecretString"]
    assert len(password) == 32
    assert password not in str(task)

    clusters = ecs.describe_clusters(clusters=[outputs["agent_cluster_arn"]], include=["SETTINGS"])[
        "clusters"
    ]
    assert sorted(clusters[0]["capacityProviders"]) == ["FARGATE", "FARGATE_SPOT"]
    assert clusters[0]["settings"] == [{"name": "containerInsights", "value": "enabled"}]

    # Without a certificate Jenkins is served over plain HTTP inside the network, with a warning.
    found = {(v.policy, v.resource.rsplit("::", 1)[-1]) for v in judge(stack.guarded_resources())}
    assert found == {
        ("no-plain-http", "jenkins-http"),
        ("balancer-deletion-protection", "jenkins-alb"),
    }


def test_the_life_cycle_of_a_platform(make_stack: MakeStack, cloud: LocalCloud) -> None:
    """One test for the whole life cycle: each step continues from the previous one."""
    stack = make_stack(platform_program())
    outputs = stack.up()
    created = dict(stack.changes)
    assert set(created.values()) == {"create"}
    check_defaults(cloud, stack, outputs)

    stack.up()
    assert stack.changes == {}, "a second up changes nothing"
    stack.refresh()
    assert stack.changes == {}, "a refresh finds no change"

    stack.program = platform_program({"jenkins": {"system_message": "Hello"}})
    stack.up()
    assert stack.changes == {
        "aws:s3/bucketObjectv2:BucketObjectv2 jenkins-configuration": "update",
        "aws:ecs/taskDefinition:TaskDefinition jenkins-controller": "replace",
        "aws:ecs/service:Service jenkins-controller": "update",
    }, "a change of configuration updates only the document and the deployment"

    ecs = cloud.client("ecs")
    cluster = outputs["controller_cluster_arn"]
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, desiredCount=0)
    stack.refresh()
    stack.up()
    assert stack.changes == {"aws:ecs/service:Service jenkins-controller": "update"}
    (found,) = ecs.describe_services(cluster=cluster, services=[service])["services"]
    assert found["desiredCount"] == 1, "drift is found and corrected"

    stack.destroy()
    assert set(stack.changes) == set(created), "every created resource is deleted"
    assert left_in_aws(cloud) == []
    assert cloud.client("efs").describe_file_systems()["FileSystems"] == []


@pytest.mark.long
def test_a_platform_in_another_account_and_region_of_the_same_program(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    """All of it follows the explicit provider: resources, names in ARNs, what policies say, tags
    (more of them than an object in S3 can have)."""
    account, region = "210987654321", "us-east-1"
    tags = {f"company:{number}": "x" for number in range(12)}

    def program() -> None:
        role = aws.ProviderAssumeRoleArgs(role_arn=f"arn:aws:iam::{account}:role/deployer")
        default_tags = aws.ProviderDefaultTagsArgs(tags=tags)
        theirs = aws.Provider(
            "theirs", region=region, assume_roles=[role], default_tags=default_tags
        )
        platform_program(LEAN)()
        args: Any = {"removal_policy": "destroy", "name_prefix": "acme", "images": READY_IMAGES}
        there = JenkinsPlatform(
            "there",
            {**LEAN, **args},
            pulumi.ResourceOptions(providers=[theirs]),
        )
        pulumi.export("cluster", there.agent_cluster_arn)

    stack = make_stack(program)
    outputs = stack.up()
    assert outputs["cluster"] == f"arn:aws:ecs:{region}:{account}:cluster/acme-agents"
    assert outputs["agent_cluster_arn"].startswith("arn:aws:ecs:eu-central-1:123456789012:")
    providers = {r["id"]: r["urn"] for r in stack.resources() if "providers:aws" in r["type"]}
    for resource in stack.resources():
        if not resource["type"].startswith("aws:"):
            continue
        used = providers[resource["provider"].rsplit("::", 1)[-1]]
        is_there = resource["urn"].split("::")[3].startswith("there-")
        assert used.endswith("::theirs") == is_there, resource["urn"]
        if is_there:
            assert "123456789012" not in json.dumps(resource["outputs"]), resource["urn"]
            assert "eu-central-1" not in json.dumps(resource["outputs"]), resource["urn"]
        if resource["type"] != "aws:s3/bucketObjectv2:BucketObjectv2":
            found = resource["outputs"].get("tagsAll")
            assert found is None or (tags.items() <= found.items()) == is_there, resource["urn"]
    stack.up()
    assert stack.changes == {}
    tags["company:added"] = "x"
    stack.up()
    assert set(stack.changes.values()) == {"update"}
    assert not [key for key in stack.changes if "bucketObject" in key]


@pytest.mark.long
def test_an_up_after_failed_ones_completes(make_stack: MakeStack, cloud: LocalCloud) -> None:
    stack = make_stack(platform_program(LEAN))
    made: dict[str, str] = {}
    operations = ("PutFileSystemPolicy", "ModifyLoadBalancerAttributes", "CreateService")
    cloud.set_faults(*({"operation": o, "code": "Refused", "times": 1} for o in operations))
    while not all(fault["hits"] for fault in cloud.faults()):
        with pytest.raises(auto.CommandError):
            stack.up()
        assert any("Refused" in message for message in stack.errors), stack.errors
        made |= {r["urn"]: r["id"] for r in stack.resources() if r.get("id")}
    cloud.set_faults()
    stack.up()
    now = {r["urn"]: r.get("id") for r in stack.resources()}
    assert {urn: now[urn] for urn in made} == made, "existing resources are not created again"
    assert not [r["urn"] for r in stack.resources() if r.get("initErrors")]
    assert len(active_clusters(cloud)) == 2


def test_https_with_a_certificate_and_http_only_redirects(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    certificate, other = (
        cloud.client("acm").request_certificate(DomainName=name)
        for name in ("ci.example.com", "build.example.com")
    )
    stack = make_stack(
        platform_program(
            {
                "load_balancer": {
                    "scheme": "internet-facing",
                    "domain_name": "ci.example.com",
                    "certificate": {"existing": certificate["CertificateArn"]},
                    "additional_domain_names": ["build.example.com"],
                    "additional_certificate_arns": [other["CertificateArn"]],
                    "allowed_cidrs": ["203.0.113.0/24"],
                }
            }
        )
    )
    assert stack.up()["url"] == "https://ci.example.com/"
    elb = cloud.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listeners = {
        listener["Port"]: listener
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])[
            "Listeners"
        ]
    }
    assert balancer["Scheme"] == "internet-facing"
    assert listeners[443]["SslPolicy"].startswith("ELBSecurityPolicy-TLS13")
    assert listeners[443]["DefaultActions"][0]["Type"] == "forward"
    assert listeners[80]["DefaultActions"][0]["RedirectConfig"]["StatusCode"] == "HTTP_301"
    https = listeners[443]["ListenerArn"]
    found = elb.describe_listener_certificates(ListenerArn=https)["Certificates"]
    assert other["CertificateArn"] in [one["CertificateArn"] for one in found]
    redirect = elb.describe_rules(ListenerArn=https)["Rules"][0]
    assert redirect["Conditions"][0]["HostHeaderConfig"]["Values"] == ["build.example.com"]
    assert redirect["Actions"][0]["RedirectConfig"]["Host"] == "ci.example.com"


def test_invalid_inputs_register_nothing(make_stack: MakeStack, cloud: LocalCloud) -> None:
    stack = make_stack(
        platform_program({"network": {"availability_zone_count": 9}, "controller": {"cpu": 5}})
    )
    with pytest.raises(auto.CommandError):
        stack.up()
    (error,) = [e for e in stack.errors if "problems" in e][:1]
    assert "network.availability_zone_count: 9" in error
    assert "controller.cpu: 5" in error
    assert "Traceback" not in "".join(stack.errors)
    assert [r["type"] for r in stack.resources()] == ["pulumi:pulumi:Stack"]


def test_an_existing_vpc_may_be_created_in_the_same_program(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    def args() -> dict[str, Any]:
        vpc = aws.ec2.Vpc("mine", cidr_block="10.1.0.0/16", enable_dns_hostnames=True)
        subnets = [
            aws.ec2.Subnet(
                f"mine-{zone}",
                vpc_id=vpc.id,
                cidr_block=f"10.1.{index}.0/24",
                availability_zone=f"eu-central-1{zone}",
            )
            for index, zone in enumerate("ab")
        ]
        return {
            "network": {
                "existing": {"vpc_id": vpc.id, "private_subnet_ids": [s.id for s in subnets]}
            },
            "load_balancer": {"allowed_cidrs": ["10.1.0.0/16"]},
        }

    stack = make_stack(platform_program(args))
    outputs = stack.up()
    vpcs = cloud.client("ec2").describe_vpcs()["Vpcs"]
    assert [v["VpcId"] for v in vpcs if not v["IsDefault"]] == [outputs["vpc_id"]]
