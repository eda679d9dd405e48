"""Inputs of the Jenkins controller, which is one Fargate task."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .agents import Architecture


class ControllerArgs(TypedDict):
    """Size and lifecycle of the controller's task."""

    cpu: NotRequired[int]
    """CPU units (1024 units are 1 vCPU): 256, 512, 1024, 2048, 4096, 8192, 16384 or
    32768. Default: ``1024``."""
    memory_mib: NotRequired[int]
    """Memory in MiB, one of the sizes that Fargate supports for ``cpu``. Default: ``4096``."""
    architecture: NotRequired[Architecture]
    """CPU architecture, for which the image must be built. ``arm64`` costs about 20 % less.
    Default: ``x86_64``."""
    heap_percentage: NotRequired[float]
    """Maximum Java heap as a percentage of the memory, 25 to 85. Default: ``65``."""
    java_options: NotRequired[list[str]]
    """Additional JVM options, such as ``-Duser.timezone=Europe/Vienna``. An option that selects a
    garbage collector replaces ``-XX:+UseG1GC``. Default: none."""
    environment: NotRequired[dict[str, str]]
    """Additional environment variables in plain text, at most 50. Names that the operating system,
    the AWS SDK or the start script uses are reserved, as for ``jenkins.secrets``, which is for
    secret values. Default: none."""
    health_check_grace_period_seconds: NotRequired[int]
    """Seconds after a start during which ECS ignores failed health checks, 600 to 7200. Jenkins
    starts slowly with a large home on EFS. Default: ``600``."""
    ephemeral_storage_key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the ephemeral storage of the controller's task. Its policy
    must allow Fargate to use it (docs/security.md). Applies to new tasks. Default: none, the AWS
    owned key."""
    log_retention_days: NotRequired[int]
    """Retention of the controller's logs in days, one of the periods that CloudWatch Logs supports.
    Default: ``30``."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """Name of an existing CloudWatch log group. Default: a log group is created."""
    task_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing IAM role used as the task role of Jenkins. ECS tasks must be able to
    assume it, and it must have the permissions in docs/permissions.md. Its policies are not
    changed. Default: a role is created."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing IAM role used as the task execution role, to pull the image, write logs
    and read secrets (docs/permissions.md). Its policies are not changed. Default: a role is
    created."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """ID of an existing security group for the controller. The platform adds the required ingress
    rules; egress rules remain yours. Default: a security group is created."""
    enable_execute_command: NotRequired[bool]
    """Whether ``aws ecs execute-command`` can open a session in the container.
    Default: ``false``."""
