"""The VPC: subnets, routes and NAT gateways for each strategy."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pulumi
import pytest
from jenkins_platform.base.context import Context
from jenkins_platform.network.vpc import Network
from jenkins_platform.testing import Registration

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import controller, load_balancer, parts
from harness.stacks.registered import (
    EVERYTHING,
    IN_PUBLIC,
    OPTIONAL,
    by_role,
    dependencies,
    inputs,
    of_type,
    one,
    only,
    statements,
)

SUBNET = "aws:ec2/subnet:Subnet"
NAT = "aws:ec2/natGateway:NatGateway"
SINGLE_NAT: dict[str, Any] = {}
NO_NAT: dict[str, Any] = {"network": {"nat": "none"}}
PUBLIC_SUBNETS: dict[str, Any] = {"network": {"nat": "public-subnets"}}


def routes(registered: list[Registration]) -> dict[str, str]:
    """Where each route table sends what leaves the VPC."""
    found = {}
    for route in map(inputs, of_type(registered, "aws:ec2/route:Route").values()):
        assert route.pop("destinationCidrBlock") == "0.0.0.0/0"
        table = route.pop("routeTableId")
        (target,) = route.values()
        found[table] = target
    return found


def test_the_vpc_resolves_dns_names() -> None:
    assert inputs(one("aws:ec2/vpc:Vpc")) == {
        "cidrBlock": "10.42.0.0/16",
        "enableDnsSupport": True,
        "enableDnsHostnames": True,
    }


def test_each_zone_has_a_public_and_a_private_subnet() -> None:
    found = {role: inputs(r) for role, r in by_role(SUBNET, EVERYTHING).items()}
    expected = {
        "public-0": ("10.42.0.0/20", "eu-central-1a"),
        "public-1": ("10.42.16.0/20", "eu-central-1b"),
        "public-2": ("10.42.32.0/20", "eu-central-1c"),
        "private-0": ("10.42.128.0/20", "eu-central-1a"),
        "private-1": ("10.42.144.0/20", "eu-central-1b"),
        "private-2": ("10.42.160.0/20", "eu-central-1c"),
    }
    assert found == {
        role: {"vpcId": "jenkins-vpc-id", "cidrBlock": block, "availabilityZone": zone}
        for role, (block, zone) in expected.items()
    }


def test_two_zones_are_the_default() -> None:
    assert set(by_role(SUBNET)) == {"public-0", "public-1", "private-0", "private-1"}


def test_another_zone_moves_no_subnet() -> None:
    two, three = by_role(SUBNET), by_role(SUBNET, EVERYTHING)
    assert {role: inputs(r) for role, r in two.items()}.items() <= {
        role: inputs(r) for role, r in three.items()
    }.items()


def test_subnets_ignore_a_change_of_the_availability_zone() -> None:
    assert {r.ignore_changes for r in by_role(SUBNET).values()} == {("availabilityZone",)}


def test_a_region_with_too_few_zones_is_reported_with_the_input() -> None:
    zones = {"aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ["a", "b"]}}
    args: Any = {"network": {"availability_zone_count": 3}}
    message = r"network.availability_zone_count: 3: this account can use only 2 zones here: a, b"
    with pytest.raises(Exception, match=message):
        parts(Network, args, calls=zones)


def test_zones_that_are_unavailable_and_local_zones_get_no_subnet(lookups: set[str]) -> None:
    parts(Network, PUBLIC_SUBNETS)
    (asked,) = [text.partition(" ")[2] for text in lookups if "getAvailabilityZones" in text]
    assert json.loads(asked) == {
        "state": "available",
        "filters": [{"name": "zone-type", "values": ["availability-zone"]}],
    }


def test_availability_zones_are_the_named_ones() -> None:
    args = {"network": {"availability_zones": ["eu-central-1b", "eu-central-1c"]}}
    subnets = of_type(parts(Network, args), SUBNET)
    assert {role: r.inputs["availabilityZone"] for role, r in subnets.items()} == {
        "public-0": "eu-central-1b",
        "public-1": "eu-central-1c",
        "private-0": "eu-central-1b",
        "private-1": "eu-central-1c",
    }


def test_each_subnet_has_its_route_table() -> None:
    associations = by_role("aws:ec2/routeTableAssociation:RouteTableAssociation", EVERYTHING)
    assert {r.inputs["subnetId"]: r.inputs["routeTableId"] for r in associations.values()} == {
        "jenkins-public-0-id": "jenkins-public-routes-id",
        "jenkins-public-1-id": "jenkins-public-routes-id",
        "jenkins-public-2-id": "jenkins-public-routes-id",
        "jenkins-private-0-id": "jenkins-private-0-routes-id",
        "jenkins-private-1-id": "jenkins-private-1-routes-id",
        "jenkins-private-2-id": "jenkins-private-2-routes-id",
    }


@pytest.mark.parametrize("scheme", ["internal", "internet-facing"])
def test_only_the_load_balancer_is_in_subnets_with_ipv6_addresses(scheme: str) -> None:
    certificate = BY_HAND["load_balancer.certificate"]["load_balancer"]["certificate"]
    args: Any = {
        "network": {"ipv6": True},
        "load_balancer": {"scheme": scheme, "certificate": certificate},
    }
    found = parts(load_balancer, args)
    by_name = {(r.token, r.name): r for r in found}
    subnets = {name: r.inputs for (kind, name), r in by_name.items() if kind == SUBNET}
    assert {n: i["ipv6CidrBlock"] for n, i in subnets.items() if "ipv6CidrBlock" in i} == {
        "jenkins-load-balancer-0": "2001:db8:0:1c00::/64",
        "jenkins-load-balancer-1": "2001:db8:0:1c01::/64",
    }
    block = by_name[
        "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation", "jenkins-ipv6"
    ]
    assert block.inputs == {"vpcId": "jenkins-vpc-id", "assignGeneratedIpv6CidrBlock": True}
    own = [f"jenkins-load-balancer-{zone}" for zone in (0, 1)]
    assert [subnets[name]["cidrBlock"] for name in own] == ["10.42.64.0/20", "10.42.80.0/20"]
    balancer = by_name["aws:lb/loadBalancer:LoadBalancer", "jenkins-alb"]
    assert balancer.inputs["subnets"] == [f"{name}-id" for name in own]
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    tables = [by_name[association, f"{name}-routes"].inputs["routeTableId"] for name in own]
    route = by_name.get(("aws:ec2/route:Route", "jenkins-public-internet-ipv6"))
    if scheme == "internal":
        assert tables == ["jenkins-private-0-routes-id", "jenkins-private-1-routes-id"]
        assert route is None
    else:
        assert tables == ["jenkins-public-routes-id"] * 2
        assert route is not None
        assert inputs(route) == {
            "routeTableId": "jenkins-public-routes-id",
            "destinationIpv6CidrBlock": "::/0",
            "gatewayId": "jenkins-internet-gateway-id",
        }


def test_the_vpc_ignores_the_ipv6_block_of_its_association() -> None:
    assert one("aws:ec2/vpc:Vpc").ignore_changes == ("assignGeneratedIpv6CidrBlock",)


PUBLIC = {"jenkins-public-routes-id": "jenkins-internet-gateway-id"}


@pytest.mark.parametrize(
    ("registered", "private"),
    [
        (platform, {0: 0, 1: 0}),
        (partial(platform, EVERYTHING), {0: 0, 1: 1, 2: 2}),
        (partial(parts, Network, PUBLIC_SUBNETS), {}),
        (partial(parts, Network, NO_NAT), {}),
    ],
    ids=["single", "one-per-zone", "public-subnets", "none"],
)
def test_routes_of_each_nat_strategy(
    registered: Callable[[], list[Registration]], private: dict[int, int]
) -> None:
    assert routes(registered()) == PUBLIC | {
        f"jenkins-private-{table}-routes-id": f"jenkins-nat-{gateway}-id"
        for table, gateway in private.items()
    }


def test_each_nat_gateway_is_in_its_public_subnet_with_its_own_address() -> None:
    gateways = by_role(NAT, EVERYTHING)
    assert {role: inputs(r) for role, r in gateways.items()} == {
        f"nat-{index}": {
            "subnetId": f"jenkins-public-{index}-id",
            "allocationId": f"jenkins-nat-{index}-address-allocation",
        }
        for index in range(3)
    }
    for gateway in gateways.values():
        assert dependencies(gateway, "aws:ec2/internetGateway:InternetGateway")
    addresses = by_role("aws:ec2/eip:Eip", EVERYTHING)
    assert [inputs(r) for r in addresses.values()] == [{"domain": "vpc"}] * 3


def test_the_s3_endpoint_is_in_every_route_table() -> None:
    endpoint = by_role("aws:ec2/vpcEndpoint:VpcEndpoint", EVERYTHING)["s3"]
    assert inputs(endpoint) == {
        "vpcId": "jenkins-vpc-id",
        "serviceName": "com.amazonaws.eu-central-1.s3",
        "vpcEndpointType": "Gateway",
        "routeTableIds": [
            "jenkins-public-routes-id",
            "jenkins-private-0-routes-id",
            "jenkins-private-1-routes-id",
            "jenkins-private-2-routes-id",
        ],
    }


def test_the_s3_endpoint_has_a_policy_only_without_nat() -> None:
    endpoint = of_type(parts(Network, NO_NAT), "aws:ec2/vpcEndpoint:VpcEndpoint")["s3"]
    assert statements(endpoint.inputs["policy"])


@pytest.mark.parametrize(
    ("args", "subnets", "public"),
    [
        (SINGLE_NAT, "private", False),
        (NO_NAT, "private", False),
        (PUBLIC_SUBNETS, "public", True),
    ],
    ids=["single", "none", "public-subnets"],
)
def test_tasks_have_a_public_address_only_in_public_subnets(
    args: dict[str, Any], subnets: str, public: bool
) -> None:
    def compose(context: Context) -> None:
        group = pulumi.Output.from_input("sg-0a1b2c3d")
        controller(context, Network(context).placement(group))

    service = of_type(parts(compose, args), "aws:ecs/service:Service")["controller"]
    network = service.inputs["networkConfiguration"]
    assert network["subnets"] == [f"jenkins-{subnets}-{index}-id" for index in (0, 1)]
    assert network["assignPublicIp"] is public


def test_the_controller_of_a_platform_follows_the_strategy() -> None:
    network = one("aws:ecs/service:Service", IN_PUBLIC).inputs["networkConfiguration"]
    assert network["subnets"] == [f"jenkins-public-{index}-id" for index in range(3)]
    assert network["securityGroups"] == ["jenkins-controller-id"]
    assert network["assignPublicIp"] is True


PRIVATE = [("10.42.128.0/20", None), ("10.42.144.0/20", None), ("10.42.160.0/20", None)]
PUBLIC_RANGES = [("10.42.0.0/20", None), ("10.42.16.0/20", None), ("10.42.32.0/20", None)]
TO_INTERNET = {"0.0.0.0/0": "internet-gateway"}


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            EVERYTHING,
            {
                **{f"public-{i}": (*PUBLIC_RANGES[i], TO_INTERNET) for i in range(3)},
                **{f"private-{i}": (*PRIVATE[i], {"0.0.0.0/0": f"nat-{i}"}) for i in range(3)},
            },
        ),
        (
            SINGLE_NAT,
            {
                **{f"public-{i}": (*PUBLIC_RANGES[i], TO_INTERNET) for i in range(2)},
                **{f"private-{i}": (*PRIVATE[i], {"0.0.0.0/0": "nat-0"}) for i in range(2)},
            },
        ),
        (
            OPTIONAL,
            {
                **{f"public-{i}": (*PUBLIC_RANGES[i], TO_INTERNET) for i in range(2)},
                **{f"private-{i}": (*PRIVATE[i], {}) for i in range(2)},
            },
        ),
        (
            IN_PUBLIC,
            {
                **{
                    f"public-{i}": (*PUBLIC_RANGES[i], TO_INTERNET | {"::/0": "internet-gateway"})
                    for i in range(3)
                },
                **{f"private-{i}": (*PRIVATE[i], {}) for i in range(3)},
                **{
                    f"load-balancer-{i}": (
                        f"10.42.{64 + 16 * i}.0/20",
                        f"2001:db8:0:1c0{i}::/64",
                        TO_INTERNET | {"::/0": "internet-gateway"},
                    )
                    for i in range(3)
                },
            },
        ),
    ],
    ids=["one-per-zone", "single", "none", "public-subnets-and-ipv6"],
)
def test_the_subnets_and_routes_of_a_platform(args: dict[str, Any], expected: Any) -> None:
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    tables = {
        r.inputs["subnetId"]: r.inputs["routeTableId"] for r in by_role(association, args).values()
    }
    routes: dict[str, dict[str, str]] = {table: {} for table in tables.values()}
    for route in map(inputs, by_role("aws:ec2/route:Route", args).values()):
        destination = route.get("destinationCidrBlock") or route["destinationIpv6CidrBlock"]
        target = route.get("gatewayId") or route["natGatewayId"]
        name = target.removeprefix("jenkins-").removesuffix("-id")
        routes[route["routeTableId"]][destination] = name
    assert {
        role: (
            subnet.inputs["cidrBlock"],
            subnet.inputs.get("ipv6CidrBlock"),
            routes[tables[f"jenkins-{role}-id"]],
        )
        for role, subnet in by_role(SUBNET, args).items()
    } == expected


@pytest.mark.parametrize(
    ("scheme", "subnets"),
    [("internal", "private_subnet_ids"), ("internet-facing", "public_subnet_ids")],
)
def test_the_scheme_decides_on_the_subnets_of_the_load_balancer_in_an_existing_vpc(
    scheme: str, subnets: str
) -> None:
    certificate = BY_HAND["load_balancer.certificate"]["load_balancer"]["certificate"]
    args = {**SMALL, "load_balancer": {"scheme": scheme, "certificate": certificate}}
    balancer = only(parts(load_balancer, args), "aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["subnets"] == SMALL["network"]["existing"][subnets]


@pytest.mark.parametrize(
    ("args", "kind"),
    [(SINGLE_NAT, "private"), (PUBLIC_SUBNETS, "public")],
    ids=["single", "public-subnets"],
)
def test_an_internal_load_balancer_is_in_the_subnets_of_the_tasks(
    args: dict[str, Any], kind: str
) -> None:
    balancer = only(parts(load_balancer, args), "aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["subnets"] == [f"jenkins-{kind}-{index}-id" for index in (0, 1)]


def test_an_existing_vpc_is_used_as_it_is() -> None:
    for token in (SUBNET, NAT, "aws:ec2/vpc:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint"):
        assert by_role(token, SMALL) == {}
    targets = by_role("aws:efs/mountTarget:MountTarget", SMALL)
    assert {r.inputs["subnetId"] for r in targets.values()} == {
        "subnet-0a1b2c3d",
        "subnet-0a1b2c3e",
    }
    groups = by_role("aws:ec2/securityGroup:SecurityGroup", SMALL)
    assert {r.inputs["vpcId"] for r in groups.values()} == {"vpc-0a1b2c3d"}
