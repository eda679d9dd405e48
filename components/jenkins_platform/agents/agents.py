"""AgentCloud: where agents run, and AgentTemplates: a task definition and role for each."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base import java_options, proxy
from ..base.certificates import Certificates
from ..base.context import Context, SubComponent
from ..base.log_groups import AGENTS, LogGroup, LogGroups
from ..base.roles import Role
from ..container_images.images import Images
from ..inputs import InstanceProvider
from ..network.vpc import Placement
from ..outputs import concat, json_text, when_known
from ..settings.agents import AgentTemplate
from ..settings.checks.counts import names_families
from . import container_definitions
from .cluster import FARGATE, create_cluster, existing_cluster
from .instances import AgentInstances

_COMPATIBLE = {
    InstanceProvider.MANAGED: ["MANAGED_INSTANCES"],
    InstanceProvider.AUTO_SCALING_GROUP: ["EC2"],
}


class AgentCloud(SubComponent):
    """The cluster of the agents, with on-demand and Spot capacity.

    The controller runs in another cluster, so that "any task on the agents' cluster" in the
    controller's permissions never includes the controller itself. On an existing cluster, where
    others run tasks, permissions are limited to tasks with the platform's tag. Each RunTask call
    chooses between Spot and on-demand, and between Fargate and instances.

    Args:
        context: The platform.
        images: The agents' images.
        log_groups: Creates the log group.
        instances: Where EC2 instances run; None without any that are created.
        existing: ARN of the existing cluster; None if one is created.

    Attributes:
        cluster: The agents' cluster.
        capacity_providers: Names of the capacity providers of templates on instances, by template
            and by capacity.
        log_group: Log group of all agents whose template names none.
        certificates: Certificates that agents trust.
        execution_role: Execution role of all agents whose template needs nothing more.
    """

    def __init__(
        self,
        context: Context,
        images: Images,
        log_groups: LogGroups,
        instances: Placement | None = None,
        existing: pulumi.Output[str] | None = None,
    ) -> None:
        super().__init__("agent-cloud", context)
        name, settings = context.name, context.settings.agent_cloud
        if existing is not None:
            self.cluster = existing_cluster(context, existing)
            self.capacity_providers = self._instances(None)
        else:
            self.cluster = create_cluster(self)
            self.capacity_providers = self._instances(instances)
            aws.ecs.ClusterCapacityProviders(
                f"{name}-agents",
                cluster_name=self.cluster.name,
                capacity_providers=[*FARGATE, *self._provider_names()],
                opts=self.child(),
            )
        self.log_group = log_groups.create(
            self, AGENTS, settings.log_retention_days, settings.log_group_name
        )
        self.execution_role = Role(
            self,
            "agents-execution",
            "Starts Jenkins agents",
            path=context.agents_role_path,
            existing=settings.execution_role_arn,
        )
        self.log_group.grant_write(self.execution_role)
        images.grant_pull_agents(self.execution_role)
        self.certificates = Certificates(self)
        self.certificates.grant_read(self.execution_role)
        self.execution_role.attach()
        self.register_outputs({"cluster_arn": self.cluster.arn})

    def _instances(self, placement: Placement | None) -> dict[str, dict[str, pulumi.Input[str]]]:
        """The capacity providers of templates on instances, created or existing."""
        templates = [t for t in self.context.settings.agents if t.on_instances]
        found: dict[str, dict[str, pulumi.Input[str]]] = {}
        if placement is not None:
            found = AgentInstances(self.context, self.cluster, placement).names
        for template in templates:
            if existing := template.host.existing:
                spot = existing.spot or existing.on_demand
                found[template.name] = {"on-demand": existing.on_demand, "spot": spot}
        return found

    def _provider_names(self) -> list[pulumi.Input[str]]:
        """Names of the capacity providers, an existing one only once."""
        names: list[pulumi.Input[str]] = []
        for kinds in self.capacity_providers.values():
            for name in kinds.values():
                if not isinstance(name, str) or name not in names:
                    names.append(name)
        return names

    @property
    def spot_providers(self) -> list[pulumi.Input[str]]:
        """Names of the capacity providers of Spot."""
        ours = [kinds["spot"] for kinds in self.capacity_providers.values()]
        return ["FARGATE_SPOT", *ours]

    @property
    def families(self) -> pulumi.Output[str]:
        """Prefix of the families of this platform's agents, and of no others."""
        return concat(self.context.handle, "-agent-")

    def grant_run(self, role: Role) -> None:
        """Let a role run, watch and stop agents, and pass them their roles."""
        role.allow(
            *iam.run_agents(
                self._runnable(),
                self.cluster.arn,
                self._on_cluster("task"),
                self._passable_roles(),
                self.cluster.owned_tasks,
            )
        )

    def grant_stop(self, role: Role) -> None:
        """Let a role find and stop agents."""
        role.allow(
            *iam.find_tasks(
                self._on_cluster("container-instance"),
                self._on_cluster("task"),
                self.cluster.owned_tasks,
            )
        )

    def _runnable(self) -> list[pulumi.Output[str]]:
        """ARNs of all revisions of the agents' task definitions."""
        settings = self.context.settings
        names = [t.name for t in settings.agents] if names_families(settings) else ["*"]
        return [
            self.context.arn("ecs", concat("task-definition/", self.families, name, ":*"))
            for name in names
        ]

    def _on_cluster(self, kind: str) -> pulumi.Output[str]:
        """ARN pattern of everything of a kind on the agents' cluster."""
        return self.context.arn("ecs", concat(f"{kind}/", self.cluster.name, "/*"))

    def _passable_roles(self) -> list[pulumi.Input[str]]:
        """Roles that the controller may pass to agents: the platform's, by their path, and those
        that templates name."""
        settings = self.context.settings
        existing = [
            settings.agent_cloud.execution_role_arn,
            *(arn for t in settings.agents for arn in (t.task_role_arn, t.execution_role_arn)),
        ]
        ours = self.context.role_arn(concat(self.context.agents_role_path, "*"))
        return [ours, *(arn for arn in existing if arn is not None)]


class AgentTemplates(SubComponent):
    """A task definition for each template, with the roles that it needs.

    Attributes:
        families: Family of each template's task definition, by template name.
    """

    def __init__(
        self,
        context: Context,
        cloud: AgentCloud,
        images: Images,
        home_id: pulumi.Output[str],
        controller_host: pulumi.Output[str],
    ) -> None:
        super().__init__("agent-templates", context)
        self._cloud, self._images, self._home_id = cloud, images, home_id
        self._proxy = proxy.environment(context, controller_host)
        if options := proxy.java_options(context, controller_host):
            # For every JVM: the agent's, and those of build tools.
            self._proxy[java_options.EVERY_JVM] = when_known(options, " ".join)
        self.families = {t.name: self._definition(t).family for t in context.settings.agents}
        self.register_outputs({"families": self.families})

    def _definition(self, template: AgentTemplate) -> aws.ecs.TaskDefinition:
        context, role = self.context, f"agent-{template.name}"
        log_group = self._log_group(template)
        storage: aws.ecs.TaskDefinitionEphemeralStorageArgsDict | None = None
        if template.ephemeral_storage_gib is not None:
            storage = {"size_in_gib": template.ephemeral_storage_gib}
        return aws.ecs.TaskDefinition(
            f"{context.name}-{role}",
            family=concat(context.handle, f"-{role}"),
            requires_compatibilities=_compatible(template),
            network_mode="awsvpc",
            cpu=str(template.cpu),
            memory=str(template.memory_mib),
            ephemeral_storage=storage,
            runtime_platform={
                "cpu_architecture": container_definitions.CPU_ARCHITECTURES[template.architecture],
                "operating_system_family": "LINUX",
            },
            task_role_arn=self._task_role(template),
            execution_role_arn=self._execution_role(template, log_group),
            volumes=container_definitions.volumes(template, self._home_id) or None,
            container_definitions=json_text(
                container_definitions.containers(
                    template,
                    self._images.of(template),
                    self._defaults(template),
                    log_group.name,
                    context.region,
                    context.settings.agent_cloud.connection,
                )
            ),
            tags={**context.tags(role), **template.tags},
            opts=self.replaceable_child(),
        )

    def _defaults(self, template: AgentTemplate) -> container_definitions.Variables:
        """Variables of the agent's container that the template can override."""
        certificates = self._cloud.certificates
        environment = {
            **self._proxy,
            **certificates.environment,
            **self._images.environment_of(template),
        }
        return container_definitions.Variables(environment, certificates.secrets)

    def _log_group(self, template: AgentTemplate) -> LogGroup:
        if template.log_group_name is None:
            return self._cloud.log_group
        return LogGroup.named(self.context, template.log_group_name)

    def _task_role(self, template: AgentTemplate) -> pulumi.Input[str]:
        """What builds may do: exactly what the template says."""
        role = Role(
            self,
            f"agent-{template.name}",
            f"Builds on the Jenkins agent {template.name}",
            path=self.context.agents_role_path,
            existing=template.task_role_arn,
        )
        for index, statement in enumerate(template.policy_statements):
            resources, condition = list(statement.resources), statement.condition
            role.allow(iam.allow(f"Build{index}", statement.actions, resources, condition))
        if template.assumable_role_arns:
            arns = list(template.assumable_role_arns)
            role.allow(iam.allow("AssumeRoles", ["sts:AssumeRole"], arns))
        if template.enable_execute_command:
            role.allow(iam.execute_command())
        if template.builds_images:
            self._images.grant_push(role, template)
        role.attach()
        role.attach_managed(template.managed_policy_arns)
        return role.arn

    def _execution_role(self, template: AgentTemplate, log_group: LogGroup) -> pulumi.Input[str]:
        """The role of all agents, or a dedicated one if the template needs more than that."""
        if template.execution_role_arn is None and not template.needs_execution_role:
            return self._cloud.execution_role.arn
        role = Role(
            self,
            # Not "agent-…": that would be the task role of a template named "…".
            f"agents-execution-{template.name}",
            f"Starts the Jenkins agent {template.name}",
            path=self.context.agents_role_path,
            existing=template.execution_role_arn,
        )
        log_group.grant_write(role)
        self._images.grant_pull_agents(role, template.all_images)
        certificates = self._cloud.certificates.secrets.values()
        role.allow(iam.read_secrets([*template.all_secrets, *certificates]))
        role.attach()
        return role.arn


def _compatible(template: AgentTemplate) -> list[str] | None:
    """What ECS checks the task definition against; nothing on existing capacity providers, which
    may be of either kind."""
    if not template.on_instances:
        return ["FARGATE"]
    provider = template.created_provider
    return None if provider is None else _COMPATIBLE[provider]
