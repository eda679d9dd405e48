"""LoadBalancer: the load balancer in front of Jenkins, with its certificate and its name."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.immutable import ensure_unchanged
from ..base.private_bucket import private_bucket
from ..network.vpc import Network
from ..outputs import concat
from ..settings import ports
from . import listener_rules
from .web_acl import WebAcl

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
HEALTH_PATH = "/health/"
"""Needs no sign-in since Jenkins 2.506; the trailing slash avoids a redirect."""
_REMEDY = (
    "Set it back, or first deploy with load_balancer.deletion_protection false, then change it: "
    "Jenkins is unreachable while the load balancer is replaced"
)
HSTS = "max-age=31536000"
"""Browsers use HTTPS only, for a year after a visit."""

Action = aws.lb.ListenerDefaultActionArgsDict


class LoadBalancer(SubComponent):
    """An Application Load Balancer; HTTPS if there is a certificate.

    Attributes:
        url: URL under which users reach Jenkins.
        load_balancer: The load balancer.
        target_group: Target group of the controller.
        listener: The listener that forwards to the controller.
        guard: Actions before any other if users sign in at the load balancer.
    """

    def __init__(
        self,
        context: Context,
        network: Network,
        security_group_ids: Sequence[pulumi.Input[str]],
        log_key_arn: pulumi.Input[str] | None,
    ) -> None:
        super().__init__("load-balancer", context)
        name, self.settings = context.name, context.settings.load_balancer
        self.load_balancer = self._load_balancer(network, security_group_ids)
        self.target_group = aws.lb.TargetGroup(
            f"{name}-web",
            name=context.aws_name("web"),
            port=ports.HTTP,
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
            tags=context.tags("web"),
            opts=self.child(),
        )
        self.guard: list[Action] = []
        if self.settings.has_tls:
            self.listener = self._https()
        else:
            self.listener = self._listener("http", 80, [self._forward()])
            pulumi.log.warn(
                "load_balancer has no certificate: users reach Jenkins over plain HTTP, inside the "
                "network only, and passwords are not encrypted. Set domain_name and zone_id, or "
                "use an existing certificate.",
                self,
            )
        if self.settings.zone_id is not None:
            self._alias(self.settings.zone_id)
        if self.settings.web_acl:
            WebAcl(context, self.settings.web_acl, self.load_balancer.arn, log_key_arn)
        scheme = "https://" if self.settings.has_tls else "http://"
        host = self.settings.domain_name or self.load_balancer.dns_name
        self.url = concat(scheme, host, "/")
        self.register_outputs({"url": self.url, "target_group_arn": self.target_group.arn})

    def _load_balancer(
        self, network: Network, security_group_ids: Sequence[pulumi.Input[str]]
    ) -> aws.lb.LoadBalancer:
        context, settings = self.context, self.settings
        protected = settings.deletion_protection
        if protected is None:
            protected = context.settings.keeps_data
        logs: aws.lb.LoadBalancerAccessLogsArgsDict | None = None
        ready: list[pulumi.Input[pulumi.Resource]] = []
        if protected:
            scheme = {"load_balancer.scheme": settings.scheme.value}
            ensure_unchanged(self, "alb", scheme, _REMEDY, retained=False)
        if settings.keeps_access_logs:
            bucket, guards = self._log_bucket()
            ready += guards
            logs = {"enabled": True, "bucket": bucket}
            if settings.access_logs.prefix:
                logs["prefix"] = settings.access_logs.prefix
        return aws.lb.LoadBalancer(
            f"{context.name}-alb",
            name=context.aws_name("alb"),
            load_balancer_type="application",
            internal=settings.internal,
            subnets=network.task_subnet_ids
            if settings.internal
            else network.load_balancer_subnet_ids,
            security_groups=security_group_ids,
            drop_invalid_header_fields=True,
            enable_deletion_protection=protected,
            idle_timeout=settings.idle_timeout_seconds,
            access_logs=logs,
            tags=context.tags("alb"),
            # A target group belongs to one load balancer at a time.
            opts=self.child(depends_on=ready, delete_before_replace=True),
        )

    def _log_bucket(self) -> tuple[pulumi.Input[str], list[pulumi.Resource]]:
        """Bucket of the access logs, and what must exist before them."""
        context, settings = self.context, self.settings.access_logs
        if settings.existing is not None:
            return settings.existing, []
        folder = f"{settings.prefix}/AWSLogs/" if settings.prefix else "AWSLogs/"
        created = private_bucket(
            self,
            "access-logs",
            lifecycle=[
                {
                    "id": "old-logs",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": settings.retention_days},
                }
            ],
            statements=lambda bucket: [
                iam.deliver_access_logs(
                    concat(bucket, "/", folder, context.account_id, "/*"),
                    context.arn("elasticloadbalancing", "loadbalancer/*"),
                )
            ],
        )
        return created.bucket.bucket, created.guards

    def _forward(self) -> Action:
        return {"type": "forward", "order": 2, "target_group_arn": self.target_group.arn}

    def _https(self) -> aws.lb.Listener:
        """The HTTPS listener with its rules; plain HTTP redirects to it."""
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
        listener = self._guarded_listener(self._certificate())
        name, settings = self.context.name, self.settings
        for index, arn in enumerate(settings.additional_certificate_arns):
            aws.lb.ListenerCertificate(
                f"{name}-additional-certificate-{index}",
                listener_arn=listener.arn,
                certificate_arn=arn,
                # A certificate may move to another index.
                opts=self.child(delete_before_replace=True),
            )
        if settings.additional_domain_names:
            aws.lb.ListenerRule(
                f"{name}-additional-names",
                listener_arn=listener.arn,
                priority=listener_rules.ADDITIONAL_NAMES,
                conditions=[{"host_header": {"values": list(settings.additional_domain_names)}}],
                actions=[
                    {
                        "type": "redirect",
                        # Browsers remember HTTP_301, and the main name may become another one.
                        "redirect": {"host": settings.domain_name, "status_code": "HTTP_302"},
                    }
                ],
                tags=self.context.tags("additional-names"),
                opts=self.child(),
            )
        return listener

    def _guarded_listener(self, certificate: pulumi.Input[str]) -> aws.lb.Listener:
        """The HTTPS listener, with the rules of signing in at the load balancer."""
        oidc = self.context.settings.sign_in.load_balancer_oidc
        if not oidc:
            return self._listener("https", ports.HTTPS, [self._forward()], certificate)
        secret = listener_rules.secret_value(self, oidc.client_secret_arn)
        self.guard = [listener_rules.authenticate(oidc, secret)]
        signed_in = [*self.guard, self._forward()]
        default = [self._forward()] if oidc.paths else signed_in
        listener = self._listener("https", ports.HTTPS, default, certificate)
        for priority, rule in enumerate(listener_rules.rules(oidc), listener_rules.FIRST):
            aws.lb.ListenerRule(
                f"{self.context.name}-{rule.role}",
                listener_arn=listener.arn,
                priority=priority,
                conditions=rule.conditions,
                actions=signed_in if rule.signed_in else [self._forward()],
                tags=self.context.tags(rule.role),
                opts=self.child(),
            )
        return listener

    def _listener(
        self,
        role: str,
        port: int,
        actions: list[Action],
        certificate_arn: pulumi.Input[str] | None = None,
    ) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"{self.context.name}-{role}",
            load_balancer_arn=self.load_balancer.arn,
            port=port,
            protocol="HTTPS" if certificate_arn else "HTTP",
            ssl_policy=TLS_POLICY if certificate_arn else None,
            certificate_arn=certificate_arn,
            default_actions=actions,
            routing_http_response_strict_transport_security_header_value=(
                HSTS if certificate_arn else None
            ),
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _certificate(self) -> pulumi.Input[str]:
        """ARN of the certificate, existing or DNS-validated."""
        settings, context = self.settings.certificate, self.context
        if settings and settings.existing is not None:
            return settings.existing
        assert self.settings.domain_name  # noqa: S101  a rule of the settings
        certificate = aws.acm.Certificate(
            f"{context.name}-certificate",
            domain_name=self.settings.domain_name,
            validation_method="DNS",
            tags=context.tags("certificate"),
            opts=self.child(),
        )
        zone = settings.validation_zone_id if settings else None
        validation = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{context.name}-certificate-proof",
            zone_id=zone if zone is not None else self.settings.zone_id,
            name=validation.resource_record_name,
            type=validation.resource_record_type,
            ttl=300,
            records=[validation.resource_record_value],
            # Certificates of one name in an account share the validation record.
            allow_overwrite=True,
            opts=self.child(),
        )
        issued = aws.acm.CertificateValidation(
            f"{context.name}-certificate",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=self.child(),
        )
        return issued.certificate_arn

    def _alias(self, zone_id: pulumi.Input[str]) -> None:
        assert self.settings.domain_name  # noqa: S101  a rule of the settings
        aws.route53.Record(
            f"{self.context.name}-alias",
            zone_id=zone_id,
            name=self.settings.domain_name,
            type="A",
            aliases=[
                {
                    "name": self.load_balancer.dns_name,
                    "zone_id": self.load_balancer.zone_id,
                    "evaluate_target_health": True,
                }
            ],
            opts=self.child(),
        )
