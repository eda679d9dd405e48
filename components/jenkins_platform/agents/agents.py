"""AgentCloud: where agents run, and one task definition and role for each template."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import Context, SubComponent
from ..base.log_groups import AGENTS, Logs
from ..base.roles import Grantee, Roles, task_role
from ..container_images.images import Images
from ..outputs import concat, json_text
from ..settings.agents import AgentTemplate, Sidecar
from . import container_definitions


class AgentCloud(SubComponent):
    """A cluster of its own for agents, with on-demand and Spot capacity.

    The controller runs in another cluster, so that "any task on the agents' cluster" in the
    controller's permissions never means the controller itself. Spot and on-demand need no
    clusters of their own: the strategy of each RunTask call decides.

    Attributes:
        cluster: The agents' cluster.
        log_group_name: Log group of all agents whose template names none.
    """

    def __init__(self, context: Context, images: Images, roles: Roles, logs: Logs) -> None:
        super().__init__("agent-cloud", context)
        name, settings = context.name, context.settings.agent_cloud
        self.cluster = aws.ecs.Cluster(
            f"{name}-agents",
            name=context.aws_name("agents"),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            tags=context.tags("agents"),
            opts=self.child(),
        )
        aws.ecs.ClusterCapacityProviders(
            f"{name}-agents",
            cluster_name=self.cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            opts=self.child(),
        )
        self.log_group_name = logs.group(
            self, AGENTS, settings.log_retention_days, settings.log_group_name
        )
        self.execution_role = Grantee.of(
            self,
            "agent-execution",
            "Starts Jenkins agents",
            roles.agents_path,
            settings.execution_role_arn,
        )
        self.execution_role.allow(
            self,
            "agent-execution",
            iam.write_logs(context.log_group_arn(self.log_group_name)),
            iam.pull_images(context.partition, images.of_agents),
        )
        self._roles = roles
        self.register_outputs({"cluster_arn": self.cluster.arn})

    @property
    def families(self) -> pulumi.Output[str]:
        """What the families of this platform's agents start with, and no other."""
        return concat(self.context.handle, "-agent-")

    @property
    def family_pattern(self) -> pulumi.Output[str]:
        """ARN pattern of all task definitions of this platform's agents."""
        return self.context.arn("ecs", concat("task-definition/", self.families, "*:*"))

    @property
    def task_pattern(self) -> pulumi.Output[str]:
        """ARN pattern of all tasks on the agents' cluster."""
        return self.context.arn("ecs", concat("task/", self.cluster.name, "/*"))

    @property
    def instance_pattern(self) -> pulumi.Output[str]:
        """ARN pattern of all container instances of the agents' cluster, of which it has none."""
        return self.context.arn("ecs", concat("container-instance/", self.cluster.name, "/*"))

    @property
    def passable_roles(self) -> list[pulumi.Input[str]]:
        """The roles that the controller may give to agents: ours, by their path, and those that
        templates name. No other."""
        path = concat(self._roles.agents_path, "*")
        settings = self.context.settings
        given = [
            settings.agent_cloud.execution_role_arn,
            *(arn for t in settings.agents for arn in (t.task_role_arn, t.execution_role_arn)),
        ]
        return [self.context.role_arn(path), *(arn for arn in given if arn is not None)]


class AgentTemplates(SubComponent):
    """One task definition for each template, with the roles that it needs.

    Attributes:
        families: Family of each template's task definition, by template name.
    """

    def __init__(
        self,
        context: Context,
        cloud: AgentCloud,
        images: Images,
        roles: Roles,
        home: pulumi.Output[str],
    ) -> None:
        super().__init__("agent-templates", context)
        self._cloud, self._images, self._roles, self._home = cloud, images, roles, home
        self.families = {t.name: self._definition(t).family for t in context.settings.agents}
        self.register_outputs({})

    def _definition(self, template: AgentTemplate) -> aws.ecs.TaskDefinition:
        context, role = self.context, f"agent-{template.name}"
        image = self._images.of(template)
        log_group = template.log_group_name or self._cloud.log_group_name
        storage: aws.ecs.TaskDefinitionEphemeralStorageArgsDict | None = None
        if template.ephemeral_storage_gib is not None:
            storage = {"size_in_gib": template.ephemeral_storage_gib}
        return aws.ecs.TaskDefinition(
            f"{context.name}-{role}",
            family=concat(context.handle, f"-{role}"),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(template.cpu),
            memory=str(template.memory_mib),
            ephemeral_storage=storage,
            runtime_platform={
                "cpu_architecture": container_definitions.CPU_ARCHITECTURES[template.architecture],
                "operating_system_family": "LINUX",
            },
            task_role_arn=self._task_role(template, role),
            execution_role_arn=self._execution_role(template, role),
            volumes=container_definitions.volumes(template, self._home) or None,
            container_definitions=json_text(
                container_definitions.containers(
                    template,
                    image,
                    self._images.environment_of(template),
                    log_group,
                    context.region,
                    context.settings.agent_cloud.connection,
                )
            ),
            tags={**context.tags(role), **template.tags},
            opts=self.child(),
        )

    def _task_role(self, template: AgentTemplate, role: str) -> pulumi.Input[str]:
        """What builds may do: nothing but what the template says."""
        if template.task_role_arn is not None:
            return template.task_role_arn
        build_role = task_role(
            self, role, f"Builds on the Jenkins agent {template.name}", self._roles.agents_path
        )
        statements = [
            iam.allow(f"Build{index}", s.actions, list(s.resources))
            for index, s in enumerate(template.policy_statements)
        ]
        if template.assumable_role_arns:
            roles = list(template.assumable_role_arns)
            statements.append(iam.allow("AssumeRoles", ["sts:AssumeRole"], roles))
        if template.enable_execute_command:
            statements.append(iam.execute_command())
        statements += self._images.permissions_of(template)
        if statements:
            self._policy(role, build_role, iam.document(*statements))
        return build_role.arn

    def _execution_role(self, template: AgentTemplate, role: str) -> pulumi.Input[str]:
        """The role of all agents, or one of its own for a template that brings something."""
        if template.execution_role_arn is not None:
            return template.execution_role_arn
        containers: list[AgentTemplate | Sidecar] = [template, *template.sidecars]
        secrets = [arn for c in containers for arn in c.secrets.values()]
        images = [c.image for c in containers if c.image is not None]
        if not secrets and not images and template.log_group_name is None:
            return self._cloud.execution_role.arn
        own = task_role(
            self,
            f"{role}-execution",
            f"Starts the Jenkins agent {template.name}",
            self._roles.agents_path,
        )
        log_group = template.log_group_name or self._cloud.log_group_name
        policy = iam.document(
            iam.write_logs(self.context.log_group_arn(log_group)),
            iam.pull_images(self.context.partition, [*self._images.of_agents, *images]),
            iam.read_secrets(secrets),
        )
        self._policy(f"{role}-execution", own, policy)
        return own.arn

    def _policy(self, role: str, owner: aws.iam.Role, policy: pulumi.Output[str]) -> None:
        aws.iam.RolePolicy(
            f"{self.context.name}-{role}", role=owner.name, policy=policy, opts=self.child()
        )
