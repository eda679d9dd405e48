"""ControllerService: the Jenkins controller as one Fargate task."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from .. import iam
from ..agents.container_definitions import CPU_ARCHITECTURES
from ..base.container import log_configuration
from ..base.context import Context, SubComponent
from ..base.java_options import JENKINS, quoted_for_xargs
from ..base.log_groups import CONTROLLER, LogGroups
from ..base.roles import Role, Roles
from ..inputs import ArtifactStorage
from ..load_balancer.load_balancer import HEALTH_PATH
from ..network.vpc import Placement
from ..outputs import concat, json_text
from ..settings import ports
from ..settings.permissions import java_options
from . import artifacts

CONTAINER = "controller"
HOME = "/var/jenkins_home"
HOME_VOLUME = "home"
SCRATCH = "/run/jenkins-platform"
"""The only other folder that the image writes to; a volume in its Dockerfile, so that the task's
volume has the right owner."""
SCRATCH_VOLUME = "scratch"
_PROVISIONER = "hudson.slaves.NodeProvisioner"
_LOST_NODE = "org.jenkinsci.plugins.workflow.support.pickles.ExecutorPickle.timeoutForNodeMillis"
KEEP_ALIVE_MARGIN_SECONDS = 10
"""How much longer Jenkins keeps an idle connection than the load balancer, which otherwise may send
a request on a connection that is being closed and answer 502 (Elastic Load Balancing, "Troubleshoot
your Application Load Balancers"). The default of Jenkins is 30 seconds."""
STOP_SECONDS = 120
"""Fargate's maximum: time for Jenkins to save its queue and disconnect agents."""
MINUTES_WITHOUT_CHECKS = 20
"""Minutes of an update without the grace period: stop, image pull, checks, rollback. Also the
provider's default."""


@dataclass(frozen=True)
class ControllerTask:
    """What the task runs.

    Attributes:
        image: Image of the controller.
        file_system_id: File system of the home.
        access_point_id: Access point of the home.
        mount_targets: What must exist before the home can be mounted.
        environment: Variables, besides those that only depend on settings.
        secrets: ARNs of secrets, by variable name.
    """

    image: pulumi.Input[str]
    file_system_id: pulumi.Input[str]
    access_point_id: pulumi.Input[str]
    mount_targets: Sequence[pulumi.Resource]
    environment: Mapping[str, pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]]


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
            tags=context.tags("controller"),
            opts=self.child(),
        )
        self.log_group = log_groups.create(
            self, CONTROLLER, settings.log_retention_days, settings.log_group_name
        )
        self.log_group.grant_write(roles.controller_execution)
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

    @property
    def _keep_alive_seconds(self) -> int:
        idle = self.context.settings.load_balancer.idle_timeout_seconds
        return idle + KEEP_ALIVE_MARGIN_SECONDS

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
            container_definitions=json_text([self._container(task)]),
            tags=context.tags("controller"),
            opts=self.child(),
        )

    def _container(self, task: ControllerTask) -> dict[str, Any]:
        settings = self.context.settings.controller
        agents = self.context.settings.agent_cloud
        provisioning = agents.provisioning
        stores_in_s3 = self.context.settings.jenkins.artifacts is ArtifactStorage.S3
        java = [
            f"-XX:MaxRAMPercentage={settings.heap_percentage:g}",
            *_collector(settings.java_options),
            # ECS replaces a controller that exits, not one that is short of memory.
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "-Djenkins.install.runSetupWizard=false",
            f"-D{_PROVISIONER}.recurrencePeriod={provisioning.recurrence_seconds * 1000}",
            f"-D{_PROVISIONER}.initialDelay={provisioning.initial_delay_seconds * 1000}",
            f"-D{_LOST_NODE}={agents.reconnect_timeout_seconds * 1000}",
            *java_options(self.context.settings.sign_in.granted),
            *(artifacts.JAVA_OPTIONS if stores_in_s3 else ()),
            *settings.java_options,
        ]
        environment: dict[str, pulumi.Input[str]] = {
            "AWS_REGION": self.context.region,
            JENKINS: quoted_for_xargs(java),
            "JENKINS_OPTS": f"--httpKeepAliveTimeout={self._keep_alive_seconds * 1000}",
            # A reference that cannot be resolved fails the start instead of becoming "".
            "CASC_STRICT_SECRET_RESOLUTION": "true",
            "DEFAULT_LABEL": self.context.settings.default_label,
            "SPOT_WAIT_MINUTES": str(agents.spot_wait_minutes),
            "REMOVE_STALE_NODES": str(agents.remove_stale_nodes).lower(),
            # The start script moves these from the environment into files.
            "VARIABLES_AS_FILES": ",".join(sorted(task.secrets)),
            **task.environment,
        }
        return {
            "name": CONTAINER,
            "image": task.image,
            "essential": True,
            "environment": [{"name": k, "value": v} for k, v in sorted(environment.items())],
            "secrets": [{"name": k, "valueFrom": v} for k, v in sorted(task.secrets.items())],
            # The agent of ECS Exec writes to the root file system.
            "readonlyRootFilesystem": not settings.enable_execute_command,
            "portMappings": [
                {"containerPort": port, "protocol": "tcp"}
                for port in ports.open_to_agents(agents.connection).values()
            ],
            "mountPoints": [
                {"sourceVolume": HOME_VOLUME, "containerPath": HOME},
                {"sourceVolume": SCRATCH_VOLUME, "containerPath": SCRATCH},
            ],
            "healthCheck": {
                "command": [
                    "CMD-SHELL",
                    f"curl -fsS http://localhost:{ports.HTTP}{HEALTH_PATH} || exit 1",
                ],
                "interval": 30,
                "timeout": 10,
                "retries": 5,
                "startPeriod": 300,
            },
            "logConfiguration": log_configuration(
                self.log_group.name, self.context.region, CONTAINER
            ),
            "stopTimeout": STOP_SECONDS,
        }


def _timeouts(grace_seconds: int) -> pulumi.CustomTimeouts:
    """How long to wait for a service to be stable: its first task may be started twice, and a
    rollback starts another one."""
    minutes = f"{MINUTES_WITHOUT_CHECKS + math.ceil(2 * grace_seconds / 60)}m"
    return pulumi.CustomTimeouts(create=minutes, update=minutes)


def _collector(options: Sequence[str]) -> list[str]:
    """The option that selects the G1 garbage collector, unless the user selects one: with two the
    JVM does not start. Below 2 CPUs or 1792 MiB its default is the serial collector, with long
    pauses."""
    chosen = any(o.startswith("-XX:+Use") and o.endswith("GC") for o in options)
    return [] if chosen else ["-XX:+UseG1GC"]
