"""Settings of the controller's task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import Architecture
from .facts import fargate
from .validation.arns import KmsKeyArn, RoleArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.java_options import (
    OF_JENKINS,
    JavaOption,
    controller_property_rules,
    java_option_rules,
)
from .validation.values import (
    LOG_RETENTION_VALID,
    Environment,
    LogGroupName,
    LogRetention,
    SecurityGroupId,
    one_of,
)
from .validation.variables import reserved

CpuUnits = Annotated[int, one_of(fargate.CPU_UNITS, "sizes of Fargate")]
CPU_VALID = ", ".join(map(str, fargate.CPU_UNITS))


class TaskSize(Group):
    """A group with a Fargate task size."""

    cpu: CpuUnits
    memory_mib: int

    def rules(self, key: str) -> Iterator[Problem]:
        """The problem of a size that Fargate does not support."""
        if problem := fargate.memory_problem(self.cpu, self.memory_mib):
            yield Problem(f"{key}.memory_mib", self.memory_mib, problem)


class ControllerSettings(TaskSize):
    """See `ControllerArgs`."""

    cpu: CpuUnits = setting(1024, valid=CPU_VALID)
    memory_mib: int = setting(4096, valid="a memory size in MiB that Fargate supports for `cpu`")
    architecture: Architecture = setting(Architecture.X86_64, valid="x86_64 or arm64")
    heap_percentage: float = setting(65, valid="25 to 85", ge=25, le=85)
    java_options: tuple[JavaOption, ...] = setting(
        (), valid="a list of options such as -Duser.timezone=UTC"
    )
    environment: Environment = setting(
        {}, valid="a map of up to 50 names to texts", hidden=True, max_length=50
    )
    health_check_grace_period_seconds: int = setting(
        600, valid="600 to 7200 seconds", ge=600, le=7200
    )
    ephemeral_storage_key_arn: OutputOr[KmsKeyArn] | None = setting(
        None, valid="the ARN of a KMS key"
    )
    log_retention_days: LogRetention = setting(30, valid=LOG_RETENTION_VALID)
    log_group_name: OutputOr[LogGroupName] | None = setting(None, valid="the name of a log group")
    task_role_arn: OutputOr[RoleArn] | None = setting(None, valid="the ARN of an IAM role")
    execution_role_arn: OutputOr[RoleArn] | None = setting(None, valid="the ARN of an IAM role")
    security_group_id: OutputOr[SecurityGroupId] | None = setting(
        None, valid="the ID of a security group such as sg-0a1b2c3d4e5f"
    )
    enable_execute_command: bool = setting(False, valid="true or false")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the size, of Java options and of reserved variables."""
        yield from super().rules(key)
        options = f"{key}.java_options"
        yield from java_option_rules(options, self.java_options, self.memory_mib, OF_JENKINS)
        yield from controller_property_rules(options, self.java_options)
        for name in self.environment:
            if reason := reserved(name):
                yield Problem(f"{key}.environment.{name}", "…", reason)
