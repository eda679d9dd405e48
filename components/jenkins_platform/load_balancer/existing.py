"""An existing load balancer, found by its listener, and whether it fits the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ..base.context import SubComponent
from ..settings import Problem, SettingsError, ports
from ..settings.load_balancer import ExistingLoadBalancerSettings

_KEY = "load_balancer.existing.listener_arn"
ExistingLoadBalancer = pulumi.Output[aws.lb.GetLoadBalancerResult]


def load_balancer(
    component: SubComponent,
    settings: ExistingLoadBalancerSettings,
    vpc_id: pulumi.Input[str],
    security_group_ids: Sequence[pulumi.Input[str]],
) -> ExistingLoadBalancer:
    """The load balancer of an existing listener.

    Args:
        component: The sub-component that looks it up.
        settings: Which listener it is.
        vpc_id: Id of the VPC of the controller.
        security_group_ids: The security groups that the controller accepts requests from.

    Raises:
        SettingsError: Jenkins would be unreachable through it.
    """
    look = pulumi.InvokeOutputOptions(parent=component)
    arn = component.after(settings.listener_arn)
    listener = aws.lb.get_listener_output(arn=arn, opts=look)
    balancer = aws.lb.get_load_balancer_output(arn=listener.load_balancer_arn, opts=look)
    timeout = component.context.settings.load_balancer.idle_timeout_seconds

    def checked(known: list[Any]) -> Any:
        found, vpc, groups = known[1], known[2], known[3:]
        if problems := list(_problems(known[0], found, vpc, groups)):
            raise SettingsError(problems)
        if found.idle_timeout > timeout:
            pulumi.log.warn(
                f"The existing load balancer keeps idle connections for {found.idle_timeout} "
                f"seconds, and Jenkins closes them after {timeout}, so that some requests fail. "
                "Set load_balancer.idle_timeout_seconds to the number of the load balancer.",
                component,
            )
        return found

    return pulumi.Output.all(listener, balancer, vpc_id, *security_group_ids).apply(checked)


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
