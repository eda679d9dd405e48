"""Logs: the log groups of the platform, and a KMS key of their own."""

from __future__ import annotations

from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from ..iam import monitoring as iam_monitoring
from ..inputs import FlowLogDestination, MonitoringLevel
from ..outputs import concat
from ..settings import Settings
from ..settings.encryption import KeyCreation
from .context import Context, SubComponent
from .kms_key import make_key

CONTROLLER, AGENTS, FLOW_LOGS = "controller", "agents", "flow-logs"
REAPER, METER, WORKING_HOURS, WAKE_PAGE = "reaper", "meter", "working-hours", "wake-page"
FUNCTION_RETENTION_DAYS = 30

_MADE: dict[str, Callable[[Settings], bool]] = {
    CONTROLLER: lambda s: s.controller.log_group_name is None,
    AGENTS: lambda s: s.agent_cloud.log_group_name is None,
    FLOW_LOGS: lambda s: (
        s.monitoring.flow_logs is not None
        and s.monitoring.flow_logs.destination is FlowLogDestination.CLOUD_WATCH
    ),
    REAPER: lambda s: s.agent_cloud.reaper.enabled,
    METER: lambda s: s.monitoring.level is MonitoringLevel.ALL,
    WORKING_HOURS: lambda s: s.schedule is not None,
    WAKE_PAGE: lambda s: s.schedule is not None and s.schedule.wake_page,
}
"""Every log group, and when it is made: a key of their own must name them before they exist."""


class Logs(SubComponent):
    """The key of the platform's log groups, and how they are made.

    Attributes:
        key_arn: The key; None leaves encryption to CloudWatch Logs.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("logs", context)
        choice = context.settings.monitoring.log_key
        self.key_arn: pulumi.Input[str] | None = None
        if choice:
            self.key_arn = choice.existing or self._key(choice.create)
        self.register_outputs({})

    def group(
        self,
        part: SubComponent,
        role: str,
        retention_days: int,
        given: pulumi.Input[str] | None = None,
    ) -> pulumi.Output[str]:
        """Name of a log group: of one that is made as a child of ``part``, or the given one."""
        if given is not None:
            return pulumi.Output.from_input(given)
        return aws.cloudwatch.LogGroup(
            f"{self.context.name}-{role}",
            name=self._name_of(role),
            retention_in_days=retention_days,
            kms_key_id=self.key_arn,
            tags=self.context.tags(role),
            opts=part.child(),
        ).name

    def _name_of(self, role: str) -> pulumi.Output[str]:
        return concat(self.context.handle, "-", role)

    def _key(self, creation: KeyCreation | None) -> pulumi.Output[str]:
        context = self.context
        groups = [
            context.log_group_arn(self._name_of(role))
            for role, made in _MADE.items()
            if made(context.settings)
        ]
        return make_key(
            self, "logs", iam_monitoring.logs_key(context.region, groups), creation=creation
        )
