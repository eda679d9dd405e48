"""The Jenkins controller: one Fargate task."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .agents import Architecture


class ControllerArgs(TypedDict):
    """Size and life of the controller's task."""

    cpu: NotRequired[int]
    """CPU units (1024 are one vCPU): 256, 512, 1024, 2048, 4096, 8192, 16384
    or 32768. Default 1024."""
    memory_mib: NotRequired[int]
    """Memory in MiB, of the sizes that Fargate pairs with ``cpu``. Default 4096."""
    architecture: NotRequired[Architecture]
    """CPU architecture. Default ``x86_64``. ``arm64`` costs about 20 % less; the image must be
    built for it."""
    heap_percentage: NotRequired[float]
    """Share of the memory for the Java heap, in percent, 25 to 85. Default 65."""
    java_options: NotRequired[list[str]]
    """Further options for the JVM, such as ``-Duser.timezone=Europe/Vienna``. Default: none."""
    health_check_grace_period_seconds: NotRequired[int]
    """Seconds that ECS ignores failing health checks after a start, 600 to 7200. Default 600;
    a large home on EFS boots slowly."""
    log_retention_days: NotRequired[int]
    """Days that logs are kept: one of the periods that CloudWatch Logs knows. Default 30."""
    log_group_name: NotRequired[pulumi.Input[str]]
    """Name of a CloudWatch log group of yours. Default: one is made."""
    task_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an IAM role of yours that Jenkins gets. It must let ECS tasks take it and allow all
    that docs/permissions.md lists for the controller; nothing is added to it. Default: one is
    made."""
    execution_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an IAM role of yours that ECS starts the controller with: it pulls the image, writes
    logs and reads secrets (docs/permissions.md). Nothing is added to it. Default: one is made."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Id of a security group of yours for the controller. The platform lets in what must reach the
    controller; what may go out is yours to say. Default: one is made."""
    enable_execute_command: NotRequired[bool]
    """Allow ``aws ecs execute-command`` into the container. Default false."""
