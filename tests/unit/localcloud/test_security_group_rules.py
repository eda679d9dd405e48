"""Inbound rules of security groups as what a task's network accepts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from localcloud.runner.network import Link
from localcloud.runner.security_groups import SecurityGroups, rules

LINK = Link(None, "172.18.0.3", "172.18.0.1", 16, {}, "")  # type: ignore[arg-type]
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
    found = list(rules([permission], ADDRESSES, ["10.0.0.0/16"], LINK))
    assert found == [BALANCERS, *expected]


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
        lambda _: [(Link(c, "172.18.0.3", "172.18.0.1", 16, {}, ""), ["sg-a"]) for c in running],  # type: ignore[arg-type]
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
