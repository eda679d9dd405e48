"""An existing load balancer, found by its listener, and whether it fits the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws

from ..base.context import Context, SubComponent
from ..inputs import IpAddressType
from ..settings import Problem, SettingsError, ports
from ..settings.load_balancer import ExistingLoadBalancerSettings

_TYPE_KEY = "load_balancer.ip_address_type"
_KEY = "load_balancer.existing.listener_arn"
ExistingLoadBalancer = pulumi.Output[aws.lb.GetLoadBalancerResult]


def guarded(context: Context) -> Context:
    """The context, known only once an existing load balancer has been found to fit the inputs.

    Raises:
        SettingsError: Jenkins would be unreachable through it.
    """
    settings, network = context.settings.load_balancer, context.settings.network.existing
    if settings.existing is None or network is None:
        return context
    listener, balancer = _look_up(context.parent, settings.existing, context.unchanged)

    def check(known: list[Any]) -> Any:
        unchanged, listener, balancer, vpc_id, *group_ids = known
        problems = list(_problems(listener, balancer, vpc_id, group_ids))
        if settings.dual_stack and balancer.ip_address_type == IpAddressType.IPV4.value:
            message = "the existing load balancer has only IPv4 addresses"
            problems.append(Problem(_TYPE_KEY, settings.ip_address_type.value, message))
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
        return unchanged

    given = (listener, balancer, network.vpc_id, *settings.security_group_ids)
    checked = pulumi.Output.all(context.unchanged, *given).apply(check)
    handle = pulumi.Output.all(context.handle, checked).apply(lambda known: str(known[0]))
    return replace(context, handle=handle, unchanged=checked)


def load_balancer(
    component: SubComponent, settings: ExistingLoadBalancerSettings
) -> ExistingLoadBalancer:
    """The load balancer of an existing listener.

    Args:
        component: The sub-component that looks it up.
        settings: Which listener it is.
    """
    return _look_up(component, settings, component.context.unchanged)[1]


def _look_up(
    parent: pulumi.Resource,
    settings: ExistingLoadBalancerSettings,
    after: pulumi.Output[pulumi.Resource] | None,
) -> tuple[pulumi.Output[aws.lb.GetListenerResult], ExistingLoadBalancer]:
    """The listener and its load balancer, once something else is known."""
    look = pulumi.InvokeOutputOptions(parent=parent)
    arn = pulumi.Output.all(settings.listener_arn, after).apply(lambda known: str(known[0]))
    listener = aws.lb.get_listener_output(arn=arn, opts=look)
    balancer = aws.lb.get_load_balancer_output(arn=listener.load_balancer_arn, opts=look)
    return listener, balancer


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
