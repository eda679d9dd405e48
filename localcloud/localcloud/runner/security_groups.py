"""Security groups of tasks: a task's network accepts what may come in or go out, and drops the
rest."""

from __future__ import annotations

import ipaddress
import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import docker.errors

from .clients import Clients
from .containers import TRUST_FOLDER
from .network import FIREWALL, Link

Rule = dict[str, Any]
_Network = ipaddress.IPv4Network
_PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}
_ANYTHING: Rule = {"protocol": None, "ports": None}
_EVERYWHERE = str(ipaddress.IPv4Address(0)), "255.255.255.255"
_DNS = 53
_log = logging.getLogger(__name__)


class SecurityGroups:
    """Applies the rules of security groups to running tasks.

    Traffic from and to this machine is always accepted, where load balancers and AWS's endpoints
    are. Network ACLs are not applied.

    Args:
        clients: The emulated AWS.
        members: The tasks of a VPC that have a network: link and security groups of each.
    """

    def __init__(
        self, clients: Clients, members: Callable[[str], Iterable[tuple[Link, list[str]]]]
    ) -> None:
        self._clients, self._members = clients, members
        self._applied: dict[str, dict[str, str]] = {}
        self._vpcs: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def apply(self, region: str, vpc: str) -> None:
        """Bring the filters of all tasks of a VPC up to date.

        Raises:
            ClientError: the emulated AWS does not know the VPC.
        """
        with self._lock:
            self._vpcs.setdefault(region, set()).add(vpc)
            members = list(self._members(vpc))
            before = self._applied.pop(vpc, {})
            if not members:
                return
            ec2, of_vpc = self._clients.get("ec2", region), [{"Name": "vpc-id", "Values": [vpc]}]
            found = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
            by_id = {g["GroupId"]: g for g in found}
            (about,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
            blocks = [a["CidrBlock"] for a in about.get("CidrBlockAssociationSet") or []]
            blocks.append(about["CidrBlock"])
            addresses: dict[str, list[str]] = {}
            for link, groups in members:
                for group in groups:
                    addresses.setdefault(group, []).append(link.address)
            # Of the tasks that run now only: those that have ended are forgotten.
            applied = self._applied[vpc] = {}
            for link, groups in members:
                known = [by_id[group] for group in groups if group in by_id]
                permitted = {
                    "in": [*inbound(_all("IpPermissions", known), addresses, blocks, link)],
                    "out": [*outbound(_all("IpPermissionsEgress", known), addresses, blocks, link)],
                }
                text = json.dumps(permitted)
                task = str(link.container.id)
                if before.get(task) == text or _set(link, text):
                    applied[task] = text

    def changed(self, region: str) -> None:
        """Something about security groups was called: bring all tasks of a region up to date."""
        for vpc in list(self._vpcs.get(region, ())):
            self.apply(region, vpc)


def _set(link: Link, wanted: str) -> bool:
    """Set the filter of a task; False where the task has ended."""
    try:
        code, said = link.container.exec_run(["python3", f"{TRUST_FOLDER}/{FIREWALL}", wanted])
    except docker.errors.DockerException:
        return False
    if code:
        _log.warning("security groups are not enforced: %s", said)
    return True


def _all(kind: str, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The permissions of one kind of several security groups."""
    return [permission for group in groups for permission in group[kind]]


def inbound(
    permissions: Iterable[dict[str, Any]],
    addresses: dict[str, list[str]],
    blocks: Iterable[str],
    link: Link,
) -> Iterator[Rule]:
    """What a task accepts.

    Tasks have addresses of the Docker network, so a CIDR block that overlaps with the VPC's stands
    for the whole Docker network, and others stand for nothing.

    Args:
        permissions: As DescribeSecurityGroups shows inbound rules.
        addresses: Addresses of tasks by security group.
        blocks: CIDR blocks of the VPC.
        link: The task's link.
    """
    yield _between(link.gateway, link.gateway, _ANYTHING)
    for permission in permissions:
        yield from _tasks(permission, addresses, blocks, link)


def outbound(
    permissions: Iterable[dict[str, Any]],
    addresses: dict[str, list[str]],
    blocks: Iterable[str],
    link: Link,
) -> Iterator[Rule]:
    """What a task can reach; the arguments are those of `inbound`.

    A CIDR block also stands for its own addresses, as far as they are not in the Docker network.
    AWS does not filter what goes to its resolver, so DNS is always accepted.
    """
    for machine in dict.fromkeys((link.gateway, link.machine)):
        yield _between(machine, machine, _ANYTHING)
    for protocol in (_PROTOCOLS["tcp"], _PROTOCOLS["udp"]):
        yield _between(*_EVERYWHERE, {"protocol": protocol, "ports": [_DNS, _DNS]})
    for permission in permissions:
        yield from _tasks(permission, addresses, blocks, link)
        for block in permission.get("IpRanges") or []:
            network = ipaddress.IPv4Network(block["CidrIp"], strict=False)
            for part in _without(network, _docker_network(link)):
                yield _between(str(part[0]), str(part[-1]), _traffic(permission))


def _tasks(
    permission: dict[str, Any],
    addresses: dict[str, list[str]],
    blocks: Iterable[str],
    link: Link,
) -> Iterator[Rule]:
    """The tasks that a permission names."""
    for pair in permission.get("UserIdGroupPairs") or []:
        for address in addresses.get(pair.get("GroupId", ""), []):
            yield _between(address, address, _traffic(permission))
    own = [ipaddress.IPv4Network(b) for b in blocks]
    for block in permission.get("IpRanges") or []:
        if any(ipaddress.IPv4Network(block["CidrIp"], strict=False).overlaps(o) for o in own):
            docker_network = _docker_network(link)
            yield _between(str(docker_network[0]), str(docker_network[-1]), _traffic(permission))


def _between(first: str, last: str, traffic: Rule) -> Rule:
    return {"from": first, "to": last, **traffic}


def _traffic(permission: dict[str, Any]) -> Rule:
    """Protocol and ports of a permission."""
    protocol = permission["IpProtocol"]
    number = None if protocol == "-1" else _PROTOCOLS.get(protocol) or int(protocol)
    ports = None
    if number in (6, 17) and permission.get("FromPort") is not None:
        ports = [permission["FromPort"], permission["ToPort"]]
    return {"protocol": number, "ports": ports}


def _docker_network(link: Link) -> _Network:
    return ipaddress.IPv4Network(f"{link.address}/{link.prefix}", strict=False)


def _without(network: _Network, hole: _Network) -> Iterable[_Network]:
    """The parts of a network that are not in another one."""
    if not network.overlaps(hole):
        return [network]
    return network.address_exclude(hole) if hole.subnet_of(network) else []
