"""Network: the VPC with its subnets and their egress, created or existing."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..inputs import NatStrategy
from ..outputs import concat
from ..settings import Problem, SettingsError
from ..settings.checks.addresses import SUBNET_BITS

_LOAD_BALANCER_OFFSET, _PRIVATE_OFFSET = 4, 8
"""Public subnets are the blocks 0 to 3 of the VPC's sixteen, those of a load balancer with IPv6
addresses 4 to 7, private ones 8 to 15: a zone that is added later uses free blocks and moves no
subnet."""


@dataclass(frozen=True)
class Placement:
    """Where tasks run.

    Attributes:
        subnet_ids: Their subnets.
        security_group_id: Their security group.
        public_addresses: Whether they need a public address to reach the internet.
        depends_on: Routes and endpoints; a task that starts earlier reaches nothing.
    """

    subnet_ids: Sequence[pulumi.Output[str]]
    security_group_id: pulumi.Output[str]
    public_addresses: bool
    depends_on: Sequence[pulumi.Resource]


def subnet_ranges(cidr_block: str, zones: int) -> tuple[list[str], list[str], list[str]]:
    """Address ranges of the public subnets, the load balancer's and the private ones, one of each
    per zone."""
    blocks = [str(b) for b in ipaddress.ip_network(cidr_block).subnets(prefixlen_diff=SUBNET_BITS)]
    public, load_balancer, private = (
        blocks[first : first + zones] for first in (0, _LOAD_BALANCER_OFFSET, _PRIVATE_OFFSET)
    )
    return public, load_balancer, private


def _ipv6_range(cidr_block: str, index: int) -> str:
    """One of the /64 ranges, the only size that subnets have."""
    first = ipaddress.IPv6Network(cidr_block).network_address
    return str(ipaddress.IPv6Network((int(first) + (index << 64), 64)))


def _first(zones: Sequence[str], count: int) -> Sequence[str]:
    """As many zones as are asked for.

    Raises:
        SettingsError: the region has fewer.
    """
    if len(zones) < count:
        message = f"this account can use only {len(zones)} zones here: {', '.join(zones)}"
        raise SettingsError([Problem("network.availability_zone_count", count, message)])
    return zones[:count]


class Network(SubComponent):
    """The VPC and its subnets.

    Attributes:
        vpc_id: Id of the VPC.
        task_subnet_ids: Where the controller and the agents run.
        load_balancer_subnet_ids: Subnets of the load balancer.
        storage_subnet_ids: Subnets of the file system's mount targets.
        cidr_block: Address range of the VPC; None for an existing one.
        egress: Routes and the S3 endpoint.
        internet_gateway: Without one AWS refuses an internet-facing load balancer; None in an
            existing VPC.
    """

    vpc_id: pulumi.Output[str]
    task_subnet_ids: list[pulumi.Output[str]]
    load_balancer_subnet_ids: list[pulumi.Output[str]]
    storage_subnet_ids: list[pulumi.Output[str]]

    def __init__(self, context: Context) -> None:
        super().__init__("network", context)
        self.settings = context.settings.network
        self.cidr_block: str | None = None
        self.egress: list[pulumi.Resource] = []
        self.internet_gateway: pulumi.Resource | None = None
        if self.settings.existing:
            existing = self.settings.existing
            self.vpc_id = pulumi.Output.from_input(existing.vpc_id)
            self.task_subnet_ids = list(map(pulumi.Output.from_input, existing.private_subnet_ids))
            self.storage_subnet_ids = self.task_subnet_ids
            self.load_balancer_subnet_ids = (
                self.task_subnet_ids
                if context.settings.load_balancer.internal
                else list(map(pulumi.Output.from_input, existing.public_subnet_ids))
            )
        else:
            self._create()
        self.register_outputs({"vpc_id": self.vpc_id, "task_subnet_ids": self.task_subnet_ids})

    def placement(
        self, security_group_id: pulumi.Output[str], endpoints: Sequence[pulumi.Resource] = ()
    ) -> Placement:
        """Where tasks with a security group run."""
        return Placement(
            self.task_subnet_ids,
            security_group_id,
            self.settings.nat is NatStrategy.PUBLIC_SUBNETS,
            [*self.egress, *endpoints],
        )

    def _create(self) -> None:
        name, tags = self.context.name, self.context.tags
        self.cidr_block = self.settings.cidr_block
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=self.cidr_block,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tags("vpc"),
            # The provider takes the block of an association for one of the VPC itself.
            opts=self.child(ignore_changes=["assignGeneratedIpv6CidrBlock"]),
        )
        self.vpc_id = vpc.id
        gateway = self.internet_gateway = aws.ec2.InternetGateway(
            f"{name}-internet-gateway",
            vpc_id=vpc.id,
            tags=tags("internet-gateway"),
            opts=self.child(),
        )
        public_ranges, load_balancer_ranges, private_ranges = subnet_ranges(
            self.cidr_block, self.settings.availability_zone_count
        )
        public = self._subnets(vpc, "public", public_ranges)
        private = self._subnets(vpc, "private", private_ranges)
        public_table = self._route_table(vpc, "public", public)
        self.egress.append(
            aws.ec2.Route(
                f"{name}-public-internet",
                route_table_id=public_table.id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway.id,
                opts=self.child(),
            )
        )
        tables = self._private_routes(vpc, public, private, gateway)
        self._s3_endpoint(vpc, [public_table, *tables])
        in_public = self.settings.nat is NatStrategy.PUBLIC_SUBNETS
        self.task_subnet_ids = [s.id for s in (public if in_public else private)]
        self.storage_subnet_ids = [s.id for s in private]
        internal = self.context.settings.load_balancer.internal
        self.load_balancer_subnet_ids = self.task_subnet_ids if internal else [s.id for s in public]
        if self.settings.ipv6:
            subnets = self._with_ipv6(vpc, load_balancer_ranges)
            self.load_balancer_subnet_ids = [s.id for s in subnets]
            routes = tables if internal else [public_table] * len(subnets)
            for index, subnet in enumerate(subnets):
                self._associate(routes[index], f"load-balancer-{index}", subnet)
            if not internal:
                aws.ec2.Route(
                    f"{name}-public-internet-ipv6",
                    route_table_id=public_table.id,
                    destination_ipv6_cidr_block="::/0",
                    gateway_id=gateway.id,
                    opts=self.child(),
                )

    def _with_ipv6(self, vpc: aws.ec2.Vpc, ranges: list[str]) -> list[aws.ec2.Subnet]:
        """Subnets of the load balancer alone, because Fargate would give tasks addresses too."""
        # An argument of the VPC would be removed before the subnets that use it.
        block = aws.ec2.VpcIpv6CidrBlockAssociation(
            f"{self.context.name}-ipv6",
            vpc_id=vpc.id,
            assign_generated_ipv6_cidr_block=True,
            opts=self.child(),
        )
        return self._subnets(vpc, "load-balancer", ranges, block.ipv6_cidr_block)

    def _subnets(
        self,
        vpc: aws.ec2.Vpc,
        kind: str,
        ranges: list[str],
        ipv6_block: pulumi.Output[str] | None = None,
    ) -> list[aws.ec2.Subnet]:
        names: list[pulumi.Input[str]] = list(self.settings.availability_zones)
        if not names:
            zones = aws.get_availability_zones_output(
                state="available",
                # Local Zones that the account has enabled come first in the alphabet.
                filters=[{"name": "zone-type", "values": ["availability-zone"]}],
                opts=pulumi.InvokeOutputOptions(parent=self),
            )
            enough = zones.names.apply(lambda found: _first(found, len(ranges)))
            names = [enough[index] for index in range(len(ranges))]
        return [
            aws.ec2.Subnet(
                f"{self.context.name}-{kind}-{index}",
                vpc_id=vpc.id,
                cidr_block=block,
                ipv6_cidr_block=ipv6_block and ipv6_block.apply(partial(_ipv6_range, index=index)),
                availability_zone=names[index],
                tags=self.context.tags(f"{kind}-{index}"),
                # A new zone in the region must not move a subnet, and with it a mount target.
                opts=self.child(ignore_changes=["availabilityZone"]),
            )
            for index, block in enumerate(ranges)
        ]

    def _route_table(
        self, vpc: aws.ec2.Vpc, role: str, subnets: list[aws.ec2.Subnet], first: int = 0
    ) -> aws.ec2.RouteTable:
        name = self.context.name
        table = aws.ec2.RouteTable(
            f"{name}-{role}-routes",
            vpc_id=vpc.id,
            tags=self.context.tags(f"{role}-routes"),
            opts=self.child(),
        )
        kind = role.split("-")[0]
        for index, subnet in enumerate(subnets, first):
            self._associate(table, f"{kind}-{index}", subnet)
        return table

    def _associate(self, table: aws.ec2.RouteTable, role: str, subnet: aws.ec2.Subnet) -> None:
        aws.ec2.RouteTableAssociation(
            f"{self.context.name}-{role}-routes",
            route_table_id=table.id,
            subnet_id=subnet.id,
            opts=self.child(),
        )

    def _private_routes(
        self,
        vpc: aws.ec2.Vpc,
        public: list[aws.ec2.Subnet],
        private: list[aws.ec2.Subnet],
        gateway: aws.ec2.InternetGateway,
    ) -> list[aws.ec2.RouteTable]:
        """One route table per zone, so that a change of NAT strategy only changes routes."""
        tables = [
            self._route_table(vpc, f"private-{index}", [subnet], index)
            for index, subnet in enumerate(private)
        ]
        gateways = {
            NatStrategy.ONE_PER_ZONE: len(private),
            NatStrategy.SINGLE: 1,
        }.get(self.settings.nat, 0)
        nats = [self._nat_gateway(index, public[index], gateway) for index in range(gateways)]
        self.egress += [
            aws.ec2.Route(
                f"{self.context.name}-private-{index}-internet",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nats[index % len(nats)].id,
                opts=self.child(),
            )
            for index, table in enumerate(tables if nats else [])
        ]
        return tables

    def _s3_endpoint(self, vpc: aws.ec2.Vpc, tables: list[aws.ec2.RouteTable]) -> None:
        """A gateway endpoint is free, and keeps image layers off the NAT gateway's bill.

        With other egress to S3 a policy would protect nothing, and break builds that read from
        buckets of other accounts.
        """
        context = self.context
        policy = None
        if self.settings.nat is NatStrategy.NONE:
            policy = iam.s3_endpoint(context.account_id, context.partition, context.region)
        self.egress.append(
            aws.ec2.VpcEndpoint(
                f"{context.name}-s3",
                vpc_id=vpc.id,
                service_name=concat("com.amazonaws.", context.region, ".s3"),
                vpc_endpoint_type="Gateway",
                route_table_ids=[table.id for table in tables],
                policy=policy,
                tags=context.tags("s3"),
                opts=self.child(),
            )
        )

    def _nat_gateway(
        self, index: int, subnet: aws.ec2.Subnet, gateway: aws.ec2.InternetGateway
    ) -> aws.ec2.NatGateway:
        name, tags = self.context.name, self.context.tags(f"nat-{index}")
        address = aws.ec2.Eip(
            f"{name}-nat-{index}-address", domain="vpc", tags=tags, opts=self.child()
        )
        return aws.ec2.NatGateway(
            f"{name}-nat-{index}",
            subnet_id=subnet.id,
            allocation_id=address.allocation_id,
            tags=tags,
            opts=self.child(depends_on=[gateway]),
        )
