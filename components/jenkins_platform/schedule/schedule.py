"""Schedule: the controller sleeps outside of working hours."""

from __future__ import annotations

import json

import pulumi_aws as aws

from .. import iam
from ..agents.agents import AgentCloud
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function, FunctionDefinition
from ..base.log_groups import WORKING_HOURS, LogGroups
from ..base.roles import Role
from ..controller.service import ControllerService
from ..functions.states import INITIAL_STATE
from ..load_balancer.load_balancer import LoadBalancer
from ..settings.facts.weekly_windows import crons, holiday_spans
from ..settings.schedule import ScheduleSettings
from .wake_page import WakePage, WakeRule

SETTLE = "rate(2 minutes)"


class Schedule(SubComponent):
    """A function that scales the service to 0 and back, invoked by EventBridge Scheduler.

    Not Application Auto Scaling, which knows no holidays, no builds and no deployments, and would
    override manual scaling.

    Attributes:
        working_hours: The function that puts the controller to sleep and wakes it.
        functions: Its functions.
    """

    def __init__(
        self,
        context: Context,
        log_groups: LogGroups,
        load_balancer: LoadBalancer,
        controller: ControllerService,
        agents: AgentCloud,
        settings: ScheduleSettings,
    ) -> None:
        super().__init__("schedule", context)
        self._desired_state = aws.ssm.Parameter(
            f"{context.name}-working-hours",
            name=context.aws_name("working-hours"),
            description="Desired state of the Jenkins controller: asleep or awake",
            type="String",
            value=INITIAL_STATE,
            tags=context.tags("working-hours"),
            # The function writes it.
            opts=self.child(ignore_changes=["value"]),
        )
        rule = WakeRule(self, load_balancer) if settings.wake_page else None
        holidays = holiday_spans(settings.holidays, settings.time_zone or "UTC")
        hours = Function(
            self,
            log_groups,
            FunctionDefinition(
                WORKING_HOURS,
                "Puts the Jenkins controller to sleep and wakes it",
                environment={
                    "PLATFORM": context.handle,
                    "CONTROLLER_CLUSTER": controller.cluster.arn,
                    "SERVICE": controller.service.arn,
                    "AGENTS_CLUSTER": agents.cluster.arn,
                    "FAMILIES": agents.families,
                    "PARAMETER": self._desired_state.name,
                    "HOLIDAYS": json.dumps(holidays, separators=(",", ":")),
                    "WAIT_SECONDS": str(settings.drain_timeout_minutes * 60),
                    "TARGET_GROUP": load_balancer.target_group.arn,
                    "PAGE_RULE": rule.arn if rule else "",
                    **(rule.where if rule else {}),
                },
                modules=["working_hours", "metrics", "states", "tasks"],
                grants=[
                    agents.grant_stop,
                    controller.grant_scale,
                    self._grant_state,
                    *([rule.grant_switch] if rule else []),
                ],
            ),
        )
        hours.run_at(_times(settings), settings.time_zone or "UTC")
        self.working_hours = hours
        self.functions = [hours]
        if rule:
            self.functions.append(WakePage(context, log_groups, rule, hours).function)
        self.register_outputs({"function_names": [f.name for f in self.functions]})

    def _grant_state(self, role: Role) -> None:
        role.allow(
            iam.allow(
                "RememberDesiredState",
                ["ssm:GetParameter", "ssm:PutParameter"],
                self._desired_state.arn,
            ),
            # These support no resources (Service Authorization Reference).
            iam.allow(
                "ReadHealth",
                [
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                "*",
            ),
        )


def _times(settings: ScheduleSettings) -> dict[str, tuple[str, str]]:
    """When the function is invoked, and with which event."""
    wake, sleep = list(settings.wake_cron), list(settings.sleep_cron)
    if settings.windows:
        wake, sleep = crons(settings.week)
    times = {"settle": (SETTLE, json.dumps({"action": "settle"}))}
    for action, expressions in (("start", wake), ("end", sleep)):
        for index, expression in enumerate(expressions):
            times[f"{action}-{index}"] = (f"cron({expression})", json.dumps({"action": action}))
    return times
