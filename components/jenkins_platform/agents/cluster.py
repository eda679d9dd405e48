"""The cluster that agents run on, created or existing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ..base.container import cluster_configuration
from ..base.context import PLATFORM_TAG, Context, SubComponent
from ..settings import Problem, Settings, SettingsError
from ..settings.facts.arn import Arn

FARGATE = ("FARGATE", "FARGATE_SPOT")
"""Capacity providers of every cluster of agents on Fargate."""
_KEY = "agent_cloud.cluster_arn"


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


def existing_cluster(context: Context, found: pulumi.Output[str]) -> AgentCluster:
    """An existing cluster, on which tasks of others run too.

    Args:
        context: The platform.
        found: Its ARN, once it has been checked, see `guarded`.
    """
    # The plugin lets ECS copy the tags of the task definition to each task.
    return AgentCluster(found, found.apply(_name), {PLATFORM_TAG: context.name})


def guarded(context: Context) -> tuple[Context, pulumi.Output[str] | None]:
    """The context, known only once an existing cluster has been found to run the agents, and the
    ARN of that cluster, if there is one.

    Raises:
        SettingsError: The cluster is not active, or lacks a capacity provider.
    """
    arn = context.settings.agent_cloud.cluster_arn
    if arn is None:
        return context, None
    # Nothing is looked up for a change that is refused.
    known = context.after(arn)
    # The id of a resource that is read must not be secret.
    name = pulumi.Output.unsecret(known.apply(_name))
    status = aws.ecs.get_cluster_output(
        cluster_name=name, opts=pulumi.InvokeOutputOptions(parent=context.parent)
    ).status
    # No data source has the capacity providers.
    providers = aws.ecs.ClusterCapacityProviders.get(
        f"{context.name}-existing-cluster",
        id=pulumi.Output.all(name, status).apply(lambda known: str(known[0])),
        opts=pulumi.ResourceOptions(parent=context.parent),
    ).capacity_providers

    def check(values: list[Any]) -> None:
        arn, status, found, *needed = values
        if status != "ACTIVE":
            message = f"is {status}, not ACTIVE"
        elif missing := sorted(set(needed) - set(found or ())):
            message = (
                f"has not the capacity providers {', '.join(missing)}, which agents need. It has "
                f"{', '.join(sorted(found or ())) or 'none'}: add them with "
                "`aws ecs put-cluster-capacity-providers`"
            )
        else:
            return
        raise SettingsError([Problem(_KEY, arn, message)])

    context = context.checked(check, known, status, providers, *_providers(context.settings))
    return context, context.after(known)


def _providers(settings: Settings) -> Iterator[pulumi.Input[str]]:
    """Names of the capacity providers that agents of an existing cluster need."""
    if not all(template.on_instances for template in settings.agents):
        yield from FARGATE
    for template in settings.agents:
        if existing := template.host.existing:
            yield existing.on_demand
            yield existing.spot or existing.on_demand


def _name(arn: str) -> str:
    return Arn.parse(arn).resource.removeprefix("cluster/")
