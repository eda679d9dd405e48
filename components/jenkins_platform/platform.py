"""JenkinsPlatform: a complete Jenkins on AWS, without servers to manage."""

from typing import Optional

import pulumi

from .agents import cluster
from .agents.agents import AgentCloud, AgentTemplates
from .agents.connection import AgentConnection
from .agents.reaper import Reaper
from .agents.spot_breaker import SpotBreaker
from .base.choices import Choices
from .base.context import PACKAGE, Context
from .base.lambda_function import Function
from .base.log_groups import LogGroups
from .base.roles import Roles
from .container_images.images import Images
from .controller import jcasc
from .controller.artifacts import Artifacts
from .controller.configuration import Configuration
from .controller.container import ControllerTask
from .controller.secrets import Secrets
from .controller.service import ControllerService, Registration
from .cost import estimate
from .inputs import ArtifactStorage, JenkinsPlatformArgs
from .job_identity.job_identity import JobIdentity
from .load_balancer import existing, ip_address_type
from .load_balancer.load_balancer import LoadBalancer
from .monitoring.budget import Budget
from .monitoring.monitoring import Monitored, Monitoring
from .monitoring.notifications import grant_report_builds
from .network.flow_logs import FlowLogs
from .network.security_groups import SecurityGroups
from .network.vpc import Network
from .network.vpc_endpoints import VpcEndpoints
from .schedule.schedule import Schedule
from .settings import Settings
from .settings.checks.warnings import warnings
from .settings.facts import ports
from .storage.backup import Backup
from .storage.file_system import Storage
from .webhooks.webhooks import Webhooks

ALL_DEFAULTS: JenkinsPlatformArgs = {}


class JenkinsPlatform(pulumi.ComponentResource):
    """A Jenkins controller on Fargate with its home on EFS, and agents as tasks on Fargate, Fargate
    Spot or EC2 instances that run one build each.

    It checks the inputs, composes the sub-components and exposes their outputs.
    """

    url: pulumi.Output[str]
    """URL under which users reach Jenkins."""
    admin_user_name: pulumi.Output[str]
    """User name of the local administrator; empty if users sign in through another realm only."""
    admin_password_secret_arn: pulumi.Output[str]
    """ARN of the Secrets Manager secret that holds the administrator's password."""
    agent_labels: pulumi.Output[list[str]]
    """Labels that pipelines can ask for."""
    agent_cluster_arn: pulumi.Output[str]
    """ARN of the ECS cluster of the agents."""
    controller_cluster_arn: pulumi.Output[str]
    """ARN of the ECS cluster of the controller."""
    controller_role_arn: pulumi.Output[str]
    """ARN of the task role of the controller."""
    controller_log_group_name: pulumi.Output[str]
    """Name of the CloudWatch log group of the controller."""
    file_system_id: pulumi.Output[str]
    """Id of the EFS file system that holds the Jenkins home."""
    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    agent_security_group_id: pulumi.Output[str]
    """Id of the agents' security group; allow it wherever builds must connect."""
    webhook_url: pulumi.Output[str]
    """URL that webhooks are sent to, with a trailing slash: of the public endpoint with
    ``webhooks``, else of Jenkins. Append a path such as ``github-webhook/``."""
    job_identity_provider_arn: pulumi.Output[str]
    """ARN of the OpenID Connect provider in IAM for your own roles that trust jobs; empty without
    ``jenkins.job_identity``."""
    job_role_arns: pulumi.Output[dict[str, str]]
    """ARNs of the roles in ``jenkins.job_identity``, by name."""
    notification_topic_arn: pulumi.Output[str]
    """ARN of the SNS topic that alarms and events go to; empty with ``monitoring.level`` none."""

    def __init__(
        self,
        name: str,
        args: JenkinsPlatformArgs = ALL_DEFAULTS,
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        """Create one Jenkins.

        Args:
            name: Name of the platform: a lower-case letter, then lower-case letters, digits and
                hyphens, at most 19 characters. Part of every resource's name.
            args: The inputs, see `jenkins_platform.inputs`. Default: all defaults.
            opts: Options of the component; ``providers`` choose account and region.

        Raises:
            SettingsError: the inputs are wrong; nothing has been registered.
        """
        settings = Settings.from_args(name, args)
        jcasc.check(settings)
        super().__init__(f"{PACKAGE}:index:JenkinsPlatform", name, None, opts)
        for warning in warnings(settings):
            pulumi.log.warn(warning, self)
        context = Context.of(settings, self)
        context = Choices(context).guarded(context)
        context, self._existing_balancer = existing.guarded(context)
        context = ip_address_type.guarded(context)
        context, self._existing_cluster = cluster.guarded(context)
        self._base(context)
        self._jenkins(context)
        topic_arn = self._operations(context)
        context.region.apply(lambda region: self._log_cost(settings, region))
        labels = [label for template in settings.agents for label in template.all_labels]
        outputs = {
            "url": self._load_balancer.url,
            "admin_user_name": settings.sign_in.local_administrator or "",
            "admin_password_secret_arn": self._secrets.admin_password_arn,
            "agent_labels": labels,
            "agent_cluster_arn": self._agents.cluster.arn,
            "controller_cluster_arn": self._controller.cluster.arn,
            "controller_role_arn": self._roles.controller.arn,
            "controller_log_group_name": self._controller.log_group.name,
            "file_system_id": self._storage.file_system.id,
            "vpc_id": self._network.vpc_id,
            "agent_security_group_id": self._groups.agents_id,
            "webhook_url": self._webhooks.url if self._webhooks else self._load_balancer.url,
            "job_identity_provider_arn": self._identity.provider_arn if self._identity else "",
            "job_role_arns": self._identity.role_arns if self._identity else {},
            "notification_topic_arn": topic_arn or "",
        }
        for key, value in outputs.items():
            setattr(self, key, pulumi.Output.from_input(value))
        self.register_outputs(outputs)

    def _base(self, context: Context) -> None:
        """Network, roles, logs, images and the home: what Jenkins runs on."""
        self._network = Network(context)
        self._groups = SecurityGroups(context, self._network)
        self._endpoints = VpcEndpoints(context, self._network, self._groups)
        self._roles = Roles(context)
        self._log_groups = LogGroups(context)
        self._images = Images(context)
        self._storage = Storage(
            context,
            self._network.storage_subnet_ids,
            self._groups.storage_id,
            self._roles.controller.arn,
        )
        self._backup = Backup(context, self._storage.file_system, self._storage.key_arn)

    def _jenkins(self, context: Context) -> None:
        """Load balancer, agents and controller."""
        network, groups, roles, storage = self._network, self._groups, self._roles, self._storage
        self._load_balancer = LoadBalancer(
            context,
            network,
            groups.load_balancer_ids,
            self._log_groups.key_arn,
            self._existing_balancer,
        )
        self._connection = connection = AgentConnection(context, network, groups)
        self._secrets = Secrets(context)
        instances = None
        if groups.instances_id is not None:
            instances = network.placement(groups.instances_id, self._endpoints.interfaces)
        self._agents = AgentCloud(
            context, self._images, self._log_groups, instances, self._existing_cluster
        )
        self._templates = AgentTemplates(
            context, self._agents, self._images, storage.file_system.id, connection.host
        )
        artifacts = (
            Artifacts(context) if context.settings.jenkins.artifacts is ArtifactStorage.S3 else None
        )
        if artifacts:
            artifacts.grant_store(roles.controller)
        configuration = Configuration(
            context,
            connection,
            network.placement(groups.agents_id),
            {
                "url": self._load_balancer.url,
                "cluster_arn": self._agents.cluster.arn,
                "capacity_providers": self._agents.capacity_providers,
                "families": self._templates.families,
                "artifact_bucket": artifacts.bucket.bucket if artifacts else "",
            },
        )
        self._breaker: SpotBreaker | None = None
        environment = {**configuration.environment, **self._secrets.environment}
        if context.settings.agent_cloud.spot_circuit_breaker.enabled:
            self._breaker = SpotBreaker(context, self._log_groups)
            self._breaker.function.grant_invoke(roles.controller)
            environment["SPOT_BREAKER"] = self._breaker.function.name
        if context.settings.monitoring.reports_builds:
            grant_report_builds(context, roles.controller)
            environment["BUILD_EVENTS"] = context.handle
        self._agents.grant_run(roles.controller)
        storage.grant_mount(roles.controller)
        configuration.grant_read(roles.controller)
        identity = context.settings.jenkins.job_identity
        self._identity = JobIdentity(context, self._log_groups, identity) if identity else None
        if self._identity:
            self._identity.grant_publish(roles.controller)
            environment.update(self._identity.environment)
        self._secrets.grant_read_credentials(roles.controller)
        self._images.grant_pull_controller(roles.controller_execution)
        self._secrets.grant_read(roles.controller_execution)
        target_groups = [(self._load_balancer.target_group.arn, ports.HTTP)]
        self._controller = ControllerService(
            context,
            roles,
            self._log_groups,
            ControllerTask(
                self._images.controller,
                storage.file_system.id,
                storage.access_point.id,
                storage.mount_targets,
                environment,
                self._secrets.references,
            ),
            network.placement(groups.controller_id, self._endpoints.interfaces),
            Registration(
                [*target_groups, *connection.target_groups],
                connection.service_registries,
                [*self._load_balancer.forwarding, *connection.listeners],
            ),
        )

    def _operations(self, context: Context) -> pulumi.Output[str] | None:
        """Functions, monitoring and budget; the ARN of the notification topic, if there is one."""
        settings, log_groups = context.settings, self._log_groups
        controller, agents = self._controller, self._agents
        functions: list[Function] = [self._breaker.function] if self._breaker else []
        functions += self._identity.functions if self._identity else []
        if settings.agent_cloud.reaper.enabled:
            functions.append(Reaper(context, log_groups, agents).function)
        schedule: Schedule | None = None
        if settings.schedule:
            schedule = Schedule(
                context, log_groups, self._load_balancer, controller, agents, settings.schedule
            )
            functions += schedule.functions
        self._webhooks = self._webhook_endpoint(context, schedule)
        functions += self._webhooks.functions if self._webhooks else []
        if settings.monitoring.flow_logs:
            FlowLogs(context, self._network.vpc_id, log_groups, settings.monitoring.flow_logs)
        topic_arn: pulumi.Output[str] | None = None
        if settings.monitoring.on:
            monitored = Monitored(
                self._load_balancer.load_balancer.arn_suffix,
                self._load_balancer.target_group,
                controller.cluster,
                controller.service,
                controller.log_group.name,
                agents.cluster,
                agents.families,
                self._templates.families,
                agents.spot_providers,
                self._storage.file_system.id,
                functions,
                self._backup.vault.arn,
                self._backup.role_arn,
                self._webhooks.queue_names if self._webhooks else None,
            )
            topic_arn = Monitoring(context, log_groups, monitored).topic_arn
        if settings.budget:
            Budget(context, settings.budget, topic_arn)
        return topic_arn

    def _webhook_endpoint(self, context: Context, schedule: Schedule | None) -> Webhooks | None:
        settings, group_id = context.settings.webhooks, self._groups.webhooks_id
        if settings is None or group_id is None:
            return None
        return Webhooks(
            context,
            self._log_groups,
            context.settings.webhook_secret_arns,
            self._connection.agent_url,
            self._network.placement(group_id),
            schedule.working_hours if schedule and settings.wake else None,
        )

    def _log_cost(self, settings: Settings, region: str) -> None:
        """Show the cost estimate in every preview and update. It is not an output: a new price
        table would change the state."""
        headline = estimate(settings, region).headline
        pulumi.log.info(f"{headline}: see jenkins-platform cost for details", self)
