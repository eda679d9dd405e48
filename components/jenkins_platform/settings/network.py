"""Settings of the network."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator

from ..inputs import NatStrategy
from .company_network import ALWAYS_DIRECT, CertificateArn, ProxySettings
from .facts.regions import dns_suffix
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import no_duplicates, not_with_existing
from .validation.values import Cidr, SubnetId, VpcId, address_range, matching

_CREATED_ONLY = (
    "cidr_block",
    "availability_zone_count",
    "availability_zones",
    "nat",
    "endpoint_services",
    "ipv6",
)
EndpointService = Annotated[
    str,
    matching(
        r"[a-z0-9-]+(\.[a-z0-9-]+){0,9}",
        "the name of a service such as sqs, or com.amazonaws.vpce.<region>.vpce-svc-…",
    ),
]


ZoneName = Annotated[
    str,
    matching(
        r"[a-z]{2}(-[a-z]+)+-\d[a-z]",
        "the name of an availability zone such as eu-central-1a, not its ID, nor a local zone",
    ),
]
_NOT_FOR_VPCS = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
"""Amazon VPC User Guide, "VPC CIDR blocks"."""


def _vpc_range(value: str) -> str:
    network = address_range(value)
    if network.version != 4:
        raise ValueError("must be an IPv4 range from /16 to /24, not of IPv6")
    if not 16 <= network.prefixlen <= 24:
        raise ValueError(f"must be an IPv4 range from /16 to /24, not /{network.prefixlen}")
    for refused in _NOT_FOR_VPCS:
        if network.overlaps(ipaddress.ip_network(refused)):
            raise ValueError(f"is in {refused}, which AWS does not allow for a VPC")
    return value


def short_name(service: str) -> str:
    """The short name of an AWS service: ``sqs`` for ``com.amazonaws.eu-west-1.sqs``."""
    return re.sub(r"(cn\.)?com\.amazonaws\.(?!vpce\.)[a-z0-9-]+\.", "", service)


def as_pattern(host: str) -> str:
    """A host or domain as Java and Jenkins write it: ``*.example.com`` for ``.example.com``."""
    return f"*{host}" if host.startswith(".") else host


class ExistingNetwork(Group):
    """See `ExistingNetworkArgs`."""

    vpc_id: OutputOr[VpcId] = setting(valid="the ID of a VPC")
    private_subnet_ids: tuple[OutputOr[SubnetId], ...] = setting(
        valid="1 to 6 subnet IDs", min_length=1, max_length=6
    )
    public_subnet_ids: tuple[OutputOr[SubnetId], ...] = setting(
        (), valid="up to 6 subnet IDs", max_length=6
    )

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of subnets that are listed more than once."""
        for name in ("private_subnet_ids", "public_subnet_ids"):
            yield from no_duplicates(f"{key}.{name}", getattr(self, name))


class NetworkSettings(Group):
    """See `NetworkArgs`."""

    existing: ExistingNetwork | None = setting(None, valid="vpc_id, private_subnet_ids, …")
    cidr_block: Annotated[Cidr, AfterValidator(_vpc_range)] = setting(
        "10.42.0.0/16", valid="an IPv4 range from /16 to /24, such as 10.42.0.0/16"
    )
    availability_zone_count: int = setting(2, valid="2 or 3", ge=2, le=3)
    availability_zones: tuple[ZoneName, ...] = setting(
        (), valid="names of zones, as many as `availability_zone_count`"
    )
    nat: NatStrategy = setting(
        NatStrategy.SINGLE, valid="one-per-zone, single, none or public-subnets"
    )
    endpoint_services: tuple[EndpointService, ...] = setting(
        (), valid="up to 20 names of services such as sqs", max_length=20
    )
    ipv6: bool = setting(False, valid="true or false")
    proxy: ProxySettings | None = setting(None, valid="a group")
    ca_certificate_arns: tuple[OutputOr[CertificateArn], ...] = setting(
        (), valid="up to 20 ARNs", max_length=20
    )

    @property
    def only_endpoints(self) -> bool:
        """Whether the platform creates a VPC in which tasks reach only endpoints."""
        return not self.existing and self.nat is NatStrategy.NONE

    def direct_hosts(self, region: str) -> tuple[str, ...]:
        """Hosts that no container reaches through the proxy; a leading dot stands for all names in
        a domain."""
        aws = f".{region}.{dns_suffix(region)}"
        hosts = (*ALWAYS_DIRECT, *((aws,) if self.only_endpoints else ()))
        return (*hosts, *(self.proxy.no_proxy if self.proxy else ()))

    def direct_patterns(self, region: str) -> tuple[str, ...]:
        """The same as Java and Jenkins write it, with ``*``."""
        return tuple(map(as_pattern, self.direct_hosts(region)))

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of zones, endpoints and an existing VPC with inputs for creating one."""
        yield from not_with_existing(self, key, _CREATED_ONLY, "a VPC")
        if self.availability_zones and len(self.availability_zones) != self.availability_zone_count:
            yield Problem(
                f"{key}.availability_zones",
                list(self.availability_zones),
                f"lists {len(self.availability_zones)} zones, but `availability_zone_count` is "
                f"{self.availability_zone_count}",
            )
        yield from no_duplicates(f"{key}.availability_zones", self.availability_zones)
        yield from no_duplicates(f"{key}.ca_certificate_arns", self.ca_certificate_arns)
        services = self.endpoint_services
        yield from no_duplicates(f"{key}.endpoint_services", services, same=short_name)
        for index, service in enumerate(services):
            if short_name(service) == "s3":
                message = "is not required: a created VPC has a free gateway endpoint for S3"
                yield Problem(f"{key}.endpoint_services[{index}]", service, message)
