"""ControllerService: the Jenkins controller as one Fargate task."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from .. import iam
from ..agents.agents import AgentCloud
from ..agents.connection import AgentConnection
from ..agents.container_definitions import CPU_ARCHITECTURES
from ..base.container import log_configuration
from ..base.context import Context, SubComponent
from ..base.log_groups import CONTROLLER, Logs
from ..base.roles import Roles
from ..container_images.images import Images
from ..inputs import ConfigurationRollout
from ..load_balancer.load_balancer import HEALTH_PATH, LoadBalancer
from ..network.security_groups import SecurityGroups
from ..network.vpc import Network
from ..network.vpc_endpoints import Endpoints
from ..outputs import concat, json_text
from ..settings import ports
from ..settings.permissions import java_options
from ..storage.file_system import Storage
from .configuration import Configuration
from .secrets import SignIn

CONTAINER = "controller"
HOME = "/var/jenkins_home"
HOME_VOLUME = "home"
SCRATCH = "/run/jenkins-platform"
"""The one other folder that the image writes to; it is a volume in its Dockerfile, which gives a
volume of the task the right owner."""
SCRATCH_VOLUME = "scratch"
_PROVISIONER = "hudson.slaves.NodeProvisioner"
STOP_SECONDS = 120
"""Fargate's maximum: Jenkins writes its queue and closes agents."""


class ControllerService(SubComponent):
    """One task and never two: Jenkins has no mode for a shared home."""

    def __init__(
        self,
        context: Context,
        network: Network,
        groups: SecurityGroups,
        endpoints: Endpoints,
        roles: Roles,
        logs: Logs,
        storage: Storage,
        images: Images,
        load_balancer: LoadBalancer,
        connection: AgentConnection,
        sign_in: SignIn,
        agents: AgentCloud,
        configuration: Configuration,
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
        self.log_group_name = logs.group(
            self, CONTROLLER, settings.log_retention_days, settings.log_group_name
        )
        policies = [
            *self._allow_jenkins(roles, storage, agents, configuration),
            *self._allow_start(roles, images, sign_in),
        ]
        definition = self._task_definition(roles, storage, images, sign_in, configuration)
        self.service = aws.ecs.Service(
            f"{name}-controller",
            name=context.aws_name("controller"),
            cluster=self.cluster.arn,
            task_definition=definition.arn,
            launch_type="FARGATE",
            platform_version="1.4.0",
            desired_count=1,
            # Stop the old one, then start the new one: never two writers on one home.
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
                "subnets": network.task_subnet_ids,
                "security_groups": [groups.controller.id],
                "assign_public_ip": network.tasks_have_public_addresses,
            },
            load_balancers=[
                {
                    "target_group_arn": target_group,
                    "container_name": CONTAINER,
                    "container_port": port,
                }
                for target_group, port in [
                    (load_balancer.target_group.arn, ports.HTTP),
                    *connection.load_balancers,
                ]
            ],
            service_registries=connection.service_registries,
            tags=context.tags("controller"),
            opts=self.child(
                # Working hours scale it: an `up` at night wakes nobody.
                ignore_changes=["desired_count"] if context.settings.schedule else None,
                depends_on=[
                    *network.ways_out,
                    *endpoints.interfaces,
                    load_balancer.listener,
                    *connection.listeners,
                    *policies,
                    *storage.mount_targets,
                ],
            ),
        )
        self.register_outputs({})

    def _allow_jenkins(
        self, roles: Roles, storage: Storage, agents: AgentCloud, configuration: Configuration
    ) -> list[pulumi.Resource]:
        return roles.controller.allow(
            self,
            "controller-task",
            *iam.run_agents(
                agents.family_pattern,
                agents.cluster.arn,
                agents.task_pattern,
                agents.passable_roles,
            ),
            iam.mount_home(storage.file_system.arn, storage.access_point.arn),
            iam.read_configuration(configuration.document.arn),
            *self._credentials(),
        )

    def _credentials(self) -> list[iam.Statement]:
        settings = self.context.settings.jenkins.credentials
        if not settings:
            return []
        value = settings.tag_value or self.context.name
        return iam.read_credentials(
            self.context.arn("secretsmanager", "secret:*"), settings.tag_key, value
        )

    def _allow_start(self, roles: Roles, images: Images, sign_in: SignIn) -> list[pulumi.Resource]:
        return roles.controller_execution.allow(
            self,
            "controller-execution",
            iam.write_logs(self.context.log_group_arn(self.log_group_name)),
            iam.pull_images(self.context.partition, images.of_controller),
            iam.read_secrets([*self._secrets(sign_in).values()]),
        )

    def _secrets(self, sign_in: SignIn) -> dict[str, pulumi.Input[str]]:
        """What Jenkins reads when it starts: references to secrets by name."""
        return {**sign_in.secrets, **self.context.settings.jenkins.secrets}

    def _task_definition(
        self,
        roles: Roles,
        storage: Storage,
        images: Images,
        sign_in: SignIn,
        configuration: Configuration,
    ) -> aws.ecs.TaskDefinition:
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
                        "file_system_id": storage.file_system.id,
                        "transit_encryption": "ENABLED",
                        "authorization_config": {
                            "access_point_id": storage.access_point.id,
                            "iam": "ENABLED",
                        },
                    },
                },
            ],
            container_definitions=json_text([self._container(images, sign_in, configuration)]),
            tags=context.tags("controller"),
            opts=self.child(),
        )

    def _container(
        self, images: Images, sign_in: SignIn, configuration: Configuration
    ) -> dict[str, Any]:
        settings = self.context.settings.controller
        agents = self.context.settings.agent_cloud
        provisioning = agents.provisioning
        java = [
            f"-XX:MaxRAMPercentage={settings.heap_percentage:g}",
            # A controller out of memory is replaced by ECS; a limping one is not.
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "-Djenkins.install.runSetupWizard=false",
            f"-D{_PROVISIONER}.recurrencePeriod={provisioning.recurrence_seconds * 1000}",
            f"-D{_PROVISIONER}.initialDelay={provisioning.initial_delay_seconds * 1000}",
            *java_options(self.context.settings.sign_in.granted),
            *settings.java_options,
        ]
        secrets = self._secrets(sign_in)
        environment: dict[str, pulumi.Input[str]] = {
            "AWS_REGION": self.context.region,
            "JENKINS_JAVA_OPTS": " ".join(java),
            # A reference that resolves to nothing stops the start instead of becoming "".
            "CASC_STRICT_SECRET_RESOLUTION": "true",
            "CONFIGURATION_BUCKET": configuration.bucket.bucket,
            "CONFIGURATION_KEY": configuration.document.key,
            "REMOVE_STALE_NODES": str(agents.remove_stale_nodes).lower(),
            # The start script turns these into files, out of the environment.
            "VARIABLES_AS_FILES": ",".join(sorted(secrets)),
        }
        jenkins = self.context.settings.jenkins
        if jenkins.configuration_rollout is ConfigurationRollout.RELOAD:
            environment["CONFIGURATION_RELOAD_SECONDS"] = str(jenkins.configuration_reload_seconds)
        else:
            # Naming the version makes a rollback of the task a rollback of its configuration.
            environment["CONFIGURATION_VERSION"] = configuration.document.version_id
        return {
            "name": CONTAINER,
            "image": images.controller,
            "essential": True,
            "environment": [{"name": k, "value": v} for k, v in sorted(environment.items())],
            "secrets": [{"name": k, "valueFrom": v} for k, v in sorted(secrets.items())],
            # The agent of ECS Exec has to write to the root file system.
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
                self.log_group_name, self.context.region, CONTAINER
            ),
            "stopTimeout": STOP_SECONDS,
        }
