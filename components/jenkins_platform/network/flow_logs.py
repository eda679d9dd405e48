"""FlowLogs: the IP traffic of the VPC."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.log_groups import FLOW_LOGS, LogGroups
from ..base.private_bucket import private_bucket
from ..base.roles import Role
from ..inputs import FlowLogDestination
from ..settings.monitoring import FlowLogsSettings

AGGREGATION_SECONDS = 600


class FlowLogs(SubComponent):
    """Flow logs of the VPC that the platform created, in a log group or a bucket."""

    def __init__(
        self,
        context: Context,
        vpc_id: pulumi.Input[str],
        log_groups: LogGroups,
        settings: FlowLogsSettings,
    ) -> None:
        super().__init__("flow-logs", context)
        role: Role | None = None
        if settings.destination is FlowLogDestination.CLOUD_WATCH:
            group = log_groups.create(self, FLOW_LOGS, settings.retention_days)
            kind, destination = "cloud-watch-logs", group.arn
            role = Role(
                self,
                "flow-logs",
                "Writes flow logs of the VPC",
                trust=iam.trust_service(
                    "vpc-flow-logs.amazonaws.com",
                    context.account_id,
                    context.arn("ec2", "vpc-flow-log/*"),
                ),
            )
            role.allow(iam.deliver_flow_logs(group.arn))
            depends_on = role.attach()
        else:
            kind = "s3"
            destination, depends_on = self._bucket(settings.retention_days)
        aws.ec2.FlowLog(
            f"{context.name}-vpc",
            vpc_id=vpc_id,
            traffic_type=settings.traffic.value.upper(),
            log_destination_type=kind,
            log_destination=destination,
            iam_role_arn=role.arn if role else None,
            max_aggregation_interval=AGGREGATION_SECONDS,
            tags=context.tags("flow-logs"),
            opts=self.child(depends_on=depends_on),
        )
        self.register_outputs({"destination_arn": destination})

    def _bucket(self, retention_days: int) -> tuple[pulumi.Output[str], list[pulumi.Resource]]:
        """ARN of a bucket for flow logs, and what must exist before they are delivered."""
        context = self.context
        found = private_bucket(
            self,
            "flow-logs",
            statements=lambda bucket: iam.receive_flow_logs(
                bucket, context.account_id, context.arn("logs", "*")
            ),
            lifecycle=[
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": retention_days},
                }
            ],
        )
        return found.bucket.arn, found.guards
