"""Who may talk to whom. Every flow that the platform allows stands in this file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..base.context import Context, SubComponent
from ..inputs import Connection
from ..settings import ports
from ..settings.endpoint_services import interface_services
from .vpc import Network

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Group:
    """A security group: one that was made, or a given one."""

    id: pulumi.Output[str]


class SecurityGroups(SubComponent):
    """One security group for each side of the platform.

    LoadBalancer -> controller (HTTP); agents -> controller (HTTP, and the agent port unless they
    come by WebSocket), through a load balancer of their own where there is one; controller -> file
    system (NFS); controller and agents -> VPC endpoints (HTTPS), where there are any. Agents never
    reach the file system. Controller and agents may call out, the load balancer only to an identity
    provider.

    Attributes:
        load_balancer_ids: Groups of the load balancer: one of the platform's own, or given ones.
        controller: Group of the controller.
        agents: Group of the agents.
        storage: Group of the file system's mount targets, where those are the platform's.
        endpoints: Group of the VPC endpoints, where there are any.
    """

    def __init__(self, context: Context, network: Network) -> None:
        super().__init__("security-groups", context)
        self._vpc_id = network.vpc_id
        settings = context.settings
        self.controller = self._group(
            "controller", "Jenkins controller", settings.controller.security_group_id
        )
        self.agents = self._group(
            "agents", "Jenkins agents", settings.agent_cloud.security_group_id
        )

        self.load_balancer_ids = list(self._entrance(network))
        self._agents_to_controller(context.settings.agent_cloud.connection)
        if settings.storage.connects:
            self.storage = self._group(
                "storage", "Jenkins home on EFS", settings.storage.security_group_id
            )
            self._flow("controller-to-storage", self.controller.id, self.storage, ports.NFS)
        tasks = {"controller": self.controller, "agents": self.agents}
        if interface_services(context.settings):
            self.endpoints = self._group("endpoints", "VPC endpoints of the Jenkins platform")
            for role, group in tasks.items():
                self._flow(f"{role}-to-endpoints", group.id, self.endpoints, ports.HTTPS)
        if settings.controller.security_group_id is None:
            self._let_out_anywhere("controller", self.controller)
        if settings.agent_cloud.security_group_id is None:
            self._let_out_anywhere("agents", self.agents)
        self.register_outputs({})

    def _let_out_anywhere(self, role: str, group: Group) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self.context.name}-{role}-out",
            security_group_id=group.id,
            ip_protocol="-1",
            cidr_ipv4=ANYWHERE,
            description="Image registries, AWS, source code, plugins",
            tags=self.context.tags(f"{role}-out"),
            opts=self.child(),
        )

    def _agents_to_controller(self, connection: Connection) -> None:
        opened = ports.open_to_agents(connection)
        source, label = self.agents, "agents"
        if connection is Connection.NETWORK_LOAD_BALANCER:
            self.agent_balancer = self._group("agent-balancer", "Jenkins agents' load balancer")
            for kind, port in opened.items():
                self._flow(f"agents-to-balancer-{kind}", self.agents.id, self.agent_balancer, port)
                self._let_out(
                    f"balancer-to-controller-{kind}", self.agent_balancer, self.controller, port
                )
            source, label = self.agent_balancer, "balancer"
        for kind, port in opened.items():
            self._flow(f"{label}-to-controller-{kind}", source.id, self.controller, port)

    def _group(self, role: str, description: str, given: pulumi.Input[str] | None = None) -> Group:
        if given is not None:
            return Group(pulumi.Output.from_input(given))
        made = aws.ec2.SecurityGroup(
            f"{self.context.name}-{role}",
            name=self.context.aws_name(role),
            description=description,
            vpc_id=self._vpc_id,
            tags=self.context.tags(role),
            opts=self.child(),
        )
        return Group(made.id)

    def _entrance(self, network: Network) -> Iterator[pulumi.Input[str]]:
        """The load balancer's groups, which reach the controller: one made here, or given ones."""
        settings = self.context.settings
        if given := settings.load_balancer.security_group_ids:
            for index, group_id in enumerate(given):
                self._flow(
                    f"load-balancer-{index}-to-controller", group_id, self.controller, ports.HTTP
                )
                yield group_id
            return
        load_balancer = self._group("load-balancer", "Jenkins load balancer")
        for label, source in self._allowed(network):
            for port in (80, ports.HTTPS) if settings.load_balancer.has_tls else (80,):
                aws.vpc.SecurityGroupIngressRule(
                    f"{self.context.name}-load-balancer-{port}-{label}",
                    security_group_id=load_balancer.id,
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    description="Allowed address range",
                    tags=self.context.tags(f"load-balancer-{port}"),
                    opts=self.child(),
                    **source,
                )
        self._flow("load-balancer-to-controller", load_balancer.id, self.controller, ports.HTTP)
        self._let_out("load-balancer-to-controller", load_balancer, self.controller, ports.HTTP)
        if settings.sign_in.load_balancer_oidc:
            aws.vpc.SecurityGroupEgressRule(
                f"{self.context.name}-load-balancer-to-identity-provider",
                security_group_id=load_balancer.id,
                ip_protocol="tcp",
                from_port=ports.HTTPS,
                to_port=ports.HTTPS,
                cidr_ipv4=ANYWHERE,
                description="Identity provider",
                tags=self.context.tags("load-balancer-to-identity-provider"),
                opts=self.child(),
            )
        yield load_balancer.id

    def _allowed(self, network: Network) -> Iterator[tuple[str, dict[str, pulumi.Input[str]]]]:
        """What the load balancer lets in: a label for each source, and the source itself."""
        load_balancer = self.context.settings.load_balancer
        ranges = load_balancer.allowed_cidrs
        if ranges is None:
            own = network.cidr_block if load_balancer.internal else None
            ranges = (own,) if own else ()
        for block in ranges:
            kind = "cidr_ipv6" if ":" in block else "cidr_ipv4"
            yield block.replace("/", "-").replace(":", "-"), {kind: block}
        for index, prefix_list in enumerate(load_balancer.allowed_prefix_list_ids):
            yield f"prefix-list-{index}", {"prefix_list_id": prefix_list}

    def _flow(self, role: str, source_id: pulumi.Input[str], target: Group, port: int) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self.context.name}-{role}",
            security_group_id=target.id,
            referenced_security_group_id=source_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=role.replace("-", " "),
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _let_out(self, role: str, source: Group, target: Group, port: int) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self.context.name}-{role}-out",
            security_group_id=source.id,
            referenced_security_group_id=target.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=role.replace("-", " "),
            tags=self.context.tags(role),
            opts=self.child(),
        )
