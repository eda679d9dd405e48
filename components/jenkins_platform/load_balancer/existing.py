"""An existing load balancer, found by its listener, and whether it fits the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ..base.context import Context
from ..inputs import IpAddressType
from ..settings import Problem, SettingsError
from ..settings.facts import ports
from . import created

_TYPE_KEY = "load_balancer.ip_address_type"
_KEY = "load_balancer.existing.listener_arn"
ExistingLoadBalancer = pulumi.Output[aws.lb.GetLoadBalancerResult]


def guarded(context: Context) -> tuple[Context, ExistingLoadBalancer | None]:
    """The context, known only once an existing load balancer has been found to fit the inputs, and
    that load balancer, if there is one.

    Raises:
        SettingsError: Jenkins would be unreachable through it.
    """
    settings, network = context.settings.load_balancer, context.settings.network.existing
    if settings.existing is None or network is None:
        return context, None
    look = pulumi.InvokeOutputOptions(parent=context.parent)
    # Nothing is looked up for a change that is refused.
    listener = aws.lb.get_listener_output(
        arn=context.after(settings.existing.listener_arn), opts=look
    )
    balancer = aws.lb.get_load_balancer_output(arn=listener.load_balancer_arn, opts=look)

    def check(values: list[Any]) -> None:
        listener, balancer, protected, vpc_id, *group_ids = values
        problems = list(_problems(listener, balancer, vpc_id, group_ids))
        if settings.dual_stack and balancer.ip_address_type == IpAddressType.IPV4.value:
            message = "the existing load balancer has only IPv4 addresses"
            problems.append(Problem(_TYPE_KEY, settings.ip_address_type.value, message))
        if protected:
            message = (
                f"AWS would not delete {protected}, which this platform created, because it has "
                "deletion protection. First deploy without `existing` and with "
                "load_balancer.deletion_protection false"
            )
            problems.append(Problem(_KEY, listener.arn, message))
        if problems:
            raise SettingsError(problems)
        if balancer.idle_timeout > settings.idle_timeout_seconds:
            pulumi.log.warn(
                f"The existing load balancer keeps idle connections for {balancer.idle_timeout} "
                f"seconds, and Jenkins closes them after {settings.idle_timeout_seconds}, so that "
                "some requests fail. Set load_balancer.idle_timeout_seconds to the number of the "
                "load balancer.",
                context.parent,
            )

    context = context.checked(
        check,
        listener,
        balancer,
        _protected(context),
        network.vpc_id,
        *settings.security_group_ids,
    )
    return context, balancer


def _protected(context: Context) -> pulumi.Output[str | None]:
    """ARN of the platform's own load balancer, if it has one that AWS would not delete."""
    look = pulumi.InvokeOutputOptions(parent=context.parent)
    own = aws.lb.get_lbs_output(tags=context.after(created.own_tag(context)), opts=look)

    def protection(arns: list[str]) -> pulumi.Output[str | None]:
        found = [aws.lb.get_load_balancer_output(arn=arn, opts=look) for arn in arns]
        return pulumi.Output.all(*found).apply(
            lambda balancers: next((b.arn for b in balancers if b.enable_deletion_protection), None)
        )

    return own.arns.apply(protection)


def _problems(
    listener: aws.lb.GetListenerResult,
    balancer: aws.lb.GetLoadBalancerResult,
    vpc_id: str,
    security_group_ids: Sequence[str],
) -> Iterator[Problem]:
    if (listener.protocol, listener.port) != ("HTTPS", ports.HTTPS):
        message = (
            f"is a listener of {listener.protocol} on port {listener.port}: name one of HTTPS on "
            f"port {ports.HTTPS}"
        )
        yield Problem(_KEY, listener.arn, message)
    if balancer.vpc_id != vpc_id:
        message = (
            f"belongs to a load balancer in {balancer.vpc_id}, but network.existing.vpc_id is "
            f"{vpc_id}: a load balancer reaches targets in its own VPC only"
        )
        yield Problem(_KEY, listener.arn, message)
    for index, group_id in enumerate(security_group_ids):
        if group_id not in balancer.security_groups:
            message = (
                "is not a security group of the existing load balancer, which has "
                f"{', '.join(sorted(balancer.security_groups)) or 'none'}"
            )
            yield Problem(f"load_balancer.security_group_ids[{index}]", group_id, message)
