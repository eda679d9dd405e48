"""JenkinsPlatform: a complete Jenkins on AWS, without a server to look after."""

from typing import Optional

import pulumi

from .agents.agents import AgentCloud, AgentTemplates
from .agents.connection import AgentConnection
from .agents.reaper import Reaper
from .base.context import PACKAGE, Context
from .base.lambda_function import Function
from .base.log_groups import Logs
from .base.roles import Roles
from .container_images.images import Images
from .controller import jcasc
from .controller.configuration import Configuration
from .controller.secrets import SignIn
from .controller.service import ControllerService
from .cost import estimate
from .inputs import JenkinsPlatformArgs
from .load_balancer.load_balancer import LoadBalancer
from .monitoring.budget import Budget
from .monitoring.monitoring import Monitoring
from .network.flow_logs import FlowLogs
from .network.security_groups import SecurityGroups
from .network.vpc import Network
from .network.vpc_endpoints import Endpoints
from .schedule.schedule import Schedule
from .settings import Settings
from .settings.agents import label_forms
from .storage.backup import Backup
from .storage.file_system import Storage

ALL_DEFAULTS: JenkinsPlatformArgs = {}


class JenkinsPlatform(pulumi.ComponentResource):
    """A Jenkins controller on Fargate with its home on EFS, and agents as Fargate and Fargate
    Spot tasks that live for one build.

    It makes no resource itself: it checks the inputs, composes the sub-components and shows
    their outputs.
    """

    url: pulumi.Output[str]
    """URL under which people reach Jenkins."""
    admin_user_name: pulumi.Output[str]
    """User name of the local administrator; empty where people sign in by OpenID Connect only."""
    admin_password_secret_arn: pulumi.Output[str]
    """ARN of the Secrets Manager secret that holds the administrator's password."""
    agent_labels: pulumi.Output[list[str]]
    """Labels that pipelines can ask for."""
    agent_cluster_arn: pulumi.Output[str]
    """ARN of the ECS cluster of the agents."""
    controller_cluster_arn: pulumi.Output[str]
    """ARN of the ECS cluster of the controller."""
    controller_role_arn: pulumi.Output[str]
    """ARN of the role that Jenkins itself has."""
    controller_log_group_name: pulumi.Output[str]
    """Name of the CloudWatch log group of the controller."""
    file_system_id: pulumi.Output[str]
    """Id of the EFS file system that holds the Jenkins home."""
    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    agent_security_group_id: pulumi.Output[str]
    """Id of the agents' security group; let it in wherever builds must reach."""
    notification_topic_arn: pulumi.Output[str]
    """ARN of the SNS topic that alarms and events go to; empty with ``monitoring.level`` none."""
    monthly_cost_usd: pulumi.Output[float]
    """What a month of the expected use costs in USD, by the list prices that came with the package;
    `jenkins-platform cost` tells item by item."""

    def __init__(
        self,
        name: str,
        args: JenkinsPlatformArgs = ALL_DEFAULTS,
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        """Bring up one Jenkins.

        Args:
            name: Name of the platform: a lower-case letter, then lower-case letters, digits and
                hyphens, 19 characters at the most. SubComponent of every resource's name.
            args: The inputs, see `jenkins_platform.inputs`. Default: everything by default.
            opts: Options of the component; ``providers`` choose account and region.

        Raises:
            SettingsError: the inputs are wrong; nothing has been registered.
        """
        settings = Settings.from_args(name, args)
        jcasc.check(settings)
        super().__init__(f"{PACKAGE}:index:JenkinsPlatform", name, None, opts)
        context = Context.of(settings, self)
        network = Network(context)
        groups = SecurityGroups(context, network)
        endpoints = Endpoints(context, network, groups)
        roles = Roles(context)
        logs = Logs(context)
        images = Images(context, roles)
        storage = Storage(context, network, groups, roles)
        backup = Backup(context, storage, roles)
        load_balancer = LoadBalancer(context, network, groups)
        connection = AgentConnection(context, network, groups)
        sign_in = SignIn(context)
        agents = AgentCloud(context, images, roles, logs)
        templates = AgentTemplates(context, agents, images, roles, storage.file_system.id)
        configuration = Configuration(
            context, network, groups, load_balancer, connection, agents, templates
        )
        controller = ControllerService(
            context,
            network,
            groups,
            endpoints,
            roles,
            logs,
            storage,
            images,
            load_balancer,
            connection,
            sign_in,
            agents,
            configuration,
        )
        functions: list[Function] = []
        if settings.agent_cloud.reaper.enabled:
            functions.append(Reaper(context, roles, logs, agents).function)
        if settings.schedule:
            schedule = Schedule(
                context, roles, logs, load_balancer, controller, agents, settings.schedule
            )
            functions += schedule.functions
        if settings.monitoring.flow_logs:
            FlowLogs(context, network, roles, logs, settings.monitoring.flow_logs)
        topic_arn: pulumi.Output[str] | None = None
        if settings.monitoring.on:
            topic_arn = Monitoring(
                context,
                roles,
                logs,
                load_balancer,
                storage,
                controller,
                agents,
                templates,
                functions,
                backup if settings.backup.enabled else None,
            ).topic_arn
        if settings.budget:
            Budget(context, settings.budget, topic_arn)
        labels = [
            f for t in settings.agents for label in t.plain_labels for f in label_forms(label)
        ]
        outputs = {
            "url": load_balancer.url,
            "admin_user_name": settings.sign_in.local_administrator or "",
            "admin_password_secret_arn": sign_in.admin_password.arn,
            "agent_labels": labels,
            "agent_cluster_arn": agents.cluster.arn,
            "controller_cluster_arn": controller.cluster.arn,
            "controller_role_arn": roles.controller.arn,
            "controller_log_group_name": controller.log_group_name,
            "file_system_id": storage.file_system.id,
            "vpc_id": network.vpc_id,
            "agent_security_group_id": groups.agents.id,
            "notification_topic_arn": topic_arn or "",
            "monthly_cost_usd": context.region.apply(lambda region: self._told(settings, region)),
        }
        for key, value in outputs.items():
            setattr(self, key, pulumi.Output.from_input(value))
        self.register_outputs(outputs)

    def _told(self, settings: Settings, region: str) -> float:
        """The estimate, which the preview shows too."""
        found = estimate(settings, region)
        pulumi.log.info(f"{found.headline}: jenkins-platform cost tells more", self)
        return round(found.monthly_usd, 2)
