"""AgentConnection: how agents connect to the controller."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from ..base.context import Context, SubComponent
from ..inputs import Connection
from ..network.security_groups import SecurityGroups
from ..network.vpc import Network
from ..outputs import concat
from ..settings.facts import ports

_TTL_SECONDS = 10
"""Short, so that agents find a replaced controller soon."""


class AgentConnection(SubComponent):
    """One of three kinds, see `jenkins_platform.Connection`.

    Attributes:
        host: Under which agents reach the controller.
        agent_url: The agents' ``-url``.
        tunnel: The agents' ``-tunnel``: host and port of the TCP agent listener; empty with
            WebSocket, which remoting does not combine with a tunnel.
        service_registries: Where ECS registers the controller's address; None without Cloud Map.
        target_groups: Target groups, with ports, that ECS registers the controller with.
        listeners: What must exist before the service.
    """

    def __init__(self, context: Context, network: Network, groups: SecurityGroups) -> None:
        super().__init__("agent-connection", context)
        self._network, self._groups = network, groups
        self.kind = context.settings.agent_cloud.connection
        self.service_registries: aws.ecs.ServiceServiceRegistriesArgsDict | None = None
        self.target_groups: list[tuple[pulumi.Output[str], int]] = []
        self.listeners: list[pulumi.Resource] = []
        if self.kind is Connection.NETWORK_LOAD_BALANCER:
            self.host = self._network_load_balancer()
        else:
            self.host = self._cloud_map()
        path = f"{context.settings.load_balancer.prefix}/"
        self.agent_url = concat("http://", self.host, f":{ports.HTTP}{path}")
        tcp = ports.open_to_agents(self.kind).get("tcp")
        self.tunnel = concat(self.host, f":{tcp}") if tcp else pulumi.Output.from_input("")
        self.register_outputs({"agent_url": self.agent_url, "tunnel": self.tunnel})

    def _cloud_map(self) -> pulumi.Output[str]:
        """A private DNS name in Cloud Map, without a load balancer."""
        name, context = self.context.name, self.context
        namespace = aws.servicediscovery.PrivateDnsNamespace(
            f"{name}-namespace",
            name=concat(context.handle, ".internal"),
            vpc=self._network.vpc_id,
            description="Names of the Jenkins platform",
            tags=context.tags("namespace"),
            opts=self.child(),
        )
        service = aws.servicediscovery.Service(
            f"{name}-controller-name",
            name="controller",
            dns_config={
                "namespace_id": namespace.id,
                "routing_policy": "MULTIVALUE",
                "dns_records": [{"type": "A", "ttl": _TTL_SECONDS}],
            },
            # ECS reports the health; Route 53 removes a stopped task from DNS.
            health_check_custom_config={"failure_threshold": 1},
            # ECS deregisters a stopped task with a delay.
            force_destroy=True,
            tags=context.tags("controller-name"),
            opts=self.child(),
        )
        self.service_registries = {"registry_arn": service.arn}
        return concat(service.name, ".", namespace.name)

    def _network_load_balancer(self) -> pulumi.Output[str]:
        """An internal Network Load Balancer with listeners for HTTP and the TCP agent port."""
        name, context = self.context.name, self.context
        group_id = self._groups.agent_balancer_id
        balancer = aws.lb.LoadBalancer(
            f"{name}-nlb",
            name=context.aws_name("nlb"),
            load_balancer_type="network",
            internal=True,
            subnets=self._network.task_subnet_ids,
            security_groups=None if group_id is None else [group_id],
            enable_cross_zone_load_balancing=True,
            tags=context.tags("nlb"),
            # A target group belongs to one load balancer at a time.
            opts=self.child(delete_before_replace=True),
        )
        for role, port in ports.open_to_agents(self.kind).items():
            group = aws.lb.TargetGroup(
                f"{name}-{role}",
                name=context.aws_name(role),
                port=port,
                protocol="TCP",
                target_type="ip",
                vpc_id=self._network.vpc_id,
                # Agents reconnect automatically.
                deregistration_delay=10,
                health_check={"protocol": "TCP", "interval": 10},
                tags=context.tags(f"agents-{role}"),
                opts=self.child(),
            )
            self.target_groups.append((group.arn, port))
            self.listeners.append(
                aws.lb.Listener(
                    f"{name}-agents-{role}",
                    load_balancer_arn=balancer.arn,
                    port=port,
                    protocol="TCP",
                    default_actions=[{"type": "forward", "target_group_arn": group.arn}],
                    tags=context.tags(f"agents-{role}"),
                    opts=self.child(),
                )
            )
        return balancer.dns_name
