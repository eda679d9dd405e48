"""Requests about IPv6 addresses that AWS refuses, and moto does not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, elbv2_backends

DUALSTACK = "dualstack"
_create_load_balancer = ELBv2Backend.create_load_balancer
_set_ip_address_type = ELBv2Backend.set_ip_address_type
_set_subnets = ELBv2Backend.set_subnets
_delete_subnet = EC2Backend.delete_subnet
_disassociate_vpc_cidr_block = EC2Backend.disassociate_vpc_cidr_block


def _blocks(subnet: Any) -> set[str]:
    return {found["ipv6CidrBlock"] for found in subnet.ipv6_cidr_block_association_set}


def _require_ipv6(subnets: Iterable[Any]) -> None:
    if not all(_blocks(subnet) for subnet in subnets):
        raise ELBClientError(
            "ValidationError", "You must specify subnets with an associated IPv6 CIDR block."
        )


def _subnets(self: ELBv2Backend, ids: list[str], mappings: list[dict[str, Any]] | None) -> Any:
    every = [*ids, *(mapping["SubnetId"] for mapping in mappings or [])]
    return self.ec2_backend.describe_subnets(every)


def _create_in_subnets_with_ipv6(self: ELBv2Backend, **arguments: Any) -> Any:
    if arguments.get("ip_address_type") == DUALSTACK:
        mappings = arguments.get("subnet_mappings")
        _require_ipv6(_subnets(self, arguments["subnet_ids"], mappings))
    return _create_load_balancer(self, **arguments)


def _set_type_of_subnets(self: ELBv2Backend, arn: str, ip_type: str) -> None:
    balancer = self.load_balancers.get(arn)
    if balancer and ip_type == DUALSTACK:
        _require_ipv6(balancer.subnets)
    _set_ip_address_type(self, arn, ip_type)


def _set_subnets_with_ipv6(
    self: ELBv2Backend, arn: str, subnets: list[str], subnet_mappings: list[dict[str, Any]]
) -> Any:
    balancer = self.load_balancers.get(arn)
    if balancer and balancer.ip_address_type == DUALSTACK:
        _require_ipv6(_subnets(self, subnets, subnet_mappings))
    return _set_subnets(self, arn, subnets, subnet_mappings)


def _delete_subnet_without_load_balancers(self: EC2Backend, subnet_id: str) -> Any:
    balancers = elbv2_backends[self.account_id][self.region_name].load_balancers.values()
    if any(subnet.id == subnet_id for balancer in balancers for subnet in balancer.subnets):
        raise DependencyViolationError(
            f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
        )
    return _delete_subnet(self, subnet_id)


def _disassociate_without_subnets(self: EC2Backend, association_id: str) -> Any:
    for vpc in self.vpcs.values():
        for found in vpc.ipv6_cidr_block_association_set:
            if found["association_id"] != association_id:
                continue
            block = ipaddress.IPv6Network(found["cidr_block"])
            subnets = self.describe_subnets(filters={"vpc-id": vpc.id})
            used = (ipaddress.IPv6Network(b) for subnet in subnets for b in _blocks(subnet))
            if any(part.subnet_of(block) for part in used):
                raise EC2ClientError(
                    "InvalidCidrBlock.InUse",
                    f"The vpc {vpc.id} currently has a subnet within CIDR block {block}",
                )
    return _disassociate_vpc_cidr_block(self, association_id)


def apply() -> None:
    """Let moto refuse in this process."""
    for owner, name, method in (
        (ELBv2Backend, "create_load_balancer", _create_in_subnets_with_ipv6),
        (ELBv2Backend, "set_ip_address_type", _set_type_of_subnets),
        (ELBv2Backend, "set_subnets", _set_subnets_with_ipv6),
        (EC2Backend, "delete_subnet", _delete_subnet_without_load_balancers),
        (EC2Backend, "disassociate_vpc_cidr_block", _disassociate_without_subnets),
    ):
        setattr(owner, name, method)
