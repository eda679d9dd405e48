"""The cluster that agents run on, created or existing."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..base.container import cluster_configuration
from ..base.context import PLATFORM_TAG, SubComponent
from ..settings import Problem, SettingsError
from ..settings.facts.arn import Arn


@dataclass(frozen=True)
class AgentCluster:
    """The agents' cluster.

    Attributes:
        owned_tasks: Tags that all tasks of this platform have, if tasks of others run there too.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    owned_tasks: dict[str, str]


def create_cluster(component: SubComponent) -> AgentCluster:
    """A dedicated cluster.

    Args:
        component: Parent of the cluster.
    """
    context = component.context
    created = aws.ecs.Cluster(
        f"{context.name}-agents",
        name=context.aws_name("agents"),
        settings=[{"name": "containerInsights", "value": "enabled"}],
        configuration=cluster_configuration(context.settings.agent_cloud.ephemeral_storage_key_arn),
        tags=context.tags("agents"),
        opts=component.child(),
    )
    return AgentCluster(created.arn, created.name, {})


def existing_cluster(component: SubComponent, arn: pulumi.Input[str]) -> AgentCluster:
    """An existing cluster, on which tasks of others run too.

    Args:
        component: The sub-component that looks it up.
        arn: Its ARN.

    Raises:
        SettingsError: The cluster is not active.
    """
    known = component.after(arn)
    name = known.apply(lambda arn: Arn.parse(arn).resource.removeprefix("cluster/"))
    look = pulumi.InvokeOutputOptions(parent=component)
    status = aws.ecs.get_cluster_output(cluster_name=name, opts=look).status

    def check(found: list[str]) -> str:
        if found[1] != "ACTIVE":
            problem = Problem("agent_cloud.cluster_arn", found[0], f"is {found[1]}, not ACTIVE")
            raise SettingsError([problem])
        return found[0]

    checked = pulumi.Output.all(known, status).apply(check)
    # The plugin lets ECS copy the tags of the task definition to each task.
    owned = {PLATFORM_TAG: component.context.name}
    return AgentCluster(checked, pulumi.Output.all(name, checked).apply(lambda k: str(k[0])), owned)
