"""Where the platform lives: a VPC of its own, or one that is there already."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class NatStrategy(str, Enum):
    """How tasks in private subnets reach the internet."""

    ONE_PER_ZONE = "one-per-zone"
    """A NAT gateway in every zone: a zone may fail, traffic never crosses zones."""
    SINGLE = "single"
    """One NAT gateway: cheapest way to full internet access from private subnets."""
    NONE = "none"
    """No NAT gateway and no internet: tasks reach only the AWS services that they call, by VPC
    endpoints. Images must be in ECR, and builds find no plugin, package or source elsewhere."""
    PUBLIC_SUBNETS = "public-subnets"
    """No NAT gateway: tasks run in public subnets with public addresses, closed by security
    groups."""


class ExistingNetworkArgs(TypedDict):
    """A VPC that is there already."""

    vpc_id: pulumi.Input[str]
    """Id of the VPC, such as ``vpc-0a1b2c3d``. It must have DNS support and DNS hostnames on:
    EFS and Cloud Map need both."""
    private_subnet_ids: list[pulumi.Input[str]]
    """Subnets for the controller, the agents and the file system: 1 to 6, one per zone at most
    (EFS allows one mount target per zone), with a way to the internet or to VPC endpoints."""
    public_subnet_ids: NotRequired[list[pulumi.Input[str]]]
    """Subnets for a public load balancer, in at least 2 zones. Default: none; the load balancer
    is then internal and uses the private subnets."""


class NetworkArgs(TypedDict):
    """The VPC, its subnets and the way out of them."""

    existing: NotRequired[ExistingNetworkArgs]
    """Use this VPC. Default: a VPC is made, and the other inputs of this group say how."""
    cidr_block: NotRequired[str]
    """Address range of the VPC, in CIDR notation, /16 to /24. Default ``10.42.0.0/16``. It cannot
    be changed later without a new VPC."""
    availability_zone_count: NotRequired[int]
    """Number of availability zones, 2 or 3. Default 2 (a load balancer needs two). Adding a zone
    later moves nothing."""
    availability_zones: NotRequired[list[str]]
    """Names of the zones, such as ``["eu-central-1a", "eu-central-1b"]``, as many as
    ``availability_zone_count``.
    Default: the region's first zones by name."""
    nat: NotRequired[NatStrategy]
    """The way to the internet. Default ``single``."""
    endpoint_services: NotRequired[list[str]]
    """AWS services that get an interface endpoint besides those that ``nat`` brings, for builds
    that call them: short names such as ``sqs`` or ``git-codecommit``, or the full name of an
    endpoint service such as ``com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d``; 20 at the most.
    Each costs by the hour and zone, see docs/cost.md. Default: none. S3 always has its free
    gateway endpoint."""
