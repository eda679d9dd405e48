"""FlowLogs: who talked to whom in the VPC."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base import log_groups
from ..base.context import Context, SubComponent
from ..base.private_bucket import private_bucket
from ..base.roles import Roles, service_role
from ..inputs import FlowLogDestination
from ..settings.monitoring import FlowLogsSettings
from .vpc import Network

AGGREGATION_SECONDS = 600


class FlowLogs(SubComponent):
    """Flow logs of the VPC that the platform made, in a log group or a bucket."""

    def __init__(
        self,
        context: Context,
        network: Network,
        roles: Roles,
        groups: log_groups.Logs,
        settings: FlowLogsSettings,
    ) -> None:
        super().__init__("flow-logs", context)
        self._settings = settings
        role_arn: pulumi.Output[str] | None = None
        kind = "s3"
        if settings.destination is FlowLogDestination.CLOUD_WATCH:
            kind = "cloud-watch-logs"
            name = groups.group(self, log_groups.FLOW_LOGS, settings.retention_days)
            destination = context.log_group_arn(name)
            role_arn = self._role(roles, destination)
        else:
            destination = self._bucket()
        aws.ec2.FlowLog(
            f"{context.name}-vpc",
            vpc_id=network.vpc_id,
            traffic_type=settings.traffic.value.upper(),
            log_destination_type=kind,
            log_destination=destination,
            iam_role_arn=role_arn,
            max_aggregation_interval=AGGREGATION_SECONDS,
            tags=context.tags("flow-logs"),
            opts=self.child(depends_on=self._before),
        )
        self.register_outputs({})

    def _role(self, roles: Roles, group: pulumi.Output[str]) -> pulumi.Output[str]:
        context = self.context
        role = service_role(
            self,
            "flow-logs",
            "Writes flow logs of the VPC",
            roles.path,
            iam.trust_service(
                "vpc-flow-logs.amazonaws.com",
                context.account_id,
                context.arn("ec2", "vpc-flow-log/*"),
            ),
        )
        policy = aws.iam.RolePolicy(
            f"{context.name}-flow-logs",
            role=role.name,
            policy=iam.document(iam.deliver_flow_logs(group)),
            opts=self.child(),
        )
        self._before: list[pulumi.Resource] = [policy]
        return role.arn

    def _bucket(self) -> pulumi.Output[str]:
        context = self.context

        def delivery(bucket: pulumi.Output[str]) -> list[iam.Statement]:
            return iam.receive_flow_logs(bucket, context.account_id, context.arn("logs", "*"))

        made = private_bucket(
            self,
            "flow-logs",
            statements=delivery,
            lifecycle=[
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": self._settings.retention_days},
                }
            ],
        )
        self._before = made.guards
        return made.bucket.arn
