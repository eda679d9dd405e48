"""Whether the private subnets of a created VPC have addresses for all that is in them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..endpoint_services import interface_services

if TYPE_CHECKING:
    from .. import Settings

SUBNET_BITS = 4
"""A created VPC is divided into 16 blocks for subnets."""
_RESERVED = 5
"""Addresses of each subnet that AWS keeps (Amazon VPC user guide, subnet sizing)."""
_LOAD_BALANCER = 8
"""Addresses that must be free where a load balancer is created (Elastic Load Balancing user guide,
subnets for your load balancer)."""
_FEW = 20


def few_addresses(settings: Settings) -> Iterator[str]:
    """A warning if few addresses are left for tasks, each of which needs one."""
    network = settings.network
    if network.existing:
        return
    block = ipaddress.ip_network(network.cidr_block)
    usable = 2 ** (block.max_prefixlen - block.prefixlen - SUBNET_BITS) - _RESERVED
    taken = 1 + len(interface_services(settings))
    load_balancer = settings.load_balancer
    # With IPv6 the load balancer has subnets for itself.
    if load_balancer.internal and not load_balancer.existing and not network.ipv6:
        taken += _LOAD_BALANCER
    left = max(usable - taken, 0)
    if left < _FEW:
        yield (
            f"network.cidr_block {network.cidr_block}: each private subnet has {usable} "
            f"addresses, of which the home, the load balancer and the endpoints need {taken}: "
            f"{left} are left for the controller and for agents, which need one each. Use a larger "
            "block; it cannot be changed later."
        )
