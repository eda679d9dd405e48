"""SecurityGroups: every connection that the platform allows is in this file."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from ..base.context import Context, SubComponent
from ..inputs import Connection
from ..settings.endpoint_services import interface_services
from ..settings.facts import ports
from .vpc import Network

ANYWHERE = "0.0.0.0/0"


class SecurityGroups(SubComponent):
    """One security group for each side of the platform.

    Load balancer -> controller (HTTP); agents -> controller (HTTP, and the agent port unless they
    connect over WebSocket), through a Network Load Balancer if there is one; controller -> file
    system (NFS); controller and agents -> VPC endpoints (HTTPS), if there are any. Agents never
    reach the file system. Controller and agents have unrestricted egress, EC2 instances that run
    agents HTTPS only, the load balancer only to an identity provider.

    Attributes:
        load_balancer_ids: Groups of the load balancer, created or existing.
        controller_id: Group of the controller.
        agents_id: Group of the agents.
        instances_id: Group of EC2 instances that run agents, which have their own addresses; None
            without any that are created.
        agent_balancer_id: Group of the agents' Network Load Balancer; None without one.
        storage_id: Group of the mount targets; None with those of an existing file system.
        webhooks_id: Group of the function that delivers webhooks; None without it.
        endpoints_id: Group of the VPC endpoints; None without any.
    """

    def __init__(self, context: Context, network: Network) -> None:
        super().__init__("security-groups", context)
        self._vpc_id = network.vpc_id
        settings = context.settings
        self.controller_id = self._group(
            "controller", "Jenkins controller", settings.controller.security_group_id
        )
        self.agents_id = self._group(
            "agents", "Jenkins agents", settings.agent_cloud.security_group_id
        )
        self.load_balancer_ids = list(self._load_balancer(network))
        self.agent_balancer_id = self._agents_to_controller(settings.agent_cloud.connection)
        self.webhooks_id = self._webhooks() if settings.webhooks else None
        self.storage_id: pulumi.Output[str] | None = None
        if settings.storage.connects:
            self.storage_id = self._group(
                "storage", "Jenkins home on EFS", settings.storage.security_group_id
            )
            self._flow("controller-to-storage", self.controller_id, self.storage_id, ports.NFS)
        self.instances_id = self._instances()
        self.endpoints_id: pulumi.Output[str] | None = None
        if interface_services(context.settings):
            endpoints = self._group("endpoints", "VPC endpoints of the Jenkins platform")
            clients = {"controller": self.controller_id, "agents": self.agents_id}
            if self.instances_id is not None:
                clients["instances"] = self.instances_id
            for role, client in clients.items():
                self._flow(f"{role}-to-endpoints", client, endpoints, ports.HTTPS)
            self.endpoints_id = endpoints
        if settings.controller.security_group_id is None:
            self._unrestricted_egress("controller", self.controller_id)
        if settings.agent_cloud.security_group_id is None:
            self._unrestricted_egress("agents", self.agents_id)
        self.register_outputs({"controller_id": self.controller_id, "agents_id": self.agents_id})

    def _unrestricted_egress(self, role: str, group_id: pulumi.Output[str]) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self.context.name}-{role}-out",
            security_group_id=group_id,
            ip_protocol="-1",
            cidr_ipv4=ANYWHERE,
            description="Image registries, AWS, source code, plugins",
            tags=self.context.tags(f"{role}-out"),
            opts=self.child(),
        )

    def _agents_to_controller(self, connection: Connection) -> pulumi.Output[str] | None:
        """The flows of the agents; the group of their load balancer, if there is one."""
        opened = ports.open_to_agents(connection)
        balancer: pulumi.Output[str] | None = None
        source, label = self.agents_id, "agents"
        if connection is Connection.NETWORK_LOAD_BALANCER:
            balancer = self._group("agent-balancer", "Jenkins agents' load balancer")
            for kind, port in opened.items():
                self._flow(f"agents-to-balancer-{kind}", self.agents_id, balancer, port)
                self._egress(f"balancer-to-controller-{kind}", balancer, self.controller_id, port)
            source, label = balancer, "balancer"
        for kind, port in opened.items():
            self._flow(f"{label}-to-controller-{kind}", source, self.controller_id, port)
        return balancer

    def _webhooks(self) -> pulumi.Output[str]:
        """The group of the function that delivers webhooks: to Jenkins, and nowhere else."""
        group = self._group("webhooks", "Delivers webhooks to Jenkins")
        target, label = self.controller_id, "controller"
        if self.agent_balancer_id is not None:
            target, label = self.agent_balancer_id, "balancer"
        self._flow(f"webhooks-to-{label}", group, target, ports.HTTP)
        self._egress(f"webhooks-to-{label}", group, target, ports.HTTP)
        return group

    def _group(
        self, role: str, description: str, existing: pulumi.Input[str] | None = None
    ) -> pulumi.Output[str]:
        """Id of a security group, created or existing."""
        if existing is not None:
            return pulumi.Output.from_input(existing)
        return aws.ec2.SecurityGroup(
            f"{self.context.name}-{role}",
            name=self.context.aws_name(role),
            description=description,
            vpc_id=self._vpc_id,
            tags=self.context.tags(role),
            opts=self.child(),
        ).id

    def _load_balancer(self, network: Network) -> Iterator[pulumi.Input[str]]:
        """Ids of the load balancer's groups, which reach the controller: created or existing."""
        settings = self.context.settings
        if existing := settings.load_balancer.security_group_ids:
            for index, group_id in enumerate(existing):
                self._flow(
                    f"load-balancer-{index}-to-controller", group_id, self.controller_id, ports.HTTP
                )
                yield group_id
            return
        load_balancer = self._group("load-balancer", "Jenkins load balancer")
        for label, source in self._allowed(network):
            for port in (80, ports.HTTPS) if settings.load_balancer.has_tls else (80,):
                aws.vpc.SecurityGroupIngressRule(
                    f"{self.context.name}-load-balancer-{port}-{label}",
                    security_group_id=load_balancer,
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    description="Allowed address range",
                    tags=self.context.tags(f"load-balancer-{port}"),
                    opts=self.child(),
                    **source,
                )
        self._flow("load-balancer-to-controller", load_balancer, self.controller_id, ports.HTTP)
        self._egress("load-balancer-to-controller", load_balancer, self.controller_id, ports.HTTP)
        if settings.sign_in.load_balancer_oidc:
            self._https_egress(
                "load-balancer-to-identity-provider", load_balancer, "Identity provider"
            )
        yield load_balancer

    def _instances(self) -> pulumi.Output[str] | None:
        """Group of the instances' own addresses, without ingress. Their tasks have the agents'."""
        templates = self.context.settings.agents
        if not any(t.created_provider is not None for t in templates):
            return None
        group = self._group("instances", "EC2 instances that run Jenkins agents")
        self._https_egress("instances-out", group, "AWS and image registries")
        return group

    def _https_egress(self, role: str, source: pulumi.Input[str], description: str) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self.context.name}-{role}",
            security_group_id=source,
            ip_protocol="tcp",
            from_port=ports.HTTPS,
            to_port=ports.HTTPS,
            cidr_ipv4=ANYWHERE,
            description=description,
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _allowed(self, network: Network) -> Iterator[tuple[str, dict[str, pulumi.Input[str]]]]:
        """Sources that may connect to the load balancer, each with a label."""
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

    def _flow(
        self, role: str, source: pulumi.Input[str], target: pulumi.Input[str], port: int
    ) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self.context.name}-{role}",
            security_group_id=target,
            referenced_security_group_id=source,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=role.replace("-", " "),
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _egress(
        self, role: str, source: pulumi.Input[str], target: pulumi.Input[str], port: int
    ) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self.context.name}-{role}-out",
            security_group_id=source,
            referenced_security_group_id=target,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=role.replace("-", " "),
            tags=self.context.tags(role),
            opts=self.child(),
        )
