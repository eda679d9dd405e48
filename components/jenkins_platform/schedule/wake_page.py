"""WakePage: the page that the load balancer shows while the controller sleeps."""

from __future__ import annotations

import pulumi_aws as aws

from .. import iam
from ..base import log_groups
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function
from ..base.roles import Roles
from ..functions.states import HIDDEN
from ..load_balancer.load_balancer import LoadBalancer

FIRST = 1
"""Priority of the rule: before any other, since while Jenkins sleeps nothing else answers."""


class WakePage(SubComponent):
    """A listener rule whose condition turns: never met while Jenkins is awake, always while it
    sleeps. Pulumi owns the rule, and leaves its condition to `functions.working_hours`.

    Attributes:
        rule: The rule.
    """

    def __init__(self, context: Context, load_balancer: LoadBalancer) -> None:
        super().__init__("wake-page", context)
        name, role = f"{context.name}-wake-page", "wake-page"
        self.target_group = aws.lb.TargetGroup(
            f"{context.name}-wake",
            name=context.aws_name("wake"),
            target_type="lambda",
            tags=context.tags(role),
            opts=self.child(),
        )
        self.rule = aws.lb.ListenerRule(
            name,
            listener_arn=load_balancer.listener.arn,
            priority=FIRST,
            conditions=[{"path_pattern": {"values": [HIDDEN]}}],
            actions=[
                *load_balancer.guard,
                {"type": "forward", "order": 2, "target_group_arn": self.target_group.arn},
            ],
            tags=context.tags(role),
            opts=self.child(ignore_changes=["conditions"]),
        )
        self.register_outputs({})

    def serve(self, roles: Roles, groups: log_groups.Logs, hours: Function) -> Function:
        """Make the function that is the page. It may do nothing but ask ``hours``."""
        name = f"{self.context.name}-wake-page"
        page = Function(
            self,
            roles,
            groups,
            log_groups.WAKE_PAGE,
            description="The page that wakes Jenkins",
            environment={"WORKING_HOURS": hours.name},
            statements=[iam.allow("Ask", ["lambda:InvokeFunction"], hours.arn)],
            modules=["wake_page"],
            timeout_seconds=30,
        )
        allowed = page.allow(
            "wake-page", "elasticloadbalancing.amazonaws.com", self.target_group.arn
        )
        aws.lb.TargetGroupAttachment(
            name,
            target_group_arn=self.target_group.arn,
            target_id=page.arn,
            opts=self.child(depends_on=[allowed]),
        )
        return page
