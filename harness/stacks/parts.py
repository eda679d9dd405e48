"""Sub-components on their own against mocks: a few resources instead of a whole platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
from jenkins_platform.base.context import Context
from jenkins_platform.load_balancer import existing
from jenkins_platform.load_balancer.load_balancer import LoadBalancer
from jenkins_platform.network.security_groups import SecurityGroups
from jenkins_platform.network.vpc import Network
from jenkins_platform.schedule.wake_page import WakeRule
from jenkins_platform.settings import Settings
from jenkins_platform.testing import Registration, register


def parts(
    compose: Callable[[Context], object], args: Mapping[str, Any], **answers: Any
) -> list[Registration]:
    """What the sub-components that ``compose`` creates register.

    Args:
        compose: Creates sub-components as `JenkinsPlatform` does.
        args: Inputs of the platform that they belong to.
        answers: ``ids``, ``calls`` and ``outputs`` of `register`.
    """

    def program() -> None:
        settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
        parent = pulumi.ComponentResource("test:index:Parent", settings.name)
        compose(Context.of(settings, parent))

    return register(program, **answers)


def load_balancer(context: Context) -> LoadBalancer:
    """The load balancer, created or existing, with its network and security groups, and with the
    rule of the wake page if the schedule has one."""
    context, found = existing.guarded(context)
    network = Network(context)
    groups = SecurityGroups(context, network)
    balancer = LoadBalancer(context, network, groups.load_balancer_ids, None, found)
    if context.settings.schedule and context.settings.schedule.wake_page:
        WakeRule(balancer, balancer)
    return balancer
