"""Each stack of ``docs/cookbook.md`` is deployed on the embedded cloud."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from localcloud.cloud import LocalCloud

from harness.documentation.pages import ROOT, Page
from harness.inputs.lean import READY_IMAGES
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long

PREFIX = "jenkins-platform:"
BLOCKS = [b.text for b in Page(ROOT / "docs" / "cookbook.md").blocks if b.language == "yaml"]
EXPECTED = {
    "start-up": {"aws:lambda/functionUrl:FunctionUrl", "aws:budgets/budget:Budget"},
    "agency": {
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:ecr/repository:Repository",
    },
    "bank": {"aws:backup/vaultLockConfiguration:VaultLockConfiguration", "aws:kms/key:Key"},
    "open-source": {
        "aws:wafv2/webAcl:WebAcl",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    },
    "govcloud": {"aws:ec2/flowLog:FlowLog", "aws:ec2/vpcEndpoint:VpcEndpoint"},
    "platform-team": {"aws:lb/listenerRule:ListenerRule", "aws:lb/targetGroup:TargetGroup"},
}
"""Types of resources that each stack is about."""
THERE_ALREADY = {
    "bank": {"aws:ec2/vpc:Vpc"},
    "platform-team": {
        "aws:ec2/vpc:Vpc",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/listener:Listener",
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    },
}
"""Types of resources that belong to others."""


def there_already(cloud: LocalCloud, text: str, region: str) -> str:
    """The stack with the ids of what exists: a certificate, a network and what is in it."""
    acm, ec2 = cloud.client("acm", region), cloud.client("ec2", region)
    name = re.findall(r"domain_name: (\S+)", text)
    if name:
        arn = acm.request_certificate(DomainName=name[0])["CertificateArn"]
        text = re.sub(r"arn:[\w-]+:acm:\S+?/abc", arn, text)
    if "vpc-0a1b2c3d4e5f" in text:
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        text = text.replace("vpc-0a1b2c3d4e5f", vpc)
        for index, zone in enumerate("ab"):
            subnet = ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{region}{zone}"
            )["Subnet"]["SubnetId"]
            text = text.replace(f"subnet-{index}a1b2c3d4e5f", subnet)
    if found := re.search(r"arn:aws:elasticloadbalancing:\S+", text):
        group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
        text = text.replace("sg-0a1b2c3d4e5f", group).replace(
            found[0], listener(cloud, text, group)
        )
    if "cluster/shared" in text:
        cloud.client("ecs").create_cluster(
            clusterName="shared", capacityProviders=["FARGATE", "FARGATE_SPOT"]
        )
    return text


def listener(cloud: LocalCloud, text: str, group: str) -> str:
    """An HTTPS listener in the subnets, with the certificate of a stack and a security group."""
    elb = cloud.client("elbv2")
    subnets = sorted(set(re.findall(r"subnet-[0-9a-f]+", text)))
    balancer = elb.create_load_balancer(
        Name="web", Subnets=subnets, SecurityGroups=[group], Scheme="internal"
    )
    (certificate,) = re.findall(r"arn:aws:acm:[^\s\"]+", text)
    made = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )
    return str(made["Listeners"][0]["ListenerArn"])


def test_the_page_has_a_stack_for_each_company() -> None:
    assert len(BLOCKS) == len(EXPECTED)


@pytest.mark.parametrize("company", EXPECTED)
def test_a_stack_of_the_cookbook_is_deployed(
    make_stack: Callable[..., Stack], cloud: LocalCloud, company: str
) -> None:
    text = BLOCKS[list(EXPECTED).index(company)]
    region = yaml.safe_load(text)["config"]["aws:region"]
    config = yaml.safe_load(there_already(cloud, text, region))["config"]
    args: dict[str, Any] = {
        key.removeprefix(PREFIX): value for key, value in config.items() if key.startswith(PREFIX)
    }
    # Nothing is built here; repositories of one's own stay.
    images = {**READY_IMAGES, **args.get("images", {})}
    stack = make_stack(platform_program({**args, "images": images}), config={"aws:region": region})
    stack.up()
    assert set(stack.changes.values()) == {"create"}
    created = {name.split()[0] for name in stack.changes}
    assert EXPECTED[company] <= created
    assert not THERE_ALREADY.get(company, set()) & created
