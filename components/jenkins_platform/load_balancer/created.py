"""The load balancer that the platform creates, with the bucket of its access logs."""

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

_REMEDY = (
    "Set it back, or first deploy with load_balancer.deletion_protection false, then change it: "
    "Jenkins is unreachable while the load balancer is replaced"
)

_OWN_TAG = "JenkinsPlatformHandle"
"""Its value differs even between platforms of the same name."""


def own_tag(context: Context) -> pulumi.Output[dict[str, str]]:
    """Tag of the load balancer of this platform, and of no other."""
    return context.handle.apply(lambda handle: {_OWN_TAG: handle})


def load_balancer(
    component: SubComponent, network: Network, security_group_ids: Sequence[pulumi.Input[str]]
) -> aws.lb.LoadBalancer:
    """An Application Load Balancer.

    Args:
        component: Parent of its resources.
        network: Where it is.
        security_group_ids: Its security groups.
    """
    context, settings = component.context, component.context.settings.load_balancer
    protected = settings.deletion_protection
    if protected is None:
        protected = context.settings.keeps_data
    logs: aws.lb.LoadBalancerAccessLogsArgsDict | None = None
    ready: list[pulumi.Input[pulumi.Resource]] = []
    if network.internet_gateway and not settings.internal:
        ready.append(network.internet_gateway)
    if protected:
        scheme = {"load_balancer.scheme": settings.scheme.value}
        ensure_unchanged(component, "alb", scheme, _REMEDY, retained=False)
    if settings.keeps_access_logs:
        bucket, guards = _log_bucket(component)
        ready += guards
        logs = {"enabled": True, "bucket": bucket}
        if settings.access_logs.prefix:
            logs["prefix"] = settings.access_logs.prefix
    return aws.lb.LoadBalancer(
        f"{context.name}-alb",
        name=context.aws_name("alb"),
        load_balancer_type="application",
        internal=settings.internal,
        subnets=network.load_balancer_subnet_ids,
        security_groups=security_group_ids,
        drop_invalid_header_fields=True,
        enable_deletion_protection=protected,
        ip_address_type=settings.ip_address_type.value,
        idle_timeout=settings.idle_timeout_seconds,
        access_logs=logs,
        tags={**context.tags("alb"), _OWN_TAG: context.handle},
        # A target group belongs to one load balancer at a time.
        opts=component.child(depends_on=ready, delete_before_replace=True),
    )


def _log_bucket(component: SubComponent) -> tuple[pulumi.Input[str], list[pulumi.Resource]]:
    """Bucket of the access logs, and what must exist before them."""
    context, settings = component.context, component.context.settings.load_balancer.access_logs
    if settings.existing is not None:
        return settings.existing, []
    folder = f"{settings.prefix}/AWSLogs/" if settings.prefix else "AWSLogs/"
    created = private_bucket(
        component,
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
