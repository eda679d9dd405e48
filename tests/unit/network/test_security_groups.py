"""Which flows the security groups allow, for each connection and each kind of load balancer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from jenkins_platform.testing import Registration

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import parts, security_groups
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    IN_PUBLIC,
    OF_A_COMPANY,
    OPTIONAL,
    by_role,
    inputs,
    of_type,
    one,
)

Flow = tuple[str, str, int]
"""Source, target and port; a port of -1 stands for every protocol and port."""
CONTROLLER_HOME: Flow = ("controller", "storage", 2049)
VPC = "10.42.0.0/16"
ANYWHERE = "0.0.0.0/0"
SOURCES = ("referencedSecurityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId")


def _port(rule: Mapping[str, Any]) -> int:
    if rule["ipProtocol"] == "-1":
        assert "fromPort" not in rule
        assert "toPort" not in rule
        return -1
    assert rule["ipProtocol"] == "tcp"
    assert rule["fromPort"] == rule["toPort"]
    return int(rule["fromPort"])


def _name(group: str) -> str:
    return group.removeprefix("jenkins-").removesuffix("-id")


def _peer(rule: Mapping[str, Any]) -> str:
    (peer,) = [_name(rule[key]) for key in SOURCES if key in rule]
    return peer


def ingress(found: list[Registration]) -> set[Flow]:
    rules = of_type(found, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    return {
        (_peer(rule), _name(rule["securityGroupId"]), _port(rule))
        for rule in map(inputs, rules.values())
    }


def egress(found: list[Registration]) -> set[Flow]:
    rules = of_type(found, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    return {
        (_name(rule["securityGroupId"]), _peer(rule), _port(rule))
        for rule in map(inputs, rules.values())
    }


@cache
def connected_by(connection: str) -> list[Registration]:
    """The security groups; with the default, all resources of a platform."""
    if connection == "cloud-map":
        return platform()
    return parts(security_groups, {"agent_cloud": {"connection": connection}})


@pytest.mark.parametrize(
    ("connection", "flows"),
    [
        ("cloud-map", {("agents", "controller", 8080), ("agents", "controller", 50000)}),
        ("web-socket", {("agents", "controller", 8080)}),
        (
            "network-load-balancer",
            {
                ("agents", "agent-balancer", 8080),
                ("agents", "agent-balancer", 50000),
                ("agent-balancer", "controller", 8080),
                ("agent-balancer", "controller", 50000),
            },
        ),
    ],
)
def test_ingress_flows_of_each_connection(connection: str, flows: set[Flow]) -> None:
    assert ingress(connected_by(connection)) == flows | {
        (VPC, "load-balancer", 80),
        ("load-balancer", "controller", 8080),
        CONTROLLER_HOME,
    }


@pytest.mark.parametrize(
    ("connection", "flows"),
    [
        ("cloud-map", set[Flow]()),
        ("web-socket", set[Flow]()),
        (
            "network-load-balancer",
            {("agent-balancer", "controller", 8080), ("agent-balancer", "controller", 50000)},
        ),
    ],
)
def test_egress_flows_of_each_connection(connection: str, flows: set[Flow]) -> None:
    assert egress(connected_by(connection)) == flows | {
        ("load-balancer", "controller", 8080),
        ("controller", ANYWHERE, -1),
        ("agents", ANYWHERE, -1),
    }


FROM_TASKS = {("controller", ANYWHERE, -1), ("agents", ANYWHERE, -1)}
FROM_BALANCER: Flow = ("load-balancer", "controller", 8080)


def test_flows_with_webhooks_and_agents_on_instances() -> None:
    found = platform(OPTIONAL)
    assert ingress(found) == {
        (VPC, "load-balancer", 80),
        *(("agents", "controller", port) for port in (8080, 50000)),
        *((client, "endpoints", 443) for client in ("controller", "agents", "instances")),
        ("webhooks", "controller", 8080),
        FROM_BALANCER,
        CONTROLLER_HOME,
    }
    assert egress(found) == {
        *FROM_TASKS,
        FROM_BALANCER,
        ("instances", ANYWHERE, 443),
        ("webhooks", "controller", 8080),
    }


def test_flows_of_an_internet_facing_load_balancer_without_sign_in_there() -> None:
    found = platform(IN_PUBLIC)
    lists = ("pl-0a1b2c3d", "pl-0a1b2c3e")
    assert ingress(found) == {
        *((source, "load-balancer", port) for source in lists for port in (80, 443)),
        *(("agents", "controller", port) for port in (8080, 50000)),
        *((client, "endpoints", 443) for client in ("controller", "agents")),
        FROM_BALANCER,
        CONTROLLER_HOME,
    }
    assert egress(found) == {*FROM_TASKS, FROM_BALANCER}


def test_webhooks_reach_jenkins_through_the_agents_load_balancer() -> None:
    connection = {"agent_cloud": {"connection": "network-load-balancer"}}
    found = parts(security_groups, {**connection, **BY_HAND["webhooks"]})
    flow = ("webhooks", "agent-balancer", 8080)
    assert {f for f in ingress(found) | egress(found) if "webhooks" in f} == {flow}
    assert flow in ingress(found)
    assert flow in egress(found)


@pytest.mark.parametrize("own", ["controller", "agent_cloud"])
def test_only_groups_that_are_created_get_unrestricted_egress(own: str) -> None:
    found = parts(security_groups, {own: {"security_group_id": "sg-00000001"}})
    created = "agents" if own == "controller" else "controller"
    assert {f for f in egress(found) if f[1] == ANYWHERE} == {(created, ANYWHERE, -1)}


def test_instances_of_an_existing_capacity_provider_get_no_group() -> None:
    existing = {"existing": {"on_demand": "ours", "spot": "ours-spot"}}
    agent = {"name": "linux", "capacity": "instances", "instances": existing}
    found = parts(security_groups, {"agents": [agent]})
    assert "instances" not in of_type(found, "aws:ec2/securityGroup:SecurityGroup")


def test_allowed_sources_reach_the_load_balancer_on_http_and_https() -> None:
    reached = {flow for flow in ingress(platform(EVERYTHING)) if flow[1] == "load-balancer"}
    sources = ("203.0.113.0/24", "2001:db8::/32", "pl-0a1b2c3d")
    assert reached == {(s, "load-balancer", port) for s in sources for port in (80, 443)}


def test_tasks_reach_the_interface_endpoints_on_https() -> None:
    reached = {flow for flow in ingress(platform(EVERYTHING)) if flow[1] == "endpoints"}
    assert reached == {("controller", "endpoints", 443), ("agents", "endpoints", 443)}


@pytest.mark.parametrize("allowed", [{}, {"allowed_cidrs": []}], ids=["default", "none"])
def test_an_internet_facing_load_balancer_is_closed_until_sources_are_allowed(
    allowed: dict[str, Any],
) -> None:
    args = {
        "load_balancer": {
            "scheme": "internet-facing",
            "certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/abc"},
            **allowed,
        },
    }
    assert [
        flow for flow in ingress(parts(security_groups, args)) if flow[1] == "load-balancer"
    ] == []


def test_the_load_balancer_reaches_an_identity_provider_when_users_sign_in_there() -> None:
    assert {flow for flow in egress(platform(EVERYTHING)) if flow[0] == "load-balancer"} == {
        ("load-balancer", "controller", 8080),
        ("load-balancer", ANYWHERE, 443),
    }


def test_existing_security_groups_get_ingress_rules_but_no_egress_rules() -> None:
    args = {
        "controller": {"security_group_id": "sg-00000001"},
        "agent_cloud": {"security_group_id": "sg-00000002"},
        "storage": {"security_group_id": "sg-00000003"},
        "load_balancer": {"security_group_ids": ["sg-00000004", "sg-00000005"]},
    }
    found = parts(security_groups, args)
    assert of_type(found, "aws:ec2/securityGroup:SecurityGroup") == {}
    assert egress(found) == set()
    assert ingress(found) == {
        ("sg-00000002", "sg-00000001", 8080),
        ("sg-00000002", "sg-00000001", 50000),
        ("sg-00000001", "sg-00000003", 2049),
        ("sg-00000004", "sg-00000001", 8080),
        ("sg-00000005", "sg-00000001", 8080),
    }


def test_a_platform_uses_existing_security_groups_and_an_existing_home() -> None:
    given: Any = {
        **SMALL,
        "backup": {"enabled": True},
        "controller": {"security_group_id": "sg-00000001"},
        "agent_cloud": {"security_group_id": "sg-00000002"},
        "storage": OF_A_COMPANY["storage"],
        "load_balancer": {"security_group_ids": ["sg-00000004", "sg-00000005"]},
    }
    (service,) = by_role("aws:ecs/service:Service", given).values()
    assert service.inputs["networkConfiguration"]["securityGroups"] == ["sg-00000001"]
    (balancer,) = by_role("aws:lb/loadBalancer:LoadBalancer", given).values()
    assert balancer.inputs["securityGroups"] == ["sg-00000004", "sg-00000005"]
    targets = by_role("aws:efs/mountTarget:MountTarget", given).values()
    assert {tuple(t.inputs["securityGroups"]) for t in targets} == {("sg-00000003",)}
    assert one("aws:backup/selection:Selection", given).inputs["resources"] == [
        f"arn:aws:elasticfilesystem:eu-central-1:{ACCOUNT}:file-system/fs-0a1b2c3d"
    ]


def test_every_security_group_is_in_the_vpc() -> None:
    groups = by_role("aws:ec2/securityGroup:SecurityGroup", EVERYTHING)
    assert set(groups) == {
        "controller",
        "agents",
        "load-balancer",
        "agent-balancer",
        "storage",
        "endpoints",
    }
    assert {group.inputs["vpcId"] for group in groups.values()} == {"jenkins-vpc-id"}
