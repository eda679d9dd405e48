"""LoadBalancer: the load balancer in front of Jenkins, with its certificate and its name."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..base.context import Context, SubComponent
from ..network.vpc import Network
from ..outputs import concat
from ..settings.facts import ports
from . import created, existing, listener_rules
from .certificate import certificate_arn
from .web_acl import WebAcl

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
HEALTH_PATH = "/health/"
"""Needs no sign-in since Jenkins 2.506; the trailing slash avoids a redirect."""
HSTS = "max-age=31536000"
"""Browsers use HTTPS only, for a year after a visit."""

Action = aws.lb.ListenerDefaultActionArgsDict


class LoadBalancer(SubComponent):
    """An Application Load Balancer, created or existing; HTTPS if there is a certificate.

    Args:
        context: The platform.
        network: Where a load balancer is created.
        security_group_ids: The security groups of one that is created.
        log_key_arn: Key of the web ACL's log group.
        found: The existing load balancer; None if one is created.

    Attributes:
        url: URL under which users reach Jenkins.
        load_balancer: The load balancer.
        target_group: Target group of the controller.
        listener_arn: ARN of the listener that forwards to the controller.
        forwarding: The resources that forward requests to the controller.
        shared: Whether other applications use the load balancer too.
        host_name: Name that its rules are limited to; empty if only Jenkins uses the listener.
        path_prefix: Path of Jenkins at its name, or empty.
        priorities: Priorities of the listener's rules.
        guard: Actions before any other if users sign in at the load balancer.
    """

    def __init__(
        self,
        context: Context,
        network: Network,
        security_group_ids: Sequence[pulumi.Input[str]],
        log_key_arn: pulumi.Input[str] | None,
        found: existing.ExistingLoadBalancer | None = None,
    ) -> None:
        super().__init__("load-balancer", context)
        settings = self.settings = context.settings.load_balancer
        self.shared = settings.existing is not None
        self.host_name = settings.domain_name or "" if self.shared else ""
        self.path_prefix = settings.prefix
        self.load_balancer = (
            created.load_balancer(self, network, security_group_ids) if found is None else found
        )
        self.priorities = listener_rules.priorities(settings.existing)
        self.target_group = self._target_group(network)
        self.guard: list[Action] = []
        if oidc := context.settings.sign_in.load_balancer_oidc:
            secret = listener_rules.secret_value(self, oidc.client_secret_arn)
            self.guard = [listener_rules.authenticate(oidc, secret, self.path_prefix)]
        self.forwarding: list[pulumi.Resource] = []
        self.listener_arn = (
            pulumi.Output.from_input(settings.existing.listener_arn)
            if settings.existing
            else self._created_listener()
        )
        self._rules()
        if settings.zone_id is not None:
            self._alias(settings.zone_id)
        if settings.web_acl:
            WebAcl(context, settings.web_acl, self.load_balancer.arn, log_key_arn)
        scheme = "https://" if settings.has_tls else "http://"
        name = settings.domain_name or self.load_balancer.dns_name
        self.url = concat(scheme, name, f"{self.path_prefix}/")
        self.register_outputs({"url": self.url, "target_group_arn": self.target_group.arn})

    def role(self, role: str) -> str:
        """Role of a resource that belongs to one load balancer at a time: another one at an
        existing load balancer, so that a change between the two creates it first."""
        return f"shared-{role}" if self.shared else role

    def conditions(self, *conditions: listener_rules.Condition) -> listener_rules.Conditions:
        """Conditions of a rule; at an existing load balancer for the name of Jenkins only."""
        host: listener_rules.Condition = {"host_header": {"values": [self.host_name]}}
        return [host, *conditions] if self.shared else list(conditions)

    @property
    def _on_path(self) -> listener_rules.Conditions:
        """Condition of a rule at an existing load balancer: the path of Jenkins and all below."""
        if not (self.shared and self.path_prefix):
            return []
        return [{"path_pattern": {"values": [self.path_prefix, f"{self.path_prefix}/*"]}}]

    def _rule(
        self,
        role: str,
        priority: int,
        conditions: listener_rules.Conditions,
        actions: list[Action],
    ) -> aws.lb.ListenerRule:
        return aws.lb.ListenerRule(
            f"{self.context.name}-{self.role(role)}",
            listener_arn=self.listener_arn,
            priority=priority,
            conditions=conditions,
            actions=actions,
            tags=self.context.tags(self.role(role)),
            # A target group belongs to one load balancer at a time.
            opts=self.child(delete_before_replace=self.shared or None),
        )

    def _target_group(self, network: Network) -> aws.lb.TargetGroup:
        role = self.role("web")
        return aws.lb.TargetGroup(
            f"{self.context.name}-{role}",
            name=self.context.aws_name(role),
            port=ports.HTTP,
            protocol="HTTP",
            target_type="ip",
            vpc_id=network.vpc_id,
            deregistration_delay=10,
            health_check={
                "path": self.path_prefix + HEALTH_PATH,
                "matcher": "200",
                "interval": 15,
                "timeout": 10,
                "healthy_threshold": 2,
                "unhealthy_threshold": 5,
            },
            tags=self.context.tags(role),
            opts=self.child(),
        )

    @property
    def _forward(self) -> Action:
        return {"type": "forward", "order": 2, "target_group_arn": self.target_group.arn}

    @property
    def _default(self) -> list[Action]:
        """What happens to requests of Jenkins that no other rule matches."""
        oidc = self.context.settings.sign_in.load_balancer_oidc
        return [self._forward] if oidc and oidc.paths else [*self.guard, self._forward]

    def _created_listener(self) -> pulumi.Output[str]:
        """ARN of the listener that is created; with HTTPS, plain HTTP redirects to it."""
        if not self.settings.has_tls:
            listener = self._listener("http", 80, self._default)
        else:
            self._listener(
                "http",
                80,
                [
                    {
                        "type": "redirect",
                        "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
                    }
                ],
            )
            listener = self._listener("https", ports.HTTPS, self._default, certificate_arn(self))
        self.forwarding.append(listener)
        return listener.arn

    def _rules(self) -> None:
        """Rules of the listener, and certificates of further names."""
        name, settings = self.context.name, self.settings
        for index, arn in enumerate(settings.additional_certificate_arns):
            aws.lb.ListenerCertificate(
                f"{name}-additional-certificate-{index}",
                listener_arn=self.listener_arn,
                certificate_arn=arn,
                # A certificate may move to another index.
                opts=self.child(delete_before_replace=True),
            )
        if settings.additional_domain_names:
            self._rule(
                "additional-names",
                self.priorities.additional_names,
                [
                    {"host_header": {"values": list(settings.additional_domain_names)}},
                    *self._on_path,
                ],
                [
                    {
                        "type": "redirect",
                        # Browsers remember HTTP_301, and the main name may become another one.
                        "redirect": {"host": settings.domain_name, "status_code": "HTTP_302"},
                    }
                ],
            )
        if oidc := self.context.settings.sign_in.load_balancer_oidc:
            rules = listener_rules.rules(oidc, self.shared, self.path_prefix)
            for priority, rule in enumerate(rules, self.priorities.sign_in):
                actions = [*self.guard, self._forward] if rule.signed_in else [self._forward]
                self._rule(rule.role, priority, self.conditions(*rule.conditions), actions)
        if self.shared:
            last, conditions = self.priorities.forward, self.conditions(*self._on_path)
            self.forwarding.append(self._rule("forward", last, conditions, self._default))
        elif self.path_prefix:
            self._rule(
                "root",
                self.priorities.root,
                [{"path_pattern": {"values": ["/"]}}],
                [
                    {
                        "type": "redirect",
                        # Browsers remember HTTP_301, and the path may become another one.
                        "redirect": {"path": f"{self.path_prefix}/", "status_code": "HTTP_302"},
                    }
                ],
            )

    def _listener(
        self,
        role: str,
        port: int,
        actions: list[Action],
        certificate: pulumi.Input[str] | None = None,
    ) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"{self.context.name}-{role}",
            load_balancer_arn=self.load_balancer.arn,
            port=port,
            protocol="HTTPS" if certificate else "HTTP",
            ssl_policy=TLS_POLICY if certificate else None,
            certificate_arn=certificate,
            default_actions=actions,
            routing_http_response_strict_transport_security_header_value=(
                HSTS if certificate else None
            ),
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _alias(self, zone_id: pulumi.Input[str]) -> None:
        """The records of the domain name, one for each IP version."""
        assert self.settings.domain_name  # noqa: S101  a rule of the settings
        kinds = {"alias": "A", "alias-ipv6": "AAAA"} if self.settings.dual_stack else {"alias": "A"}
        for role, kind in kinds.items():
            aws.route53.Record(
                f"{self.context.name}-{role}",
                zone_id=zone_id,
                name=self.settings.domain_name,
                type=kind,
                aliases=[
                    {
                        "name": self.load_balancer.dns_name,
                        "zone_id": self.load_balancer.zone_id,
                        "evaluate_target_health": True,
                    }
                ],
                opts=self.child(),
            )
