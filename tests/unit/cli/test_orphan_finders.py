"""Orphans of a killed run are found, whatever their type."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jenkins_platform_cli.engine import interrupted_update
from jenkins_platform_cli.engine.orphan_finders import FINDERS, REPEATABLE

SNAPSHOTS = Path(__file__).parents[1] / "__snapshots__" / "test_urns"


def test_every_type_of_a_platform_can_be_found_or_created_again() -> None:
    texts = [file.read_text() for file in SNAPSHOTS.glob("*.txt")]
    words = {word.split("::")[0].rsplit("$", 1)[-1] for text in texts for word in text.split()}
    tokens = {word for word in words if word.startswith("aws:")}
    assert len(tokens) > 40
    assert tokens - FINDERS.keys() - REPEATABLE == set()
    assert FINDERS.keys() & REPEATABLE == set()


class State:
    """The state of a stack, without an engine."""

    def __init__(self, resources: list[dict[str, Any]], pending: list[dict[str, Any]]) -> None:
        self.deployment = {"resources": resources, "pending_operations": pending}
        self.refreshed: list[str] = []

    def export_stack(self) -> State:
        return self

    def import_stack(self, state: State) -> None:
        assert state is self

    def refresh(self, target: list[str]) -> None:
        self.refreshed = target


def rule(urn: str, name: str) -> dict[str, Any]:
    kind = "aws:cloudwatch/eventRule:EventRule"
    return {"urn": urn, "type": kind, "custom": True, "inputs": {"name": name}}


def recovered(state: State) -> list[str]:
    return interrupted_update.recover(state, lambda service, region: pytest.fail(service))  # type: ignore[arg-type]


def test_an_interrupted_creation_is_imported_and_refreshed() -> None:
    state = State(
        [rule("b", "two") | {"id": "two"}], [{"type": "creating", "resource": rule("a", "one")}]
    )
    assert recovered(state) == state.refreshed == ["a"]
    assert [(r["urn"], r["id"]) for r in state.deployment["resources"]] == [
        ("b", "two"),
        ("a", "one"),
    ]
    assert "pending_operations" not in state.deployment


def test_an_interrupted_replacement_is_inserted_before_dependents() -> None:
    old, other = rule("a", "old") | {"id": "old"}, rule("b", "two") | {"id": "two"}
    state = State([old, other], [{"type": "creating", "resource": rule("a", "new")}])
    recovered(state)
    found = [(r["urn"], r["id"], r.get("delete")) for r in state.deployment["resources"]]
    assert found == [("a", "new", None), ("a", "old", True), ("b", "two", None)]


def test_a_known_resource_is_not_imported_again() -> None:
    state = State(
        [rule("a", "one") | {"id": "one"}], [{"type": "creating", "resource": rule("a", "one")}]
    )
    assert recovered(state) == state.refreshed == []
    assert len(state.deployment["resources"]) == 1


def test_interrupted_updates_and_deletions_are_refreshed() -> None:
    resources = [rule("a", "one") | {"id": "one"}, rule("b", "two") | {"id": "two"}]
    kinds = ("updating", "deleting")
    pending = [{"type": kind, "resource": r} for kind, r in zip(kinds, resources, strict=True)]
    state = State(resources, pending)
    recovered(state)
    assert state.refreshed == ["a", "b"]


def tags(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


TAGS = {"Name": "jenkins"}
EC2, INGRESS = "aws:ec2/", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE = {"securityGroupId": "sg-1", "cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 443}
RULE_IN_AWS = {"CidrIpv4": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 443, "IsEgress": False}
ACTIVE = {"status": "ACTIVE"}
FOUND: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "a deleted cluster": (
        "aws:ecs/cluster:Cluster",
        {"name": "a"},
        {
            "describe_clusters": {
                "clusters": [
                    {"clusterArn": "old", "status": "INACTIVE"},
                    {"clusterArn": "x", **ACTIVE},
                ]
            }
        },
    ),
    "a deleted service": (
        "aws:ecs/service:Service",
        {"cluster": "c", "name": "a"},
        {
            "describe_services": {
                "services": [
                    {"serviceArn": "old", "status": "DRAINING"},
                    {"serviceArn": "x", **ACTIVE},
                ]
            }
        },
    ),
    "an address in use": (
        f"{EC2}eip:Eip",
        {"tags": TAGS},
        {
            "describe_addresses": {
                "Addresses": [{"AllocationId": "used", "AssociationId": "a"}, {"AllocationId": "x"}]
            }
        },
    ),
    "a deleted gateway": (
        f"{EC2}natGateway:NatGateway",
        {"tags": TAGS, "subnetId": "s"},
        {
            "describe_nat_gateways": {
                "NatGateways": [
                    {"NatGatewayId": "old", "State": "deleted"},
                    {"NatGatewayId": "going", "State": "deleting"},
                    {"NatGatewayId": "x", "State": "pending"},
                ]
            }
        },
    ),
    "a rule of the other direction, of another port and with other tags": (
        INGRESS,
        {**RULE, "tags": TAGS},
        {
            "describe_security_group_rules": {
                "SecurityGroupRules": [
                    {
                        "SecurityGroupRuleId": identity,
                        **RULE_IN_AWS,
                        "Tags": tags(TAGS),
                        **different,
                    }
                    for identity, different in (
                        ("egress", {"IsEgress": True}),
                        ("port", {"FromPort": 80}),
                        ("tags", {"Tags": []}),
                        ("group", {"ReferencedGroupInfo": {"GroupId": "sg-2"}}),
                        ("x", {}),
                    )
                ]
            }
        },
    ),
    "another access point": (
        "aws:efs/accessPoint:AccessPoint",
        {"fileSystemId": "fs-1", "rootDirectory": {"path": "/home"}},
        {
            "describe_access_points": {
                "AccessPoints": [
                    {"AccessPointId": "other", "RootDirectory": {"Path": "/other"}},
                    {"AccessPointId": "x", "RootDirectory": {"Path": "/home"}},
                ]
            }
        },
    ),
    "another mount target": (
        "aws:efs/mountTarget:MountTarget",
        {"fileSystemId": "fs-1", "subnetId": "s"},
        {
            "describe_mount_targets": {
                "MountTargets": [
                    {"MountTargetId": "other", "SubnetId": "t"},
                    {"MountTargetId": "x", "SubnetId": "s"},
                ]
            }
        },
    ),
    "another listener": (
        "aws:lb/listener:Listener",
        {"loadBalancerArn": "lb", "port": 443},
        {
            "describe_listeners": {
                "Listeners": [
                    {"ListenerArn": "other", "Port": 80},
                    {"ListenerArn": "x", "Port": 443},
                ]
            }
        },
    ),
}


@pytest.mark.parametrize("subject", FOUND)
def test_what_is_not_the_orphan_is_left_alone(subject: str) -> None:
    token, inputs, answers = FOUND[subject]
    client = SimpleNamespace(**{name: lambda answer=a, **_: answer for name, a in answers.items()})
    assert FINDERS[token](lambda service: client, inputs) == ["x"]


def test_a_network_in_use_is_left_alone() -> None:
    subnets = {"used": [{}], "x": []}
    ec2 = SimpleNamespace(
        describe_vpcs=lambda **_: {"Vpcs": [{"VpcId": vpc} for vpc in subnets]},
        describe_subnets=lambda **given: {"Subnets": subnets[given["Filters"][0]["Values"][0]]},
    )
    assert FINDERS[f"{EC2}vpc:Vpc"](lambda service: ec2, {"tags": TAGS}) == ["x"]


def test_a_key_with_an_alias_or_that_is_deleted_is_left_alone() -> None:
    states = {"used": "Enabled", "deleted": "PendingDeletion", "x": "Enabled"}
    client = SimpleNamespace(
        get_resources=lambda **_: {
            "ResourceTagMappingList": [{"ResourceARN": f"arn:aws:kms:r:1:key/{k}"} for k in states]
        },
        describe_key=lambda **given: {"KeyMetadata": {"KeyState": states[given["KeyId"]]}},
        list_aliases=lambda **given: {"Aliases": [{}] if given["KeyId"] == "used" else []},
    )
    assert FINDERS["aws:kms/key:Key"](lambda service: client, {"tags": TAGS}) == ["x"]
