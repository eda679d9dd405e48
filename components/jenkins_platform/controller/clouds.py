"""Clouds of the amazon-ecs plugin and their templates, as the configuration lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inputs import Capacity
from ..settings.agents import AgentTemplate

if TYPE_CHECKING:
    from .jcasc import Resolved


@dataclass(frozen=True)
class CloudTemplate:
    """One template of a Jenkins cloud: an agent template on one kind of capacity.

    ``start-agents.groovy`` recognizes automatic capacity by the last label.
    """

    name: str
    labels: tuple[str, ...]
    capacity: Capacity
    agent: AgentTemplate

    def provider(self, resolved: Resolved) -> str:
        """Its capacity provider; empty for on-demand Fargate, which is a launch type."""
        spot = self.capacity is not Capacity.ON_DEMAND
        if self.agent.on_instances:
            return resolved.capacity_providers[self.agent.name]["spot" if spot else "on-demand"]
        return "FARGATE_SPOT" if spot else ""


@dataclass(frozen=True, order=True)
class Cloud:
    """What the plugin can only set for a whole cloud. Templates with the same values share one.

    ``max_agents`` is counted for each label, not for the cloud (ECSProvisioningStrategy).
    """

    max_agents: int
    idle_minutes: int
    connect_timeout_seconds: int
    kind: str = "fargate"

    @classmethod
    def of(cls, template: AgentTemplate) -> Cloud:
        """The cloud of a template."""
        return cls(
            template.max_per_label or 0,
            template.idle_minutes,
            template.connect_timeout_seconds,
            "instances" if template.on_instances else "fargate",
        )

    @property
    def name(self) -> str:
        """``fargate`` or ``instances``, and every value that differs from its default."""
        parts = {"max": self.max_agents, "idle": self.idle_minutes}
        parts["connect"] = self.connect_timeout_seconds
        usual = {"max": 0, "idle": 5, "connect": 900}
        return "-".join([self.kind, *(f"{k}{v}" for k, v in parts.items() if v != usual[k])])


def cloud_templates(template: AgentTemplate) -> list[CloudTemplate]:
    """An agent template on each kind of capacity, its own kind first."""
    labels = template.capacity_labels
    return [
        CloudTemplate(f"{template.name}-{kind.value}", labels[kind], kind, template)
        for kind in sorted(labels, key=lambda kind: kind is not template.own_capacity)
    ]


def clouds(templates: Iterable[AgentTemplate]) -> dict[Cloud, list[CloudTemplate]]:
    """The clouds with their templates, in the order of the inputs."""
    found: dict[Cloud, list[CloudTemplate]] = {}
    for template in templates:
        found.setdefault(Cloud.of(template), []).extend(cloud_templates(template))
    return found
