"""The validated, immutable form of the inputs, which all sub-components read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import pulumi
from pydantic import AfterValidator

from ..inputs import JenkinsPlatformArgs, PlatformImage, RemovalPolicy
from .agent_cloud import AgentCloudSettings
from .agents import AgentTemplate
from .backup import BackupSettings
from .budget import BudgetSettings
from .checks.counts import limit_rules
from .company_network import CERTIFICATE_VARIABLE
from .controller import ControllerSettings
from .images import ImageSettings, ImagesSettings
from .jenkins import JenkinsSettings
from .load_balancer import LoadBalancerSettings, subnet_rules
from .monitoring import MonitoringSettings
from .network import NetworkSettings
from .schedule import ScheduleSettings
from .sign_in import SignInSettings, entry_rules
from .source_code import TokenSource
from .storage import StorageSettings
from .tags import MAX_TAGS, TAGS_VALID, Tags, merged_tags
from .templates import capacity_rules, template_rules
from .usage_estimate import UsageEstimate, use_rules
from .validation.arns import PolicyArn
from .validation.base import Group, OutputOr, Problem, SettingsError, setting
from .validation.checking import check, check_part, unknown_key
from .validation.values import matching
from .warm_agents import warm_rules
from .webhooks import WebhooksSettings

__all__ = ["AgentTemplate", "Problem", "Settings", "SettingsError", "UsageEstimate"]

_PREFIX = r"[a-z]([a-z0-9-]{0,17}[a-z0-9])?"
_RESERVED_PREFIXES = ("aws", "ssm", "internal-", "xn--", "sthree-", "amzn-s3-demo-")
"""Names that SSM (PutParameter), Elastic Load Balancing (CreateLoadBalancer) and S3 (bucket naming
rules) refuse."""


def _allowed_name(value: str) -> str:
    for prefix in _RESERVED_PREFIXES:
        if f"{value}-".startswith(prefix):
            raise ValueError(f"must not start with {prefix}, which AWS reserves")
    if "--" in value:
        raise ValueError("must not contain --, which ECR does not allow")
    return value


Prefix = Annotated[
    str,
    matching(_PREFIX, "a lowercase letter, then lowercase letters, digits, hyphens, up to 19"),
    AfterValidator(_allowed_name),
]
DEFAULT_AGENTS: tuple[Mapping[str, Any], ...] = ({"name": "linux"},)


class Settings(Group):
    """All settings of a platform. Create it with `from_args`."""

    name: Prefix = setting(valid="a name such as jenkins or acme-ci")
    network: NetworkSettings = setting(NetworkSettings(), valid="a group")
    storage: StorageSettings = setting(StorageSettings(), valid="a group")
    backup: BackupSettings = setting(BackupSettings(), valid="a group")
    images: ImagesSettings = setting(ImagesSettings(), valid="a group")
    load_balancer: LoadBalancerSettings = setting(LoadBalancerSettings(), valid="a group")
    sign_in: SignInSettings = setting(SignInSettings(), valid="a group")
    controller: ControllerSettings = setting(ControllerSettings(), valid="a group")
    agent_cloud: AgentCloudSettings = setting(AgentCloudSettings(), valid="a group")
    agents: tuple[AgentTemplate, ...] = setting(
        # A template can have two roles, and an account can have 5000.
        valid="1 to 2000 templates",
        min_length=1,
        max_length=2000,
    )
    jenkins: JenkinsSettings = setting(JenkinsSettings(), valid="a group")
    usage_estimate: UsageEstimate = setting(UsageEstimate(), valid="a group")
    monitoring: MonitoringSettings = setting(MonitoringSettings(), valid="a group")
    webhooks: WebhooksSettings | None = setting(None, valid="a group")
    schedule: ScheduleSettings | None = setting(None, valid="a group")
    budget: BudgetSettings | None = setting(None, valid="a group")
    removal_policy: RemovalPolicy = setting(RemovalPolicy.RETAIN, valid="retain or destroy")
    tags: Tags = setting({}, valid=TAGS_VALID, max_length=MAX_TAGS)
    permissions_boundary_arn: OutputOr[PolicyArn] | None = setting(
        None, valid="the ARN of an IAM policy"
    )
    name_prefix: Prefix | None = setting(None, valid="a prefix such as acme-ci")

    @property
    def keeps_data(self) -> bool:
        """Whether resources with data are retained."""
        return self.removal_policy is RemovalPolicy.RETAIN

    @property
    def agent_images(self) -> dict[PlatformImage, ImageSettings]:
        """The platform's agent images that a template uses."""
        given = {PlatformImage.AGENT: self.images.agent, PlatformImage.KANIKO: self.images.kaniko}
        return {
            kind: image for kind, image in given.items() if any(t.uses(kind) for t in self.agents)
        }

    @property
    def webhook_secret_arns(self) -> dict[str, str | pulumi.Output[str]]:
        """Secrets of the webhooks that the public endpoint accepts, by their source."""
        webhooks = self.webhooks
        if webhooks is None:
            return {}
        own = {name: source.webhook_secret_arn for name, source in self.jenkins.sources.items()}
        given = {
            "github": webhooks.github_secret_arn,
            "gitlab": webhooks.gitlab_secret_arn,
            "bitbucket": webhooks.bitbucket_secret_arn,
        }
        found = {name: own.get(name) if arn is None else arn for name, arn in given.items()}
        return {name: arn for name, arn in found.items() if arn is not None}

    @property
    def default_label(self) -> str:
        """Label of the template that runs builds without a label."""
        chosen = self.agent_cloud.default_template or self.agents[0].name
        return next(t.plain_labels[0] for t in self.agents if t.name == chosen)

    @classmethod
    def from_args(cls, name: str, args: JenkinsPlatformArgs | None) -> Settings:
        """Validate the inputs of a platform.

        Args:
            name: The component's name.
            args: The inputs. None is equivalent to an empty mapping.

        Raises:
            SettingsError: With all problems that were found.
        """
        if args and not isinstance(args, Mapping):
            message = "must be a mapping of inputs by name; options of the component come after it"
            raise SettingsError([Problem("args", args, message)])
        if unnamed := [key for key in args or {} if not isinstance(key, str)]:
            raise SettingsError(
                [Problem(str(k), k, "is not the name of an input") for k in unnamed]
            )
        given = _given(args or {}) | {"name": name}
        given, problems = _with_agent_defaults(given)
        values: dict[str, Any] = {}
        for key, raw in given.items():
            field = cls.model_fields.get(key)
            if field is None:
                problems.append(unknown_key(cls, key, raw, extra=("agent_defaults",)))
                continue
            value, found = check(field, raw, key)
            problems += found
            values[key] = value
        if not problems:
            settings = cls(**values)
            problems = [
                *template_rules(settings.agents),
                *capacity_rules(settings),
                *default_template_rules(settings),
                *warm_rules(settings),
                *variables_rules(settings),
                *use_rules(settings.usage_estimate, settings.agents),
                *entry_rules(
                    settings.sign_in,
                    settings.load_balancer,
                    settings.network,
                    settings.controller.java_options,
                ),
                *subnet_rules(settings.load_balancer, settings.network),
                *monitoring_rules(settings),
                *webhook_rules(settings),
                *tag_rules(settings),
                *push_rules(settings),
                *limit_rules(settings),
            ]
        if problems:
            raise SettingsError(problems)
        return settings


def default_template_rules(settings: Settings) -> Iterator[Problem]:
    """``default_template`` must name a template."""
    names = [t.name for t in settings.agents]
    default = settings.agent_cloud.default_template
    if default is not None and default not in names:
        yield Problem(
            "agent_cloud.default_template",
            default,
            f"is not the name of a template in `agents`: {', '.join(names[:20])}",
        )


def variables_rules(settings: Settings) -> Iterator[Problem]:
    """Problems of variables that two inputs set."""
    for name in sorted(settings.controller.environment.keys() & settings.jenkins.secrets.keys()):
        yield Problem(f"controller.environment.{name}", "…", "is also in jenkins.secrets")
    certificates = settings.network.ca_certificate_arns
    for index, template in enumerate(settings.agents):
        for kind in ("environment", "secrets"):
            for name in getattr(template, kind):
                if certificates and name.startswith(CERTIFICATE_VARIABLE):
                    yield Problem(f"agents[{index}].{kind}.{name}", "…", "is set by the platform")


def monitoring_rules(settings: Settings) -> Iterator[Problem]:
    """Problems between monitoring and other groups."""
    monitoring, network, budget = settings.monitoring, settings.network, settings.budget
    if monitoring.flow_logs and network.existing:
        yield Problem(
            "monitoring.flow_logs",
            monitoring.flow_logs.destination.value,
            "are only valid with a VPC that is created. Set only one of this and network.existing",
        )
    if budget and not monitoring.on and not budget.email_addresses:
        yield Problem(
            "budget.email_addresses",
            [],
            "required with monitoring.level none, because there is no topic to notify",
        )


def push_rules(settings: Settings) -> Iterator[Problem]:
    """Repositories that a template names must exist."""
    known = settings.images.application_repositories
    for index, template in enumerate(settings.agents):
        for place, name in enumerate(template.push_repositories or ()):
            if isinstance(name, str) and not name.startswith("arn:") and name not in known:
                yield Problem(
                    f"agents[{index}].push_repositories[{place}]",
                    name,
                    f"is not in images.application_repositories: {', '.join(known)}",
                )


def webhook_rules(settings: Settings) -> Iterator[Problem]:
    """Problems between the endpoint for webhooks and other groups."""
    webhooks = settings.webhooks
    if webhooks is None:
        return
    if not settings.webhook_secret_arns:
        yield Problem(
            "webhooks",
            {},
            "has no secret to verify webhooks with. Set at least one of github_secret_arn, "
            "gitlab_secret_arn, bitbucket_secret_arn and webhook_secret_arn of jenkins.github, "
            "gitlab or bitbucket",
        )
    for name, source in settings.jenkins.sources.items():
        if isinstance(source, TokenSource) and source.create_webhooks:
            yield Problem(
                f"jenkins.{name}.create_webhooks",
                True,
                "cannot be combined with webhooks: Jenkins does not know the URL of the endpoint. "
                "Create the webhooks with the output webhook_url",
            )
    if webhooks.wake and settings.schedule is None:
        yield Problem("webhooks.wake", True, "is only valid with schedule")


def tag_rules(settings: Settings) -> Iterator[Problem]:
    """Problems of tags that are added to those of the platform."""
    for index, template in enumerate(settings.agents):
        yield from merged_tags(f"agents[{index}].tags", settings.tags, template.tags)
    points = settings.backup.recovery_point_tags
    yield from merged_tags("backup.recovery_point_tags", settings.tags, points)


def _with_agent_defaults(given: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Apply ``agent_defaults`` to every template. Problems of the defaults are reported once."""
    defaults = given.pop("agent_defaults", {})
    templates = given.setdefault("agents", DEFAULT_AGENTS)
    _, problems = check_part(AgentTemplate, defaults, "agent_defaults", without=("name", "labels"))
    if not problems and isinstance(templates, list | tuple):
        given["agents"] = [
            {**defaults, **_given(template)} if isinstance(template, Mapping) else template
            for template in templates
        ]
    return given, problems


def _given(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in mapping.items() if v is not None}
