"""The ways out of the network, read back from the cloud: routes, endpoints, addresses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.cloud import REGION, LocalCloud
from tests.support.ecs_plugin import configuration_of, run_task_request, templates_of
from tests.support.engine import Stack, platform_program

MakeStack = Callable[..., Stack]
ZONES = 2
NEEDED = {"ecr.api", "ecr.dkr", "ecs", "logs", "secretsmanager"}


class Seen:
    """A platform's network as plain boto3 sees it."""

    def __init__(self, cloud: LocalCloud, outputs: dict[str, Any]) -> None:
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

    def ways_out(self, subnet_ids: list[str]) -> list[str]:
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


def bring_up(make_stack: MakeStack, cloud: LocalCloud, **args: Any) -> tuple[Stack, Seen]:
    stack = make_stack(platform_program(args))
    return stack, Seen(cloud, stack.up())


@pytest.mark.parametrize("nat", ["one-per-zone", "single", "none", "public-subnets"])
def test_tasks_have_the_way_out_that_the_strategy_says(
    make_stack: MakeStack, cloud: LocalCloud, nat: str
) -> None:
    stack, seen = bring_up(make_stack, cloud, network={"nat": nat})
    stack.up()
    assert stack.changes == {}, "a second up changes nothing"
    stack.refresh()
    assert stack.changes == {}, "what was made is what AWS tells"

    gateways = seen.nat_gateways()
    controller, agent = seen.tasks()
    assert controller == agent
    subnets, public = controller
    zones, ways_out = seen.zones(subnets), seen.ways_out(subnets)
    assert len(set(zones)) == ZONES

    assert public is (nat == "public-subnets")
    if nat == "one-per-zone":
        assert [gateways[g] for g in ways_out] == zones, "no traffic crosses zones"
        assert len(gateways) == ZONES
    elif nat == "single":
        assert ways_out == list(gateways) * ZONES
        assert len(gateways) == 1
    elif nat == "none":
        assert ways_out == ["", ""]
        assert gateways == {}
    else:
        assert len(set(ways_out)) == 1
        assert ways_out[0].startswith("igw-")
        assert gateways == {}
    assert set(seen.endpoints("Interface")) == (NEEDED if nat == "none" else set())


@pytest.mark.parametrize("nat", ["single", "none"])
def test_every_route_table_leads_to_s3_for_free(
    make_stack: MakeStack, cloud: LocalCloud, nat: str
) -> None:
    _, seen = bring_up(make_stack, cloud, network={"nat": nat})
    tables = seen.ec2.describe_route_tables(Filters=seen.in_vpc)["RouteTables"]
    ours = {t["RouteTableId"] for t in tables if t.get("Tags")}
    assert len(ours) == 1 + ZONES
    (s3,) = seen.endpoints("Gateway").values()
    assert set(s3["RouteTableIds"]) == ours
    if nat == "none":
        policy = json.loads(s3["PolicyDocument"])
        assert [s["Resource"] for s in policy["Statement"]] == [
            "*",
            f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/*",
        ]


def test_endpoints_are_in_the_tasks_subnets_closed_to_others_and_have_private_names(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    _, seen = bring_up(
        make_stack,
        cloud,
        network={"nat": "none", "endpoint_services": ["sqs"]},
        controller={"enable_execute_command": True},
    )
    account = cloud.client("sts").get_caller_identity()["Account"]
    subnets = set(seen.tasks()[0][0])
    endpoints = seen.endpoints("Interface")
    assert set(endpoints) == NEEDED | {"sqs", "ssmmessages"}
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


def test_another_strategy_moves_no_subnet_and_keeps_the_home(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    stack, before = bring_up(make_stack, cloud, network={"nat": "single"})
    for nat in ("none", "public-subnets", "one-per-zone", "single"):
        stack.program = platform_program({"network": {"nat": nat}})
        after = Seen(cloud, stack.up())
        assert after.outputs["file_system_id"] == before.outputs["file_system_id"]
        assert not [name for name, op in stack.changes.items() if "ubnet" in name]
        assert "replace" not in {
            op for name, op in stack.changes.items() if name.startswith(("aws:ec2", "aws:efs"))
        }
    assert set(before.nat_gateways().values()) == {before.zones(before.tasks()[0][0])[0]}
