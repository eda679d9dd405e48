"""Jenkins Configuration as Code: settings and resolved values in, one YAML document out.

Pure. Templates are in ``templates/``. Every value goes through a filter, so that no text can
break out of its place in the document:

- ``text``: a YAML scalar in which JCasC resolves nothing (``${`` becomes ``^${``);
- ``groovy``: a Groovy string literal;
- ``claim``: a JMESPath expression that names a claim of a token.

Secrets are never values here: the templates contain references such as
``${JENKINS_ADMIN_PASSWORD}``, which Jenkins resolves when it starts.

The source of each key is in ``docs/jcasc.md``.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jinja2
import pulumi
import yaml

from ..inputs import ArtifactStorage
from ..settings import Settings, SettingsError
from ..settings.facts import ports
from ..settings.facts.package_data import folder
from ..settings.source_code import github
from . import authorization, jcasc_merge
from .clouds import clouds

ADMIN_PASSWORD = "JENKINS_ADMIN_PASSWORD"  # noqa: S105  the name of a variable
REALM_SECRET = "JENKINS_REALM_SECRET"  # noqa: S105
"""Names under which the document refers to secrets."""


@dataclass(frozen=True)
class Resolved:
    """Values that are unknown until deployment.

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
        capacity_providers: Capacity providers of templates on instances, by template name and by
            capacity, ``on-demand`` or ``spot``.
        realm_client_id: Client ID of Jenkins at the identity provider; empty without one.
        artifact_bucket: Bucket of artifacts; empty if they are stored in the home.
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
    capacity_providers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    realm_client_id: str = ""
    artifact_bucket: str = ""

    @classmethod
    def placeholders(cls, settings: Settings) -> Resolved:
        """Placeholders for values that are unknown until deployment."""

        def shown(value: Any) -> str:
            return "output" if isinstance(value, pulumi.Output) else str(value)

        host = f"controller.{settings.name}.internal"
        load_balancer, realm = settings.load_balancer, settings.sign_in.realm
        tcp = ports.open_to_agents(settings.agent_cloud.connection).get("tcp")
        host_name = load_balancer.domain_name or "jenkins.example.com"
        return cls(
            url=f"http{'s' * load_balancer.has_tls}://{host_name}{load_balancer.prefix}/",
            region="region",
            cluster_arn=f"arn:aws:ecs:region:account:cluster/{settings.name}-agents",
            agent_url=f"http://{host}:{ports.HTTP}{load_balancer.prefix}/",
            tunnel=f"{host}:{tcp}" if tcp else "",
            subnet_ids=["subnet-a", "subnet-b"],
            public_addresses=False,
            families={t.name: f"{settings.name}-agent-{t.name}" for t in settings.agents},
            security_group_ids={
                t.name: ["sg-agents", *(shown(g) for g in t.security_group_ids)]
                for t in settings.agents
            },
            capacity_providers={
                t.name: {kind: f"{t.name}-{kind}" for kind in ("on-demand", "spot")}
                for t in settings.agents
                if t.on_instances
            },
            realm_client_id=shown(realm.id_at_provider) if realm else "",
            artifact_bucket=(
                f"{settings.name}-artifacts"
                if settings.jenkins.artifacts is ArtifactStorage.S3
                else ""
            ),
        )


def check(settings: Settings) -> None:
    """Check that the document can be rendered.

    Raises:
        SettingsError: ``jenkins.extra_jcasc`` cannot be merged into the platform's own document.
    """
    jenkins = settings.jenkins
    if not jenkins.extra_jcasc:
        return
    own = _render_own(settings, Resolved.placeholders(settings))
    if problems := list(jcasc_merge.problems(own, jenkins.extra_jcasc, known(settings))):
        raise SettingsError(problems)


CONTAINER_VARIABLES = frozenset(
    # The task definition (service.py), ECS, the start script and the official image.
    [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_REGION",
        "CASC_JENKINS_CONFIG",
        "CONFIGURATION_BUCKET",
        "CONFIGURATION_KEY",
        "ECS_AGENT_URI",
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
        "HOME",
        "HOSTNAME",
        "JAVA_HOME",
        "JENKINS_HOME",
        "JENKINS_JAVA_OPTS",
        "JENKINS_OPTS",
        "LANG",
        "PATH",
        "REF",
        "SECRETS",
        "TMPDIR",
    ]
)
"""Environment variables of every controller."""


def known(settings: Settings) -> set[str]:
    """Names of the variables and secrets that a document can refer to."""
    names = {
        *CONTAINER_VARIABLES,
        *settings.controller.environment,
        *settings.jenkins.secrets,
    }
    if settings.sign_in.has_local_administrator:
        names.add(ADMIN_PASSWORD)
    if settings.sign_in.realm and settings.sign_in.realm.secret_arn is not None:
        names.add(REALM_SECRET)
    return names


def render(settings: Settings, resolved: Resolved) -> str:
    """The whole configuration as one YAML document."""
    own = _render_own(settings, resolved)
    return jcasc_merge.merged(own, settings.jenkins.extra_jcasc)


def _render_own(settings: Settings, resolved: Resolved) -> str:
    return (
        _environment()
        .get_template("jcasc/jenkins.yaml.j2")
        .render(
            settings=settings,
            resolved=resolved,
            clouds=clouds(settings.agents),
            first_label=settings.agents[0].plain_labels[0],
            agent_port=ports.AGENT if resolved.tunnel else ports.CLOSED,
            escape_group=authorization.ESCAPE_GROUP,
            grants=list(authorization.grants(settings.sign_in)),
            global_roles=authorization.global_roles(settings.sign_in),
        )
    )


def yaml_text(value: Any) -> str:
    """A YAML scalar, or flow list of scalars, in which JCasC resolves nothing."""
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(yaml_text, value)) + "]"
    return _yaml_scalar(value)


# The entries of one template have most of their texts in common.
@functools.lru_cache(maxsize=1000, typed=True)
def _yaml_scalar(value: str | float | None) -> str:
    if isinstance(value, str):
        value = value.replace("${", "^${")
    dumped: str = yaml.safe_dump(value, default_style='"', width=float("inf"))
    if isinstance(value, bool | int | float):
        dumped = yaml.safe_dump(value)
    return dumped.removesuffix("\n").removesuffix("\n...")


_GROOVY_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def groovy_text(value: str) -> str:
    """A single-quoted Groovy string literal, without interpolation."""
    return "'" + "".join(_GROOVY_ESCAPES.get(c, c) for c in value) + "'"


_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def claim(name: str) -> str:
    """A JMESPath expression: a path unchanged, any other claim name quoted."""
    return name if _PATH.fullmatch(name) else json.dumps(name)


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
    environment.filters.update(text=yaml_text, groovy=groovy_text, claim=claim)
    environment.filters.update(credentials_id=github.credentials_id)
    return environment
