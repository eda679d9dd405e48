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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
import yaml

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
        security_group_ids: Security groups of the agents.
        public_addresses: Whether agents need a public address.
        families: Family of each template's task definition, by template name.
    """

    url: str
    region: str
    cluster_arn: str
    agent_url: str
    tunnel: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    public_addresses: bool
    families: Mapping[str, str]


@dataclass(frozen=True)
class CloudTemplate:
    """One template of the Jenkins cloud: an agent template on one kind of capacity."""

    name: str
    labels: tuple[str, ...]
    family: str
    spot: bool


def cloud_templates(template: AgentTemplate, family: str) -> list[CloudTemplate]:
    """Both kinds of capacity for one agent template; the plain labels go with its own kind."""
    plain, spot, on_demand = (
        tuple(forms)
        for forms in zip(*(label_forms(label) for label in template.plain_labels), strict=True)
    )
    is_spot = template.capacity is Capacity.SPOT
    kinds = [
        CloudTemplate(f"{template.name}-spot", spot, family, spot=True),
        CloudTemplate(f"{template.name}-on-demand", on_demand, family, spot=False),
    ]
    own, other = kinds if is_spot else reversed(kinds)
    return [CloudTemplate(own.name, (*plain, *own.labels), family, own.spot), other]


def render(settings: Settings, resolved: Resolved) -> str:
    """The whole configuration as one YAML document."""
    templates = [
        entry
        for template in settings.agents
        for entry in cloud_templates(template, resolved.families[template.name])
    ]
    return (
        _environment()
        .get_template("jcasc/jenkins.yaml.j2")
        .render(
            settings=settings,
            resolved=resolved,
            templates=templates,
            first_label=settings.agents[0].plain_labels[0],
            agent_port=AGENT_PORT,
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
