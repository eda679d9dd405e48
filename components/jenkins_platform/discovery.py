"""Discovery: the name under which agents find the controller."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .context import Context, Part
from .network import Network
from .security_groups import AGENT_PORT, HTTP_PORT

_TTL_SECONDS = 10
"""Short, so that agents find a new controller soon."""


class Discovery(Part):
    """A private DNS name in Cloud Map; no load balancer is in the agents' way.

    Attributes:
        agent_url: What agents get as ``-url``.
        tunnel: What agents get as ``-tunnel``: host and port of the TCP agent listener.
        service_arn: The Cloud Map service in which the controller is registered.
    """

    def __init__(self, context: Context, network: Network) -> None:
        super().__init__("discovery", context)
        name = context.name
        namespace = aws.servicediscovery.PrivateDnsNamespace(
            f"{name}-namespace",
            name=pulumi.Output.concat(context.handle, ".internal"),
            vpc=network.vpc_id,
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
            # ECS sets the health itself; Route 53 takes a gone task out of DNS.
            health_check_custom_config={"failure_threshold": 1},
            tags=context.tags("controller-name"),
            opts=self.child(),
        )
        host = pulumi.Output.concat("controller.", namespace.name)
        self.agent_url = pulumi.Output.concat("http://", host, f":{HTTP_PORT}/")
        self.tunnel = pulumi.Output.concat(host, f":{AGENT_PORT}")
        self.service_arn = service.arn
        self.register_outputs({"agent_url": self.agent_url})
