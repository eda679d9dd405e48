"""Settings that all agents share."""

from __future__ import annotations

from ..inputs import Connection
from .base import Group, Late, setting
from .values import LOG_RETENTION_VALID, LogGroupName, LogRetention, RoleArn, SecurityGroupId


class ProvisioningSettings(Group):
    recurrence_seconds: int = setting(5, valid="1 to 60 seconds", ge=1, le=60)
    initial_delay_seconds: int = setting(30, valid="0 to 600 seconds", ge=0, le=600)
    polling_seconds: int = setting(5, valid="1 to 60 seconds", ge=1, le=60)


class ReaperSettings(Group):
    enabled: bool = setting(True, valid="true or false")
    max_hours: int = setting(24, valid="1 to 168 hours", ge=1, le=168)


class AgentCloudSettings(Group):
    connection: Connection = setting(
        Connection.CLOUD_MAP, valid="cloud-map, network-load-balancer or web-socket"
    )
    provisioning: ProvisioningSettings = setting(ProvisioningSettings(), valid="a group")
    reaper: ReaperSettings = setting(ReaperSettings(), valid="a group")
    remove_stale_nodes: bool = setting(True, valid="true or false")
    execution_role_arn: Late[RoleArn] | None = setting(None, valid="the ARN of an IAM role")
    security_group_id: Late[SecurityGroupId] | None = setting(
        None, valid="the id of a security group such as sg-0a1b2c3d4e5f"
    )
    log_retention_days: LogRetention = setting(30, valid=LOG_RETENTION_VALID)
    log_group_name: Late[LogGroupName] | None = setting(None, valid="the name of a log group")
