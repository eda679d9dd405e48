"""Settings of the network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator

from ..inputs import NatStrategy
from .base import Group, Late, Problem, setting
from .values import Cidr, SubnetId, VpcId, matching, only_one_way

_CREATING = (
    "cidr_block",
    "availability_zone_count",
    "availability_zones",
    "nat",
    "endpoint_services",
)
EndpointService = Annotated[
    str,
    matching(
        r"[a-z0-9-]+(\.[a-z0-9-]+){0,9}",
        "the name of a service such as sqs, or com.amazonaws.vpce.<region>.vpce-svc-…",
    ),
]


def _vpc_range(value: str) -> str:
    network = ipaddress.ip_network(value)
    if network.version != 4 or not 16 <= network.prefixlen <= 24:
        raise ValueError(f"should be an IPv4 range from /16 to /24, not /{network.prefixlen}")
    return value


class ExistingNetwork(Group):
    vpc_id: Late[VpcId] = setting(valid="the id of a VPC")
    private_subnet_ids: tuple[Late[SubnetId], ...] = setting(
        valid="1 to 6 subnet ids", min_length=1, max_length=6
    )
    public_subnet_ids: tuple[Late[SubnetId], ...] = setting(
        (), valid="up to 6 subnet ids", max_length=6
    )


class NetworkSettings(Group):
    existing: ExistingNetwork | None = setting(None, valid="vpc_id, private_subnet_ids, …")
    cidr_block: Annotated[Cidr, AfterValidator(_vpc_range)] = setting(
        "10.42.0.0/16", valid="an IPv4 range from /16 to /24, such as 10.42.0.0/16"
    )
    availability_zone_count: int = setting(2, valid="2 or 3", ge=2, le=3)
    availability_zones: tuple[str, ...] = setting(
        (), valid="names of zones, as many as `availability_zone_count`"
    )
    nat: NatStrategy = setting(
        NatStrategy.SINGLE, valid="one-per-zone, single, none or public-subnets"
    )
    endpoint_services: tuple[EndpointService, ...] = setting(
        (), valid="up to 20 names of services such as sqs", max_length=20
    )

    def rules(self, key: str) -> Iterator[Problem]:
        yield from only_one_way(self, key, _CREATING, "a VPC")
        if self.availability_zones and len(self.availability_zones) != self.availability_zone_count:
            yield Problem(
                f"{key}.availability_zones",
                list(self.availability_zones),
                f"lists {len(self.availability_zones)} zones, but `availability_zone_count` is "
                f"{self.availability_zone_count}",
            )
        if len(set(self.availability_zones)) != len(self.availability_zones):
            yield Problem(
                f"{key}.availability_zones", list(self.availability_zones), "names a zone twice"
            )
        if "s3" in self.endpoint_services:
            yield Problem(
                f"{key}.endpoint_services",
                "s3",
                "is not needed: a made VPC always has the free gateway endpoint for S3",
            )
