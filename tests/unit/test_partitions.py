"""Platforms in AWS GovCloud (US) and in China: every name is one of their partition.

Sources: AWS General Reference, "Amazon Resource Names"; "Getting Started with AWS services in
China", endpoints; service principals and endpoint names as in the AWS CDK's ``region-info``.
"""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from typing import Any

import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.settings.endpoint_services import full_name
from jenkins_platform.settings.facts.regions import via
from jenkins_platform.testing import Registration, register

from harness.inputs.changes import BY_HAND
from harness.stacks.registered import ACCOUNT, EVERYTHING, of_type, statements

PARTITIONS = {"us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}
OTHERS = {"us-gov-west-1": "us-gov-east-1", "cn-north-1": "cn-northwest-1"}
SERVICES = EVERYTHING["network"]["endpoint_services"]
ARGS: dict[str, Any] = {
    **EVERYTHING,
    "network": {"nat": "none", "endpoint_services": [*SERVICES, "sqs"]},
    "images": {"signing_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/a"},
    "monitoring": {**EVERYTHING["monitoring"], "events": ["controller-stopped", "build-failed"]},
    "backup": {**EVERYTHING["backup"], "encryption_key": {"create": {}}},
    "jenkins": {
        **EVERYTHING["jenkins"],
        "credentials": {},
        "secrets": {"A": "arn:aws:ssm:eu-central-1:123456789012:parameter/a"},
        "job_identity": BY_HAND["jenkins.job_identity"]["jenkins"]["job_identity"],
    },
    "agents": [
        {"name": "linux"},
        {"name": "kaniko", "platform_image": "kaniko"},
        {"name": "large", "capacity": "instances"},
        {"name": "docker", "capacity": "instances", "docker": True, "cpu": 2048},
    ],
    "webhooks": BY_HAND["webhooks"]["webhooks"],
}
"""A platform with nearly everything, and with endpoints instead of NAT gateways."""
SAME_EVERYWHERE = (
    *("ecs", "ecs-tasks", "lambda", "events", "scheduler", "cloudwatch", "budgets", "backup"),
    *("vpc-flow-logs", "delivery.logs", "logdelivery.elasticloadbalancing"),
    *("elasticloadbalancing", "sts"),
)
"""Principals and audiences that end in ``amazonaws.com`` in China too."""


@cache
def registered(region: str) -> list[Registration]:
    text = json.dumps(ARGS).replace("eu-west-1", OTHERS[region])
    text = text.replace("eu-central-1", region).replace("arn:aws:", f"arn:{PARTITIONS[region]}:")
    if region == "cn-north-1":
        text = text.replace('"network-load-balancer"', '"cloud-map"')
    args = json.loads(text)
    calls = {
        "aws:index/getRegion:getRegion": {"region": region},
        "aws:index/getPartition:getPartition": {"partition": PARTITIONS[region]},
        "aws:index/getAvailabilityZones:getAvailabilityZones": {
            "names": [f"{region}{zone}" for zone in "abc"]
        },
    }
    return register(lambda: JenkinsPlatform("jenkins", copy.deepcopy(args)), calls=calls)


def texts(value: Any) -> list[str]:
    """Every text in a value, documents in JSON included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in texts(part)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return []


@pytest.mark.parametrize("region", PARTITIONS)
def test_every_arn_is_of_the_partition(region: str) -> None:
    found = {
        partition
        for resource in registered(region)
        for text in texts(resource.inputs)
        for partition in re.findall(r"arn:(aws[a-z-]*):", text)
    }
    assert found == {PARTITIONS[region]}


def test_every_host_of_aws_in_china_is_in_its_domain() -> None:
    region = "cn-north-1"
    hosts = {
        (resource.name, host)
        for resource in registered(region)
        for text in texts(resource.inputs)
        for host in re.findall(r"[a-z0-9.*-]+\.amazonaws\.com(?!\.cn)\b", text)
    }
    both = {host for service in ("secretsmanager", "ssm") for host in via(service, region)}
    both |= {host for s in ("elasticfilesystem", "backup") for host in via(s, region, "*")}
    same = {f"{service}.amazonaws.com" for service in SAME_EVERYWHERE} | both
    assert {entry for entry in hosts if entry[1] not in same} == set()


def test_principals_that_differ_in_china() -> None:
    policies = [text for r in registered("cn-north-1") for text in texts(r.inputs)]
    principals = {
        name
        for text in policies
        if text.startswith("{") and "Principal" in text
        for name in re.findall(r'"Service": "([^"]+)"', text)
    }
    assert {"ec2.amazonaws.com.cn", "logs.cn-north-1.amazonaws.com.cn"} <= principals


@pytest.mark.parametrize("region", PARTITIONS)
def test_images_are_pulled_from_the_registry_of_the_region(region: str) -> None:
    policies = of_type(registered(region), "aws:iam/rolePolicy:RolePolicy")
    registry = f"arn:{PARTITIONS[region]}:ecr:{region}:{ACCOUNT}:repository/jenkins-abcdef"
    for role, image in (("controller-execution", "controller"), ("agents-execution", "agent")):
        found = statements(policies[role].inputs["policy"])["PullImages"]["Resource"]
        assert f"{registry}/{image}" in found


def test_endpoints_in_china() -> None:
    names = {
        r.inputs["serviceName"]
        for r in registered("cn-north-1")
        if r.token == "aws:ec2/vpcEndpoint:VpcEndpoint"
    }
    china, usual = ("cn.com.amazonaws.cn-north-1", "com.amazonaws.cn-north-1")
    assert {f"{china}.{s}" for s in ("ecr.api", "ecr.dkr", "lambda", "sts", "sqs")} <= names
    assert {f"{usual}.{s}" for s in ("ecs", "logs", "secretsmanager", "kms", "s3")} <= names
    assert full_name("ecr.api", "us-gov-west-1") == "com.amazonaws.us-gov-west-1.ecr.api"


def test_kms_is_called_through_either_domain_in_china() -> None:
    assert via("ssm", "us-gov-west-1") == ["ssm.us-gov-west-1.amazonaws.com"]
    assert via("ssm", "cn-north-1") == [
        "ssm.cn-north-1.amazonaws.com",
        "ssm.cn-north-1.amazonaws.com.cn",
    ]
