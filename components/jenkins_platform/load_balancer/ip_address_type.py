"""Whether the load balancer can leave the subnets with IPv6 addresses."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from ..base.context import Context
from ..inputs import IpAddressType
from ..settings import Problem, SettingsError
from . import created

_MESSAGE = (
    "the deployed load balancer has IPv6 addresses, and AWS moves it only to subnets that have "
    "some. First deploy with network.ipv6 true and load_balancer.ip_address_type ipv4"
)


def guarded(context: Context) -> Context:
    """The context, known only once the deployed load balancer fits the subnets of a created VPC.

    The provider changes the subnets of a load balancer before its IP address type.

    Raises:
        SettingsError: The load balancer has IPv6 addresses, and its subnets would have none.
    """
    settings = context.settings
    # An existing load balancer is in an existing VPC.
    if settings.network.existing or settings.network.ipv6:
        return context
    look = pulumi.InvokeOutputOptions(parent=context.parent)
    # Nothing is looked up for a change that is refused.
    own = aws.lb.get_lbs_output(tags=context.after(created.own_tag(context)), opts=look)

    def check(values: list[Any]) -> None:
        if IpAddressType.DUALSTACK.value in values[0]:
            raise SettingsError([Problem("network.ipv6", False, _MESSAGE)])

    return context.checked(
        check,
        own.arns.apply(
            lambda arns: pulumi.Output.all(
                *(aws.lb.get_load_balancer_output(arn=a, opts=look).ip_address_type for a in arns)
            )
        ),
    )
