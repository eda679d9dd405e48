"""Security groups of tasks: a task's network accepts what may come in and drops the rest."""

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
_PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}
_log = logging.getLogger(__name__)


class SecurityGroups:
    """Applies the inbound rules of security groups to running tasks.

    Traffic of load balancers comes from this machine and is always accepted; outbound rules and
    network ACLs are not applied.

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
            permissions = {g["GroupId"]: g["IpPermissions"] for g in found}
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
                asked = [p for group in groups for p in permissions.get(group, [])]
                text = json.dumps(list(rules(asked, addresses, blocks, link)))
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


def rules(
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
    gateway = {"from": link.gateway, "to": link.gateway}
    yield {**gateway, "protocol": None, "ports": None}
    own = [ipaddress.ip_network(b) for b in blocks]
    for permission in permissions:
        protocol = permission["IpProtocol"]
        number = None if protocol == "-1" else _PROTOCOLS.get(protocol) or int(protocol)
        ports = None
        if number in (6, 17) and permission.get("FromPort") is not None:
            ports = [permission["FromPort"], permission["ToPort"]]
        what = {"protocol": number, "ports": ports}
        for pair in permission.get("UserIdGroupPairs") or []:
            for address in addresses.get(pair.get("GroupId", ""), []):
                yield {"from": address, "to": address, **what}
        for block in permission.get("IpRanges") or []:
            if any(ipaddress.ip_network(block["CidrIp"], strict=False).overlaps(o) for o in own):
                docker_network = ipaddress.ip_network(f"{link.address}/{link.prefix}", strict=False)
                yield {"from": str(docker_network[0]), "to": str(docker_network[-1]), **what}
