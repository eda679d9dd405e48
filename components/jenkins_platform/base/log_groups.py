"""Logs: the log groups of the platform, and a KMS key of their own."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..outputs import concat
from ..settings.encryption import KeyCreation
from .context import Context, SubComponent
from .kms_key import make_key

CONTROLLER, AGENTS, FLOW_LOGS = "controller", "agents", "flow-logs"
REAPER, METER, WORKING_HOURS, WAKE_PAGE = "reaper", "meter", "working-hours", "wake-page"
FUNCTION_RETENTION_DAYS = 30


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
        groups = self.context.log_group_arn(self._name_of("*"))
        statement = iam.logs_key(self.context.region, groups)
        return make_key(self, "logs", statement, creation=creation)
