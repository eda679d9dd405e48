"""ControllerService: the Jenkins controller as one Fargate task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import iam
from ..agents.container_definitions import CPU_ARCHITECTURES
from ..base.container import cluster_configuration
from ..base.context import Context, SubComponent
from ..base.log_groups import CONTROLLER, LogGroups
from ..base.roles import Role, Roles
from ..network.vpc import Placement
from ..outputs import concat, json_text
from .container import (
    CONTAINER,
    HOME_VOLUME,
    SCRATCH_VOLUME,
    ControllerTask,
    container_definition,
)

MINUTES_WITHOUT_CHECKS = 20
"""Minutes of an update without the grace period: stop, image pull, checks, rollback. Also the
provider's default."""


@dataclass(frozen=True)
class Registration:
    """Where ECS registers the task.

    Attributes:
        target_groups: ARNs of target groups, with the port of the task.
        service_registries: The Cloud Map service, if there is one.
        depends_on: Listeners, which must exist before the service.
    """

    target_groups: Sequence[tuple[pulumi.Output[str], int]]
    service_registries: aws.ecs.ServiceServiceRegistriesArgsDict | None
    depends_on: Sequence[pulumi.Resource]


class ControllerService(SubComponent):
    """One task and never two: Jenkins cannot share its home.

    Args:
        context: The platform.
        roles: Roles with all grants; their policies are attached here.
        log_groups: Creates the log group.
        task: What the task runs.
        placement: Where the task runs.
        registration: Where ECS registers it.

    Attributes:
        cluster: The controller's cluster.
        service: The service.
        log_group: Where Jenkins logs.
    """

    def __init__(
        self,
        context: Context,
        roles: Roles,
        log_groups: LogGroups,
        task: ControllerTask,
        placement: Placement,
        registration: Registration,
    ) -> None:
        super().__init__("controller-service", context)
        name, settings = context.name, context.settings.controller
        self.cluster = aws.ecs.Cluster(
            f"{name}-controller",
            name=context.aws_name("controller"),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            configuration=cluster_configuration(settings.ephemeral_storage_key_arn),
            tags=context.tags("controller"),
            opts=self.child(),
        )
        self.log_group = log_groups.create(
            self, CONTROLLER, settings.log_retention_days, settings.log_group_name
        )
        self.log_group.grant_write(roles.controller_execution)
        if settings.enable_execute_command:
            roles.controller.allow(iam.execute_command())
        policies = [*roles.controller.attach(self), *roles.controller_execution.attach(self)]
        self.service = aws.ecs.Service(
            f"{name}-controller",
            name=context.aws_name("controller"),
            cluster=self.cluster.arn,
            task_definition=self._task_definition(roles, task).arn,
            launch_type="FARGATE",
            platform_version="1.4.0",
            desired_count=1,
            # Stop the old task before starting the new one: never two writers on one home.
            deployment_maximum_percent=100,
            deployment_minimum_healthy_percent=0,
            availability_zone_rebalancing="DISABLED",
            deployment_circuit_breaker={"enable": True, "rollback": True},
            health_check_grace_period_seconds=settings.health_check_grace_period_seconds,
            enable_execute_command=settings.enable_execute_command,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            # The old definition stays until the new one is healthy, so a rollback finds it.
            wait_for_steady_state=True,
            network_configuration={
                "subnets": placement.subnet_ids,
                "security_groups": [placement.security_group_id],
                "assign_public_ip": placement.public_addresses,
            },
            load_balancers=[
                {
                    "target_group_arn": target_group,
                    "container_name": CONTAINER,
                    "container_port": port,
                }
                for target_group, port in registration.target_groups
            ],
            service_registries=registration.service_registries,
            tags=context.tags("controller"),
            opts=self.child(
                custom_timeouts=_timeouts(settings.health_check_grace_period_seconds),
                # The schedule scales it: an update at night does not wake it.
                ignore_changes=["desired_count"] if context.settings.schedule else None,
                depends_on=[
                    *placement.depends_on,
                    *registration.depends_on,
                    *policies,
                    *task.mount_targets,
                ],
            ),
        )
        self.register_outputs(
            {
                "cluster_arn": self.cluster.arn,
                "service_arn": self.service.arn,
                "log_group_name": self.log_group.name,
            }
        )

    def grant_scale(self, role: Role) -> None:
        """Let a role scale the service."""
        actions = ["ecs:DescribeServices", "ecs:UpdateService"]
        role.allow(iam.allow("ScaleController", actions, self.service.arn))

    def _task_definition(self, roles: Roles, task: ControllerTask) -> aws.ecs.TaskDefinition:
        context, settings = self.context, self.context.settings.controller
        return aws.ecs.TaskDefinition(
            f"{context.name}-controller",
            family=concat(context.handle, "-controller"),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(settings.cpu),
            memory=str(settings.memory_mib),
            runtime_platform={
                "cpu_architecture": CPU_ARCHITECTURES[settings.architecture],
                "operating_system_family": "LINUX",
            },
            task_role_arn=roles.controller.arn,
            execution_role_arn=roles.controller_execution.arn,
            volumes=[
                {"name": SCRATCH_VOLUME},
                {
                    "name": HOME_VOLUME,
                    "efs_volume_configuration": {
                        "file_system_id": task.file_system_id,
                        "transit_encryption": "ENABLED",
                        "authorization_config": {
                            "access_point_id": task.access_point_id,
                            "iam": "ENABLED",
                        },
                    },
                },
            ],
            container_definitions=json_text(
                [container_definition(context, task, self.log_group.name)]
            ),
            tags=context.tags("controller"),
            opts=self.replaceable_child(),
        )


def _timeouts(grace_seconds: int) -> pulumi.CustomTimeouts:
    """How long to wait for a service to be stable: its first task may be started twice, and a
    rollback starts another one."""
    minutes = f"{MINUTES_WITHOUT_CHECKS + math.ceil(2 * grace_seconds / 60)}m"
    return pulumi.CustomTimeouts(create=minutes, update=minutes)
