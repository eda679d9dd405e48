"""Inputs of the network, either a created VPC or an existing one."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class NatStrategy(str, Enum):
    """How tasks in private subnets reach the internet."""

    ONE_PER_ZONE = "one-per-zone"
    """A NAT gateway in every availability zone: tolerates the failure of a zone and avoids traffic
    between zones."""
    SINGLE = "single"
    """One NAT gateway for all availability zones: the cheapest full internet access."""
    NONE = "none"
    """No NAT gateway and no internet access: tasks only reach the AWS services that they call,
    through VPC endpoints. Images must be in ECR, and builds cannot download from the internet."""
    PUBLIC_SUBNETS = "public-subnets"
    """No NAT gateway: tasks run in public subnets with public IPv4 addresses, protected by security
    groups."""


class ExistingNetworkArgs(TypedDict):
    """An existing VPC."""

    vpc_id: pulumi.Input[str]
    """ID of the VPC, such as ``vpc-0a1b2c3d``. DNS support and DNS hostnames must be enabled, as
    EFS and Cloud Map require both."""
    private_subnet_ids: list[pulumi.Input[str]]
    """IDs of the subnets for the controller, the agents and the file system: 1 to 6, at most one
    per availability zone (EFS allows one mount target per zone), each with a route to the internet
    or to VPC endpoints; at least 2 for an internal load balancer. Subnets can be added and removed
    later at the end of the list."""
    public_subnet_ids: NotRequired[list[pulumi.Input[str]]]
    """IDs of at most 6 subnets for an internet-facing load balancer, in at least 2 availability
    zones. Default: none, the load balancer must be internal and uses the private subnets."""


class ProxyArgs(TypedDict):
    """An HTTP proxy, for Jenkins, agents and the programs of builds. Proxies that require a user
    name and password are not supported."""

    url: str
    """URL of the proxy for HTTP and HTTPS, with a port: ``http://proxy.example.com:3128``."""
    no_proxy: NotRequired[list[str]]
    """Hosts to reach directly, at most 100: host names, IPv4 addresses, or a domain with a leading
    dot for all names in it, such as ``.example.com``. List ``.amazonaws.com`` if VPC endpoints lead
    to AWS. Default: none; the local host, the addresses of ECS tasks, the controller and, with
    ``nat`` ``none``, the AWS services of the region are always reached directly."""


class NetworkArgs(TypedDict):
    """The VPC and its subnets."""

    existing: NotRequired[ExistingNetworkArgs]
    """Existing VPC. Cannot be combined with the other inputs of this group, nor set, removed or
    changed after the first deployment. Default: none, a VPC is created."""
    cidr_block: NotRequired[str]
    """IPv4 CIDR block of the VPC, /16 to /24; it cannot be changed later. Each subnet has a
    sixteenth of it, and each task one address: /22 is enough for about 50 agents per zone. Blocks
    that AWS does not accept (127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/4 and above, 0.0.0.0/8) and
    172.17.0.0/16, which Docker uses, are not valid. Default: ``10.42.0.0/16``."""
    availability_zone_count: NotRequired[int]
    """Number of availability zones, 2 or 3. A zone can be added later without moving resources.
    Default: ``2``."""
    availability_zones: NotRequired[list[str]]
    """Names of the availability zones, such as ``["eu-central-1a", "eu-central-1b"]``, as many as
    ``availability_zone_count``. They cannot be changed later, except that a zone can be added at
    the end. Default: the first zones of the region in alphabetical order."""
    nat: NotRequired[NatStrategy]
    """How tasks reach the internet. Default: ``single``."""
    endpoint_services: NotRequired[list[str]]
    """AWS services to create interface VPC endpoints for, in addition to those that ``nat``
    requires: short names such as ``sqs`` or ``git-codecommit``, or full names such as
    ``com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d``; at most 20, each listed once. Endpoints
    are charged per hour and zone, see docs/cost.md. A free gateway endpoint for S3 is always
    created. Default: none."""
    ipv6: NotRequired[bool]
    """Whether the VPC has an IPv6 CIDR block from Amazon, and the load balancer dedicated subnets
    with IPv6 addresses, which ``load_balancer.ip_address_type`` ``dualstack`` requires. Tasks keep
    IPv4 addresses. To set it to false again, first deploy with ``ip_address_type`` ``ipv4``.
    Default: ``false``."""
    proxy: NotRequired[ProxyArgs]
    """HTTP proxy. Default: none."""
    ca_certificate_arns: NotRequired[list[pulumi.Input[str]]]
    """Certificate authorities that the controller, agents, Git and Kaniko trust in addition to the
    public ones, at most 20: complete ARNs of secrets in Secrets Manager (``<arn>:<key>::`` selects
    one key of a JSON secret), of SSM parameters, or of S3 objects with the content type
    ``text/plain``. Each contains one or more certificates in PEM. An S3 object is read during the
    deployment, the others when a task starts. Default: none."""
