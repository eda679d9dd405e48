"""Users over IPv6 in a VPC that the platform creates: turned on, and off again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long
MakeStack = Callable[..., Stack]


def program(scheme: str, ipv6: bool, ip_address_type: str, certificate: str = "") -> Any:
    load_balancer: dict[str, Any] = {
        "scheme": scheme,
        "ip_address_type": ip_address_type,
        "allowed_cidrs": ["203.0.113.0/24", "2001:db8::/32"],
    }
    if certificate:
        load_balancer["certificate"] = {"existing": certificate}
    return platform_program(
        {
            **LEAN,
            "removal_policy": "destroy",
            "network": {"nat": "single", "ipv6": ipv6},
            "load_balancer": load_balancer,
        }
    )


def seen(cloud: LocalCloud, stack: Stack) -> tuple[str, int, set[str], set[str]]:
    """Type of the load balancer, how many of its subnets have IPv6 addresses, the targets of IPv6
    routes beyond the VPC, and the blocks of the VPC."""
    ec2 = cloud.client("ec2")
    vpc_id = str(stack.up()["vpc_id"])
    assert stack.changes == {}
    (balancer,) = [
        b
        for b in cloud.client("elbv2").describe_load_balancers()["LoadBalancers"]
        if b["VpcId"] == vpc_id
    ]
    ids = [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]
    subnets = ec2.describe_subnets(SubnetIds=ids)["Subnets"]
    assert len({s["AvailabilityZone"] for s in subnets}) == 2
    tables = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": ids}])[
        "RouteTables"
    ]
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    return (
        str(balancer["IpAddressType"]),
        sum(bool(s["Ipv6CidrBlockAssociationSet"]) for s in subnets),
        {
            str(r["GatewayId"]).split("-")[0]
            for t in tables
            for r in t["Routes"]
            if r.get("DestinationIpv6CidrBlock") == "::/0"
        },
        {
            b["Ipv6CidrBlockState"]["State"]
            for b in vpc.get("Ipv6CidrBlockAssociationSet", [])
            if b["Ipv6CidrBlockState"]["State"] != "disassociated"
        },
    )


OFF = ("ipv4", 0, set(), set())


@pytest.mark.parametrize(("scheme", "routes"), [("internal", set()), ("internet-facing", {"igw"})])
def test_ipv6_can_be_turned_on_and_off(
    make_stack: MakeStack, cloud: LocalCloud, scheme: str, routes: set[str]
) -> None:
    acm = cloud.client("acm")
    certificate = acm.request_certificate(DomainName="ci.example.com")["CertificateArn"]
    stack = make_stack(program(scheme, False, "ipv4", certificate))
    stack.up()
    assert seen(cloud, stack) == OFF

    stack.program = program(scheme, True, "dualstack", certificate)
    stack.up()
    on = ("dualstack", 2, routes, {"associated"})
    assert seen(cloud, stack) == on
    # The provider shows the block of the association as one of the VPC.
    stack.refresh()
    assert seen(cloud, stack) == on

    stack.program = program(scheme, False, "ipv4", certificate)
    with pytest.raises(auto.CommandError):
        stack.up()
    assert any("network.ipv6: false: the deployed load balancer" in e for e in stack.errors)
    assert stack.changes == {}

    stack.program = program(scheme, True, "ipv4", certificate)
    stack.up()
    assert seen(cloud, stack) == ("ipv4", *on[1:])
    stack.program = program(scheme, False, "ipv4", certificate)
    stack.up()
    assert seen(cloud, stack) == OFF
    stack.refresh()
    assert seen(cloud, stack) == OFF


def test_a_new_platform_has_ipv6_from_the_start(make_stack: MakeStack, cloud: LocalCloud) -> None:
    stack = make_stack(program("internal", True, "dualstack"))
    stack.up()
    assert seen(cloud, stack) == ("dualstack", 2, set(), {"associated"})
    stack.destroy()
    assert cloud.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
