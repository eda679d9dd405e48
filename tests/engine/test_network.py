"""Egress of the network, read back from the cloud: routes, endpoints, addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from localcloud.cloud import REGION, LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN
from harness.jenkins.ecs_plugin import configuration_of, run_task_request, templates_of
from harness.stacks.engine import Stack, platform_program

ZONES = 2
NEEDED = {"ecr.api", "ecr.dkr", "ecs", "logs", "secretsmanager"}


class Seen:
    """A platform's network as plain boto3 sees it."""

    def __init__(
        self, cloud: LocalCloud, outputs: dict[str, Any], nat: str, changes: dict[str, str]
    ) -> None:
        self.nat, self.changes = nat, changes
        self.ec2, self.ecs, self.outputs = cloud.client("ec2"), cloud.client("ecs"), outputs
        self.in_vpc = [{"Name": "vpc-id", "Values": [outputs["vpc_id"]]}]
        configuration = configuration_of(cloud, outputs["controller_cluster_arn"])
        self.agent = templates_of(configuration)["linux"]

    def nat_gateways(self) -> dict[str, str]:
        """Zone of each NAT gateway's subnet, by its id."""
        found = self.ec2.describe_nat_gateways(Filters=self.in_vpc)["NatGateways"]
        return {
            g["NatGatewayId"]: self.zones([g["SubnetId"]])[0]
            for g in found
            if g["State"] != "deleted"
        }

    def default_routes(self, subnet_ids: list[str]) -> list[str]:
        """The target of each subnet's route to the internet; empty where there is none."""
        targets = []
        for subnet in subnet_ids:
            (table,) = self.ec2.describe_route_tables(
                Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
            )["RouteTables"]
            routes = [r for r in table["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
            found = [str(r.get("NatGatewayId") or r.get("GatewayId")) for r in routes]
            targets.append("".join(found))
        return targets

    def zones(self, subnet_ids: list[str]) -> list[str]:
        described = self.ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"]
        by_id = {s["SubnetId"]: str(s["AvailabilityZone"]) for s in described}
        return [by_id[s] for s in subnet_ids]

    def endpoints(self, kind: str) -> dict[str, Any]:
        """Endpoints of a kind, by the short name of their service."""
        found = self.ec2.describe_vpc_endpoints(Filters=self.in_vpc)["VpcEndpoints"]
        return {
            e["ServiceName"].removeprefix(f"com.amazonaws.{REGION}."): e
            for e in found
            if e["VpcEndpointType"] == kind and e["State"] != "deleted"
        }

    def tasks(self) -> list[tuple[list[str], bool]]:
        """Subnets of the controller and of an agent, and whether they get public addresses."""
        cluster = self.outputs["controller_cluster_arn"]
        (arn,) = self.ecs.list_services(cluster=cluster)["serviceArns"]
        (service,) = self.ecs.describe_services(cluster=cluster, services=[arn])["services"]
        request = run_task_request(self.ecs, *self.agent, "node", "secret")
        networks = [x["networkConfiguration"]["awsvpcConfiguration"] for x in (service, request)]
        return [(n["subnets"], n["assignPublicIp"] == "ENABLED") for n in networks]


@pytest.fixture(scope="module")
def stack(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """One stack that goes through all NAT strategies."""
    return Stack(cloud, tmp_path_factory.mktemp("network"), pulumi_command, platform_program())


@pytest.fixture(scope="module", params=["single", "none", "public-subnets", "one-per-zone"])
def seen(stack: Stack, cloud: LocalCloud, request: pytest.FixtureRequest) -> Seen:
    """The platform with one strategy, after another one."""
    network: dict[str, Any] = {"nat": request.param}
    if request.param == "none":
        network["endpoint_services"] = ["sqs"]
    stack.program = platform_program(
        {**LEAN, "network": network, "controller": {"enable_execute_command": True}}
    )
    return Seen(cloud, stack.up(), request.param, dict(stack.changes))


def test_another_nat_strategy_keeps_subnets_and_home(seen: Seen) -> None:
    if set(seen.changes.values()) == {"create"}:
        return  # nothing precedes the first strategy
    assert not [name for name in seen.changes if "ubnet" in name or "/fileSystem:" in name]
    assert "replace" not in {
        op for name, op in seen.changes.items() if name.startswith(("aws:ec2", "aws:efs"))
    }


def test_a_second_up_changes_nothing(seen: Seen, stack: Stack) -> None:
    stack.preview()
    assert stack.changes == {}, "a second up changes nothing"
    stack.refresh()
    assert stack.changes == {}, "a refresh finds no change"


def test_tasks_have_the_route_of_the_nat_strategy(seen: Seen) -> None:
    gateways = seen.nat_gateways()
    controller, agent = seen.tasks()
    assert controller == agent
    subnets, public = controller
    zones, default_routes = seen.zones(subnets), seen.default_routes(subnets)
    assert len(set(zones)) == ZONES

    assert public is (seen.nat == "public-subnets")
    if seen.nat == "one-per-zone":
        assert [gateways[g] for g in default_routes] == zones, "no traffic crosses zones"
        assert len(gateways) == ZONES
    elif seen.nat == "single":
        assert default_routes == list(gateways) * ZONES
        assert set(gateways.values()) == {zones[0]}
    elif seen.nat == "none":
        assert default_routes == ["", ""]
        assert gateways == {}
    else:
        assert len(set(default_routes)) == 1
        assert default_routes[0].startswith("igw-")
        assert gateways == {}


def test_every_route_table_has_the_s3_gateway_endpoint(seen: Seen) -> None:
    tables = seen.ec2.describe_route_tables(Filters=seen.in_vpc)["RouteTables"]
    ours = {t["RouteTableId"] for t in tables if t.get("Tags")}
    assert len(ours) == 1 + ZONES
    (s3,) = seen.endpoints("Gateway").values()
    assert set(s3["RouteTableIds"]) == ours
    if seen.nat == "none":
        policy = json.loads(s3["PolicyDocument"])
        assert [s["Resource"] for s in policy["Statement"]] == [
            "*",
            f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/*",
        ]


def test_interface_endpoints_are_private_to_the_tasks(seen: Seen, cloud: LocalCloud) -> None:
    account = cloud.client("sts").get_caller_identity()["Account"]
    subnets = set(seen.tasks()[0][0])
    endpoints = seen.endpoints("Interface")
    needed = NEEDED | {"lambda", "sqs", "ssmmessages"} if seen.nat == "none" else set()
    assert set(endpoints) == needed
    for service, endpoint in endpoints.items():
        assert set(endpoint["SubnetIds"]) == subnets, service
        assert endpoint["PrivateDnsEnabled"] is True, service
        (group,) = endpoint["Groups"]
        described = seen.ec2.describe_security_groups(GroupIds=[group["GroupId"]])
        tags = {t["Key"]: t["Value"] for t in described["SecurityGroups"][0]["Tags"]}
        assert tags["Name"] == "jenkins-endpoints"
        if service != "sqs":
            (statement,) = json.loads(endpoint["PolicyDocument"])["Statement"]
            assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": account}}
