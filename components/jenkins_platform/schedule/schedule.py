"""Schedule: the controller sleeps outside of working hours."""

from __future__ import annotations

import json

import pulumi_aws as aws

from ..agents.agents import AgentCloud
from ..base import log_groups
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function
from ..base.roles import Roles
from ..controller.service import ControllerService
from ..functions.states import INITIAL_STATE
from ..iam import document as iam
from ..load_balancer.load_balancer import LoadBalancer
from ..settings.schedule import ScheduleSettings
from ..settings.weekly_windows import crons, holiday_spans
from .wake_page import WakePage

SETTLE = "rate(2 minutes)"


class Schedule(SubComponent):
    """A function that scales the service to 0 and back, and EventBridge Scheduler that calls it.

    EventBridge Scheduler and not Application Auto Scaling: that knows no holidays, looks at no
    builds and no deployments, and would scale whoever scaled by hand.

    Attributes:
        functions: The functions that belong to it.
    """

    def __init__(
        self,
        context: Context,
        roles: Roles,
        groups: log_groups.Logs,
        load_balancer: LoadBalancer,
        controller: ControllerService,
        agents: AgentCloud,
        settings: ScheduleSettings,
    ) -> None:
        super().__init__("schedule", context)
        wish = aws.ssm.Parameter(
            f"{context.name}-working-hours",
            name=context.aws_name("working-hours"),
            description="What the controller of Jenkins is wanted to be: asleep or awake",
            type="String",
            value=INITIAL_STATE,
            tags=context.tags("working-hours"),
            # The function writes it.
            opts=self.child(ignore_changes=["value"]),
        )
        page = WakePage(context, load_balancer) if settings.wake_page else None
        holidays = holiday_spans(settings.holidays, settings.time_zone or "UTC")
        statements = [
            *iam.find_tasks(agents.instance_pattern, agents.task_pattern),
            iam.allow(
                "ScaleController",
                ["ecs:DescribeServices", "ecs:UpdateService"],
                controller.service.arn,
            ),
            iam.allow("RememberWishes", ["ssm:GetParameter", "ssm:PutParameter"], wish.arn),
            # These know no resources (Service Authorization Reference).
            iam.allow(
                "LookAtHealth",
                [
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                "*",
            ),
        ]
        if page:
            statements.append(
                iam.allow("TurnPage", ["elasticloadbalancing:ModifyRule"], page.rule.arn)
            )
        hours = Function(
            self,
            roles,
            groups,
            log_groups.WORKING_HOURS,
            description="Puts the Jenkins controller to sleep and wakes it",
            environment={
                "PLATFORM": context.handle,
                "CONTROLLER_CLUSTER": controller.cluster.arn,
                "SERVICE": controller.service.arn,
                "AGENTS_CLUSTER": agents.cluster.arn,
                "FAMILIES": agents.families,
                "PARAMETER": wish.name,
                "HOLIDAYS": json.dumps(holidays, separators=(",", ":")),
                "WAIT_SECONDS": str(settings.drain_timeout_minutes * 60),
                "TARGET_GROUP": load_balancer.target_group.arn,
                "PAGE_RULE": page.rule.arn if page else "",
            },
            statements=statements,
            modules=["working_hours", "metrics", "states", "tasks"],
        )
        hours.run_at(_times(settings), settings.time_zone or "UTC")
        self.functions = [hours]
        if page:
            self.functions.append(page.serve(roles, groups, hours))
        self.register_outputs({})


def _times(settings: ScheduleSettings) -> dict[str, tuple[str, str]]:
    """When the function is called, and with which event."""
    wake, sleep = list(settings.wake_cron), list(settings.sleep_cron)
    if settings.windows:
        wake, sleep = crons(settings.week)
    times = {"settle": (SETTLE, json.dumps({"action": "settle"}))}
    for action, expressions in (("start", wake), ("end", sleep)):
        for index, expression in enumerate(expressions):
            times[f"{action}-{index}"] = (f"cron({expression})", json.dumps({"action": action}))
    return times
