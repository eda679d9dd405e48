"""LogGroups: the CloudWatch log groups of the platform, and the key that encrypts them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import iam
from ..outputs import concat
from ..settings.encryption import KeyCreation
from .context import Context, SubComponent
from .kms_key import create_key
from .roles import Role

CONTROLLER, AGENTS, FLOW_LOGS = "controller", "agents", "flow-logs"
ISSUER_KEYS = "issuer-keys"
WEBHOOK_RECEIVER, WEBHOOK_DELIVERY = "webhook-receiver", "webhook-delivery"
REAPER, METER, WORKING_HOURS, WAKE_PAGE = "reaper", "meter", "working-hours", "wake-page"
SPOT_BREAKER = "spot-breaker"
WAF_PREFIX = "aws-waf-logs-"
"""AWS WAF requires it in the name of its log group."""
FUNCTION_RETENTION_DAYS = 30


@dataclass(frozen=True)
class LogGroup:
    """A log group that was created, or an existing one.

    Attributes:
        name: Its name.
        arn: Its ARN.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    @classmethod
    def named(cls, context: Context, name: pulumi.Input[str]) -> LogGroup:
        """The log group of this account and region with a name."""
        return cls(pulumi.Output.from_input(name), context.arn("logs", concat("log-group:", name)))

    def grant_write(self, role: Role) -> None:
        """Let a role create streams and write events."""
        role.allow(iam.write_logs(self.arn))


class LogGroups(SubComponent):
    """Creates log groups, all encrypted with one key.

    Attributes:
        key_arn: The KMS key; None leaves encryption to CloudWatch Logs.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("log-groups", context)
        settings = context.settings.monitoring.log_key
        self.key_arn: pulumi.Input[str] | None = None
        if settings:
            self.key_arn = settings.existing or self._key(settings.create)
        self.register_outputs({"key_arn": self.key_arn})

    def create(
        self,
        component: SubComponent,
        role: str,
        retention_days: int,
        existing: pulumi.Input[str] | None = None,
    ) -> LogGroup:
        """A log group ``<handle>-<role>`` as a child of ``component``.

        Args:
            component: Its parent.
            role: What logs to it; part of its name.
            retention_days: Days that events are kept.
            existing: Name of an existing log group to use instead.
        """
        if existing is None:
            existing = aws.cloudwatch.LogGroup(
                f"{self.context.name}-{role}",
                name=concat(self.context.handle, "-", role),
                retention_in_days=retention_days,
                kms_key_id=self.key_arn,
                tags=self.context.tags(role),
                opts=component.child(),
            ).name
        return LogGroup.named(self.context, existing)

    def _key(self, creation: KeyCreation | None) -> pulumi.Output[str]:
        handle = self.context.handle
        names = [concat(handle, "-*"), concat(WAF_PREFIX, handle)]
        groups = [LogGroup.named(self.context, name).arn for name in names]
        return create_key(
            self, "logs", iam.logs_key(self.context.region, groups), creation=creation
        )
