"""Interface endpoints: which services get one, and how each is reached."""

from __future__ import annotations

from typing import Any

from jenkins_platform.base.context import Context
from jenkins_platform.network.security_groups import SecurityGroups
from jenkins_platform.network.vpc import Network
from jenkins_platform.network.vpc_endpoints import VpcEndpoints
from jenkins_platform.testing import Registration

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.stacks.mocks import platform
from harness.stacks.parts import parts
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    inputs,
    of_type,
    one,
    statements,
)

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NO_NAT: dict[str, Any] = {**LEAN, "network": {"nat": "none"}, "images": READY_IMAGES}


def endpoints(context: Context) -> None:
    network = Network(context)
    VpcEndpoints(context, network, SecurityGroups(context, network))


def interfaces(registered: list[Registration]) -> dict[str, dict[str, Any]]:
    found = {role: inputs(r) for role, r in of_type(registered, ENDPOINT).items()}
    return {role: r for role, r in found.items() if r["vpcEndpointType"] == "Interface"}


def test_requested_services_get_an_endpoint_without_a_policy() -> None:
    common = {
        "vpcId": "jenkins-vpc-id",
        "vpcEndpointType": "Interface",
        "subnetIds": [f"jenkins-private-{index}-id" for index in range(3)],
        "securityGroupIds": ["jenkins-endpoints-id"],
    }
    assert interfaces(platform(EVERYTHING)) == {
        "endpoint-sts": {
            **common,
            "serviceName": "com.amazonaws.eu-central-1.sts",
            "privateDnsEnabled": True,
        },
        "endpoint-eu-central-1.vpce-svc-0a1b2c3d": {
            **common,
            "serviceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d",
            "privateDnsEnabled": False,
        },
    }


def test_without_nat_each_required_service_has_an_endpoint() -> None:
    assert {endpoint["serviceName"] for endpoint in interfaces(platform(NO_NAT)).values()} == {
        f"com.amazonaws.eu-central-1.{service}"
        for service in ("ecr.api", "ecr.dkr", "ecs", "lambda", "logs", "secretsmanager")
    }


def test_builds_that_sign_images_reach_the_key() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
    for agent, expected in ((None, False), ("kaniko", True)):
        agents = [{"name": "linux", **({"platform_image": agent} if agent else {})}]
        args = NO_NAT | {"agents": agents, "images": {"signing_key_arn": key}}
        found = {
            endpoint["serviceName"] for endpoint in interfaces(parts(endpoints, args)).values()
        }
        assert ("com.amazonaws.eu-central-1.kms" in found) is expected


def test_endpoints_of_required_services_are_restricted_to_the_account() -> None:
    for role, endpoint in interfaces(platform(NO_NAT)).items():
        conditions = [s.get("Condition") for s in statements(endpoint["policy"]).values()]
        assert ACCOUNT in str(conditions), role


def test_the_service_waits_for_the_endpoints() -> None:
    waited = " ".join(one("aws:ecs/service:Service", NO_NAT).dependencies)
    for role in by_role(ENDPOINT, NO_NAT):
        assert f"{ENDPOINT}::jenkins-{role}" in waited


def test_no_endpoint_is_created_with_nat() -> None:
    assert interfaces(platform()) == {}
