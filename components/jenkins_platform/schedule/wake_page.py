"""The page that the load balancer shows while the controller sleeps."""

from __future__ import annotations

import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function, FunctionDefinition
from ..base.log_groups import WAKE_PAGE, LogGroups
from ..base.roles import Role
from ..functions.states import page_paths
from ..load_balancer.load_balancer import LoadBalancer


class WakeRule:
    """A listener rule whose condition never matches while Jenkins is awake, and always while it
    sleeps. `functions.working_hours` switches the condition; Pulumi owns the rest.

    Args:
        component: Parent of its resources.
        load_balancer: Whose listener gets the rule.

    Attributes:
        target_group: Target group of the page.
        arn: ARN of the rule.
        where: Variables of functions with the name and the path of Jenkins that the rule is limited
            to, if it is.
    """

    def __init__(self, component: SubComponent, load_balancer: LoadBalancer) -> None:
        context = component.context
        where = {"HOST_NAME": load_balancer.host_name, "PATH_PREFIX": load_balancer.path_prefix}
        self.where = {name: value for name, value in where.items() if value}
        hidden = page_paths(False, load_balancer.path_prefix)
        role, page = load_balancer.role("wake"), load_balancer.role("wake-page")
        self.target_group = aws.lb.TargetGroup(
            f"{context.name}-{role}",
            name=context.aws_name(role),
            target_type="lambda",
            tags=context.tags("wake-page"),
            opts=component.child(),
        )
        self.arn = aws.lb.ListenerRule(
            f"{context.name}-{page}",
            listener_arn=load_balancer.listener_arn,
            priority=load_balancer.priorities.wake_page,
            conditions=load_balancer.conditions({"path_pattern": {"values": hidden}}),
            actions=[
                *load_balancer.guard,
                {"type": "forward", "order": 2, "target_group_arn": self.target_group.arn},
            ],
            tags=context.tags("wake-page"),
            # A target group belongs to one load balancer at a time.
            opts=component.child(
                ignore_changes=["conditions"], delete_before_replace=load_balancer.shared or None
            ),
        ).arn

    def grant_switch(self, role: Role) -> None:
        """Let a role switch the page on and off."""
        role.allow(iam.allow("SwitchWakePage", ["elasticloadbalancing:ModifyRule"], self.arn))


class WakePage(SubComponent):
    """The function that is the page. It can only invoke the function of the working hours.

    Attributes:
        function: The function.
    """

    def __init__(
        self, context: Context, log_groups: LogGroups, rule: WakeRule, hours: Function
    ) -> None:
        super().__init__("wake-page", context)
        path = {name: value for name, value in rule.where.items() if name == "PATH_PREFIX"}
        self.function = Function(
            self,
            log_groups,
            FunctionDefinition(
                WAKE_PAGE,
                "The page that wakes Jenkins",
                environment={"WORKING_HOURS": hours.name, **path},
                modules=["wake_page"],
                grants=[hours.grant_invoke],
                timeout_seconds=30,
            ),
        )
        permission = self.function.permit(
            "wake-page", "elasticloadbalancing.amazonaws.com", rule.target_group.arn
        )
        aws.lb.TargetGroupAttachment(
            f"{context.name}-wake-page",
            target_group_arn=rule.target_group.arn,
            target_id=self.function.arn,
            opts=self.child(depends_on=[permission]),
        )
        self.register_outputs({"function_name": self.function.name})
