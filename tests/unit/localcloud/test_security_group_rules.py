"""Rules of security groups as what a task's network accepts."""

from __future__ import annotations

import ipaddress
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from localcloud.runner.network import Link
from localcloud.runner.security_groups import SecurityGroups, inbound, outbound

LINK = Link(None, "172.18.0.3", "172.18.0.1", "172.18.0.1", 16, {}, "")  # type: ignore[arg-type]
BALANCERS = {"from": "172.18.0.1", "to": "172.18.0.1", "protocol": None, "ports": None}
ADDRESSES = {"sg-a": ["172.18.0.4", "172.18.0.5"], "sg-b": ["172.18.0.6"]}
NETWORK = {"from": "172.18.0.0", "to": "172.18.255.255"}


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        (
            {
                "IpProtocol": "tcp",
                "FromPort": 80,
                "ToPort": 90,
                "UserIdGroupPairs": [{"GroupId": "sg-a"}],
            },
            [{"from": a, "to": a, "protocol": 6, "ports": [80, 90]} for a in ADDRESSES["sg-a"]],
        ),
        (
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-b"}, {"GroupId": "sg-c"}]},
            [{"from": "172.18.0.6", "to": "172.18.0.6", "protocol": None, "ports": None}],
        ),
        (
            {
                "IpProtocol": "udp",
                "FromPort": 53,
                "ToPort": 53,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            },
            [{**NETWORK, "protocol": 17, "ports": [53, 53]}],
        ),
        (
            {
                "IpProtocol": "icmp",
                "FromPort": -1,
                "ToPort": -1,
                "IpRanges": [{"CidrIp": "10.0.1.0/24"}],
            },
            [{**NETWORK, "protocol": 1, "ports": None}],
        ),
        (
            {
                "IpProtocol": "tcp",
                "FromPort": 80,
                "ToPort": 80,
                "IpRanges": [{"CidrIp": "203.0.113.0/24"}],
            },
            [],
        ),
    ],
)
def test_a_permission_accepts_these_sources(
    permission: dict[str, Any], expected: list[dict[str, Any]]
) -> None:
    found = list(inbound([permission], ADDRESSES, ["10.0.0.0/16"], LINK))
    assert found == [BALANCERS, *expected]


DNS = [
    {"from": "0.0.0.0", "to": "255.255.255.255", "protocol": number, "ports": [53, 53]}
    for number in (6, 17)
]


def out(*blocks: str) -> list[dict[str, Any]]:
    permission = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": block} for block in blocks]}
    found = list(outbound([permission], ADDRESSES, ["10.0.0.0/16"], LINK))
    assert found[:3] == [BALANCERS, *DNS]
    return found[3:]


def test_a_range_lets_out_to_its_addresses_but_not_to_tasks_by_chance() -> None:
    anything = {"protocol": None, "ports": None}
    assert out("203.0.113.0/24") == [{"from": "203.0.113.0", "to": "203.0.113.255", **anything}]
    # The Docker network has its own addresses, which a rule for a company's network may contain.
    assert out("172.18.0.0/24") == []
    assert sorted(out("172.16.0.0/14"), key=lambda rule: rule["from"]) == [
        {"from": "172.16.0.0", "to": "172.17.255.255", **anything},
        {"from": "172.19.0.0", "to": "172.19.255.255", **anything},
    ]
    everywhere = out("0.0.0.0/0")
    assert everywhere[0] == {**NETWORK, **anything}, "tasks of the VPC are included"
    spans = sorted(
        (ipaddress.IPv4Address(r["from"]), ipaddress.IPv4Address(r["to"])) for r in everywhere
    )
    assert str(spans[0][0]) == "0.0.0.0"
    assert str(spans[-1][1]) == "255.255.255.255"
    assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(spans))


def test_a_group_lets_out_to_the_tasks_of_another() -> None:
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 1,
        "ToPort": 2,
        "UserIdGroupPairs": [{"GroupId": "sg-b"}],
    }
    found = list(outbound([permission], ADDRESSES, ["10.0.0.0/16"], LINK))
    what = {"protocol": 6, "ports": [1, 2]}
    assert found[3:] == [{"from": "172.18.0.6", "to": "172.18.0.6", **what}]


class Container:
    """A task's network, which counts how often its filter is set."""

    def __init__(self, name: str) -> None:
        self.id, self.times = name, 0

    def exec_run(self, _: list[str]) -> tuple[int, bytes]:
        self.times += 1
        return 0, b""


def test_a_filter_is_set_when_it_changes_and_tasks_that_ended_are_forgotten() -> None:
    ec2 = SimpleNamespace(
        describe_security_groups=lambda **_: {"SecurityGroups": []},
        describe_vpcs=lambda **_: {"Vpcs": [{"CidrBlock": "10.0.0.0/16"}]},
    )
    one, other = Container("one"), Container("other")
    running = [one, other]
    groups = SecurityGroups(
        SimpleNamespace(get=lambda *_: ec2),  # type: ignore[arg-type]
        lambda _: [
            (Link(c, "172.18.0.3", "172.18.0.1", "172.18.0.1", 16, {}, ""), ["sg-a"])
            for c in running
        ],  # type: ignore[arg-type]
    )
    for _ in range(2):
        groups.apply("eu-central-1", "vpc-1")
    assert (one.times, other.times) == (1, 1)
    running.remove(other)
    groups.apply("eu-central-1", "vpc-1")
    running.append(other)
    groups.apply("eu-central-1", "vpc-1")
    assert (one.times, other.times) == (1, 2), (
        "another task with the same ID starts without a filter"
    )
    running.clear()
    groups.apply("eu-central-1", "vpc-1")
    assert groups._applied == {}
