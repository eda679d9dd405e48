"""Jenkins Configuration as Code: settings and resolved values in, one YAML document out.

Pure: no Pulumi in here. Templates are in ``templates/``. Every value goes through a filter of
its own, so that no text, however odd, can break out of its place in the document:

- ``text``: a YAML scalar in which JCasC resolves nothing (``${`` becomes ``^${``);
- ``groovy``: a Groovy string literal.

Secrets are never values here. They are written in the templates as references such as
``${JENKINS_ADMIN_PASSWORD}``, which Jenkins resolves when it starts.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jinja2
import yaml

from .connection import CLOSED
from .inputs import Capacity
from .resources import folder
from .security_groups import AGENT_PORT
from .settings import Settings
from .settings.agents import AgentTemplate, label_forms


@dataclass(frozen=True)
class Resolved:
    """What is only known once the resources are there.

    Attributes:
        url: URL under which users reach Jenkins, with a trailing slash.
        region: Region of the agents' cluster.
        cluster_arn: The agents' cluster.
        agent_url: URL under which agents reach Jenkins.
        tunnel: Host and port of the TCP agent listener.
        subnet_ids: Subnets of the agents.
        public_addresses: Whether agents need a public address to reach anything.
        families: Family of each template's task definition, by template name.
        security_group_ids: Security groups of each template's agents, by template name.
    """

    url: str
    region: str
    cluster_arn: str
    agent_url: str
    tunnel: str
    subnet_ids: Sequence[str]
    public_addresses: bool
    families: Mapping[str, str]
    security_group_ids: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class CloudTemplate:
    """One template of a Jenkins cloud: an agent template on one kind of capacity."""

    name: str
    labels: tuple[str, ...]
    spot: bool
    agent: AgentTemplate


@dataclass(frozen=True, order=True)
class Cloud:
    """What the plugin can only set for a whole cloud. Templates that agree on it share one.

    ``max_agents`` is counted for each label, not for the cloud (ECSProvisioningStrategy).
    """

    max_agents: int
    idle_minutes: int
    connect_timeout_seconds: int

    @classmethod
    def of(cls, template: AgentTemplate) -> Cloud:
        return cls(
            template.max_agents or 0, template.idle_minutes, template.connect_timeout_seconds
        )

    @property
    def name(self) -> str:
        """``fargate``, with whatever differs from the defaults in it."""
        parts = {"max": self.max_agents, "idle": self.idle_minutes}
        parts["connect"] = self.connect_timeout_seconds
        usual = {"max": 0, "idle": 5, "connect": 900}
        return "-".join(["fargate", *(f"{k}{v}" for k, v in parts.items() if v != usual[k])])


def cloud_templates(template: AgentTemplate) -> list[CloudTemplate]:
    """Both kinds of capacity for one agent template; the plain labels go with its own kind."""
    plain, spot, on_demand = (
        tuple(forms)
        for forms in zip(*(label_forms(label) for label in template.plain_labels), strict=True)
    )
    kinds = [
        CloudTemplate(f"{template.name}-spot", spot, True, template),
        CloudTemplate(f"{template.name}-on-demand", on_demand, False, template),
    ]
    own, other = kinds if template.capacity is Capacity.SPOT else reversed(kinds)
    return [replace(own, labels=(*plain, *own.labels)), other]


def clouds(templates: Iterable[AgentTemplate]) -> dict[Cloud, list[CloudTemplate]]:
    """The clouds with their templates, in the order of the inputs."""
    found: dict[Cloud, list[CloudTemplate]] = {}
    for template in templates:
        found.setdefault(Cloud.of(template), []).extend(cloud_templates(template))
    return found


def render(settings: Settings, resolved: Resolved) -> str:
    """The whole configuration as one YAML document."""
    return (
        _environment()
        .get_template("jcasc/jenkins.yaml.j2")
        .render(
            settings=settings,
            resolved=resolved,
            clouds=clouds(settings.agents),
            first_label=settings.agents[0].plain_labels[0],
            agent_port=AGENT_PORT if resolved.tunnel else CLOSED,
        )
    )


def yaml_text(value: Any) -> str:
    """A YAML scalar, or flow list of scalars, in which JCasC finds nothing to resolve."""
    if isinstance(value, str):
        value = value.replace("${", "^${")
    elif isinstance(value, tuple | list):
        return "[" + ", ".join(yaml_text(item) for item in value) + "]"
    dumped: str = yaml.safe_dump(value, default_style='"', width=float("inf"))
    if isinstance(value, bool | int | float):
        dumped = yaml.safe_dump(value)
    return dumped.removesuffix("\n").removesuffix("\n...")


_GROOVY_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def groovy_text(value: str) -> str:
    """A Groovy string literal, single-quoted: nothing in it is interpolated."""
    return "'" + "".join(_GROOVY_ESCAPES.get(c, c) for c in value) + "'"


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  this is not HTML; see the filters
    )
    environment.filters.update(text=yaml_text, groovy=groovy_text)
    return environment
