"""AgentCloud: where agents run, and one task definition and role for each template."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from . import iam
from .container import log_configuration
from .context import Context, Part
from .images import Images
from .inputs import Architecture
from .roles import Roles, task_role
from .settings.agents import AgentTemplate

CONTAINER = "agent"
"""Name of the container that runs the Jenkins agent in every agent task."""
WORK_FOLDER = "/home/jenkins/agent"
STOP_SECONDS = 120
"""Fargate's maximum: what a Spot interruption leaves for cleaning up."""
CPU_ARCHITECTURES = {Architecture.X86_64: "X86_64", Architecture.ARM64: "ARM64"}
HEAP_PERCENTAGE = 50
"""Share of an agent's memory for the agent's own Java heap; the build tools need the rest."""


class AgentCloud(Part):
    """A cluster of its own for agents, with on-demand and Spot capacity.

    The controller runs in another cluster, so that "any task on the agents' cluster" in the
    controller's permissions never means the controller itself. Spot and on-demand need no
    clusters of their own: the strategy of each RunTask call decides.

    Attributes:
        cluster: The agents' cluster.
        families: Family of each template's task definition, by template name.
        task_roles: ARNs of the roles that agents' tasks may be given.
    """

    def __init__(self, context: Context, images: Images, roles: Roles) -> None:
        super().__init__("agent-cloud", context)
        name, settings = context.name, context.settings
        self._roles, self._images = roles, images
        self.cluster = aws.ecs.Cluster(
            f"{name}-agents",
            name=context.physical("agents"),
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
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-agents",
            name=context.physical("agents"),
            retention_in_days=settings.agent_cloud.log_retention_days,
            tags=context.tags("agents"),
            opts=self.child(),
        )
        aws.iam.RolePolicy(
            f"{name}-agent-execution",
            role=roles.agent_execution.name,
            policy=self._execution_policy(settings.agents),
            opts=self.child(),
        )
        self.families = {t.name: self._template(t).family for t in settings.agents}
        self.register_outputs({"cluster_arn": self.cluster.arn})

    @property
    def family_pattern(self) -> pulumi.Output[str]:
        """ARN pattern of all task definitions of this platform's agents."""
        return self.context.arn(
            "ecs", pulumi.Output.concat("task-definition/", self.context.handle, "-agent-*:*")
        )

    @property
    def task_pattern(self) -> pulumi.Output[str]:
        """ARN pattern of all tasks on the agents' cluster."""
        return self.context.arn("ecs", pulumi.Output.concat("task/", self.cluster.name, "/*"))

    @property
    def passable_roles(self) -> list[pulumi.Output[str]]:
        """The roles that the controller may give to agents: ours, by their path, and no other."""
        path = pulumi.Output.concat(
            "arn:",
            self.context.partition,
            ":iam::",
            self.context.account_id,
            ":role",
            self._roles.agents_path,
            "*",
        )
        return [self._roles.agent_execution.arn, path]

    def _execution_policy(self, templates: Sequence[AgentTemplate]) -> pulumi.Output[str]:
        own = [t.image for t in templates if t.image is not None]
        pulls = iam.pull_images(self.context.partition, [self._images.agent, *own])
        logs = iam.write_logs(self.log_group.arn)
        return iam.document(logs, more=pulls)

    def _template(self, template: AgentTemplate) -> aws.ecs.TaskDefinition:
        name, role = self.context.name, f"agent-{template.name}"
        build_role = task_role(
            self,
            role,
            f"Builds on the Jenkins agent {template.name}",
            self._roles.agents_path,
        )
        if template.policy_statements:
            aws.iam.RolePolicy(
                f"{name}-{role}",
                role=build_role.name,
                policy=iam.document(
                    *(
                        iam.allow(f"Build{index}", s.actions, list(s.resources))
                        for index, s in enumerate(template.policy_statements)
                    )
                ),
                opts=self.child(),
            )
        return aws.ecs.TaskDefinition(
            f"{name}-{role}",
            family=pulumi.Output.concat(self.context.handle, f"-{role}"),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(template.cpu),
            memory=str(template.memory_mib),
            runtime_platform={
                "cpu_architecture": CPU_ARCHITECTURES[template.architecture],
                "operating_system_family": "LINUX",
            },
            task_role_arn=build_role.arn,
            execution_role_arn=self._roles.agent_execution.arn,
            container_definitions=self._container(template),
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _container(self, template: AgentTemplate) -> pulumi.Output[str]:
        environment = {
            **template.environment,
            "JENKINS_JAVA_OPTS": f"-XX:MaxRAMPercentage={HEAP_PERCENTAGE}",
        }
        container = {
            "name": CONTAINER,
            "image": self._images.agent if template.image is None else template.image,
            "essential": True,
            "environment": [{"name": k, "value": v} for k, v in sorted(environment.items())],
            # An init process reaps what builds leave behind.
            "linuxParameters": {"initProcessEnabled": True},
            "logConfiguration": log_configuration(
                self.log_group.name, self.context.region, template.name
            ),
            "stopTimeout": STOP_SECONDS,
        }
        return pulumi.Output.json_dumps([container])
