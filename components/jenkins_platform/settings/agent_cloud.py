"""Settings shared by all agents."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import Connection
from .validation.arns import ClusterArn, KmsKeyArn, RoleArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import created_only
from .validation.values import LOG_RETENTION_VALID, LogGroupName, LogRetention, SecurityGroupId
from .warm_agents import WarmAgentsSettings


class ProvisioningSettings(Group):
    """See `ProvisioningArgs`."""

    recurrence_seconds: int = setting(1, valid="1 to 60 seconds", ge=1, le=60)
    initial_delay_seconds: int = setting(0, valid="0 to 600 seconds", ge=0, le=600)
    polling_seconds: int = setting(5, valid="1 to 60 seconds", ge=1, le=60)


class SpotCircuitBreakerSettings(Group):
    """See `SpotCircuitBreakerArgs`."""

    enabled: bool = setting(True, valid="true or false")
    failure_threshold: int = setting(3, valid="1 to 100 agents", ge=1, le=100)
    cool_down_minutes: int = setting(15, valid="5 to 240 minutes", ge=5, le=240)


class ReaperSettings(Group):
    """See `ReaperArgs`."""

    enabled: bool = setting(True, valid="true or false")
    max_hours: int = setting(24, valid="1 to 168 hours", ge=1, le=168)


class AgentCloudSettings(Group):
    """See `AgentCloudArgs`."""

    cluster_arn: OutputOr[ClusterArn] | None = setting(None, valid="the ARN of an ECS cluster")
    connection: Connection = setting(
        Connection.CLOUD_MAP, valid="cloud-map, network-load-balancer or web-socket"
    )
    provisioning: ProvisioningSettings = setting(ProvisioningSettings(), valid="a group")
    default_template: str | None = setting(None, valid="the name of a template")
    warm: WarmAgentsSettings | None = setting(None, valid="a group")
    spot_wait_minutes: int = setting(5, valid="1 to 60 minutes", ge=1, le=60)
    spot_circuit_breaker: SpotCircuitBreakerSettings = setting(
        SpotCircuitBreakerSettings(), valid="a group"
    )
    reaper: ReaperSettings = setting(ReaperSettings(), valid="a group")
    remove_stale_nodes: bool = setting(True, valid="true or false")
    reconnect_timeout_seconds: int = setting(180, valid="60 to 3600 seconds", ge=60, le=3600)
    execution_role_arn: OutputOr[RoleArn] | None = setting(None, valid="the ARN of an IAM role")
    security_group_id: OutputOr[SecurityGroupId] | None = setting(
        None, valid="the ID of a security group such as sg-0a1b2c3d4e5f"
    )
    ephemeral_storage_key_arn: OutputOr[KmsKeyArn] | None = setting(
        None, valid="the ARN of a KMS key"
    )
    log_retention_days: LogRetention = setting(30, valid=LOG_RETENTION_VALID)
    log_group_name: OutputOr[LogGroupName] | None = setting(None, valid="the name of a log group")

    def rules(self, key: str) -> Iterator[Problem]:
        """The problem of an existing cluster with an input for creating one."""
        if self.cluster_arn is not None and self.ephemeral_storage_key_arn is not None:
            message = created_only("a cluster", "cluster_arn")
            yield Problem(
                f"{key}.ephemeral_storage_key_arn", self.ephemeral_storage_key_arn, message
            )
