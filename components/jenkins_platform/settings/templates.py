"""Rules between the agent templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..inputs import NatStrategy
from .agents import AgentTemplate
from .validation.base import Problem
from .validation.rules import no_duplicates

if TYPE_CHECKING:
    from . import Settings

MAX_CAPACITY_PROVIDERS = 20
"""Capacity providers of a cluster (Amazon ECS Developer Guide, "Service quotas")."""
_RESERVED = ("aws", "ecs", "fargate")


def capacity_rules(settings: Settings) -> Iterator[Problem]:
    """Problems of the capacity providers of all templates together, and of the network."""
    templates = [t for t in settings.agents if t.on_instances]
    created = [t for t in templates if t.created_provider is not None]
    providers = {
        *("FARGATE", "FARGATE_SPOT"),
        *(f"{t.name} {kind}" for t in created for kind in ("on-demand", "spot")),
        *(p for t in templates if (e := t.host.existing) for p in (e.on_demand, e.spot) if p),
    }
    if len(providers) > MAX_CAPACITY_PROVIDERS:
        yield Problem(
            "agents",
            f"{len(templates)} templates with capacity instances",
            f"need {len(providers)} capacity providers, two for each template and two for Fargate. "
            f"A cluster has at most {MAX_CAPACITY_PROVIDERS}. Share existing ones in "
            "`instances.existing`",
        )
    if settings.agent_cloud.cluster_arn is not None:
        for index, template in enumerate(settings.agents):
            if template.created_provider is not None:
                yield Problem(
                    f"agents[{index}].instances",
                    template.created_provider.value,
                    "cannot be combined with agent_cloud.cluster_arn, whose capacity providers "
                    "belong to its owner. Use `existing`",
                )
    prefix = settings.name_prefix or settings.name
    if created and prefix.startswith(_RESERVED):
        yield Problem(
            "name_prefix" if settings.name_prefix else "name",
            prefix,
            "cannot be combined with `capacity: instances`: names of capacity providers must not "
            f"start with {', '.join(_RESERVED)}",
        )
    network = settings.network
    if not network.existing and network.nat is NatStrategy.PUBLIC_SUBNETS:
        for index, template in enumerate(settings.agents):
            if template.on_instances:
                yield Problem(
                    f"agents[{index}].capacity",
                    template.capacity.value,
                    "cannot be combined with network.nat public-subnets: ECS gives public "
                    "addresses to tasks on Fargate only. Use single, one-per-zone or none",
                )


def template_rules(templates: Sequence[AgentTemplate]) -> Iterator[Problem]:
    """Problems between templates, whose names and labels must be unique."""
    yield from no_duplicates("agents", [t.name for t in templates], "name")
    owners: dict[str, str] = {}
    for index, template in enumerate(templates):
        where = f"agents[{index}]"
        taken = [
            f"'{form}' of '{owner}'"
            for form in template.all_labels
            if (owner := owners.setdefault(form, template.name)) != template.name
        ]
        if taken:
            yield Problem(
                f"{where}.labels",
                list(template.plain_labels),
                f"conflict with labels of other templates: {', '.join(taken)}",
            )
