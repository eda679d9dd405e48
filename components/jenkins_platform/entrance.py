"""Entrance: the load balancer in front of Jenkins."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .context import Context, Part
from .inputs import Scheme
from .network import Network
from .security_groups import HTTP_PORT, SecurityGroups

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
HEALTH_PATH = "/health/"
"""Answers without signing in since Jenkins 2.506; the slash at the end saves a redirect."""
IDLE_SECONDS = 120
"""Well above Jenkins's WebSocket pings, which come every 30 seconds."""


class Entrance(Part):
    """An Application Load Balancer; HTTPS where there is a certificate.

    Attributes:
        url: URL under which users reach Jenkins.
        target_group: Where the controller is registered.
        listener: The listener that forwards to the controller.
    """

    def __init__(self, context: Context, network: Network, groups: SecurityGroups) -> None:
        super().__init__("entrance", context)
        name, settings = context.name, context.settings.entrance
        internal = settings.scheme is Scheme.INTERNAL
        self.load_balancer = aws.lb.LoadBalancer(
            f"{name}-entrance",
            name=context.physical("entrance"),
            load_balancer_type="application",
            internal=internal,
            subnets=network.task_subnet_ids if internal else network.entrance_subnet_ids,
            security_groups=[groups.entrance.id],
            drop_invalid_header_fields=True,
            idle_timeout=IDLE_SECONDS,
            tags=context.tags("entrance"),
            opts=self.child(),
        )
        self.target_group = aws.lb.TargetGroup(
            f"{name}-controller",
            name=context.physical("controller"),
            port=HTTP_PORT,
            protocol="HTTP",
            target_type="ip",
            vpc_id=network.vpc_id,
            deregistration_delay=10,
            health_check={
                "path": HEALTH_PATH,
                "matcher": "200",
                "interval": 15,
                "timeout": 10,
                "healthy_threshold": 2,
                "unhealthy_threshold": 5,
            },
            tags=context.tags("controller"),
            opts=self.child(),
        )
        forward: aws.lb.ListenerDefaultActionArgsDict = {
            "type": "forward",
            "target_group_arn": self.target_group.arn,
        }
        if settings.certificate:
            self.listener = self._listener("https", 443, forward, settings.certificate.adopt)
            self._listener(
                "http",
                80,
                {
                    "type": "redirect",
                    "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
                },
            )
        else:
            self.listener = self._listener("http", 80, forward)
            pulumi.log.warn(
                "entrance.certificate is not set: people reach Jenkins by plain HTTP, inside the "
                "network only. Passwords cross that network unencrypted.",
                self,
            )
        scheme = "https://" if settings.certificate else "http://"
        host = settings.domain_name or self.load_balancer.dns_name
        self.url = pulumi.Output.concat(scheme, host, "/")
        self.register_outputs({"url": self.url})

    def _listener(
        self,
        role: str,
        port: int,
        action: aws.lb.ListenerDefaultActionArgsDict,
        certificate_arn: pulumi.Input[str] | None = None,
    ) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"{self.context.name}-{role}",
            load_balancer_arn=self.load_balancer.arn,
            port=port,
            protocol="HTTPS" if certificate_arn else "HTTP",
            ssl_policy=TLS_POLICY if certificate_arn else None,
            certificate_arn=certificate_arn,
            default_actions=[action],
            tags=self.context.tags(role),
            opts=self.child(),
        )
