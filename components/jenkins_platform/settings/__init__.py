"""The validated, frozen form of the inputs that all sub-components read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from ..inputs import JenkinsPlatformArgs, PlatformImage, RemovalPolicy
from .agent_cloud import AgentCloudSettings
from .agents import AgentTemplate, template_rules
from .backup import BackupSettings
from .base import Group, Late, Problem, SettingsError, check, check_part, setting, unknown_key
from .budget import BudgetSettings
from .controller import ControllerSettings
from .images import ImageSettings, ImagesSettings
from .jenkins import JenkinsSettings
from .load_balancer import LoadBalancerSettings
from .monitoring import MonitoringSettings
from .network import NetworkSettings
from .schedule import ScheduleSettings
from .sign_in import SignInSettings, entry_rules
from .storage import StorageSettings
from .usage_estimate import UsageEstimate, use_rules
from .values import PolicyArn, Tags, matching

__all__ = ["AgentTemplate", "Problem", "Settings", "SettingsError", "UsageEstimate"]

_PREFIX = r"[a-z]([a-z0-9-]{0,17}[a-z0-9])?"
Prefix = Annotated[
    str,
    matching(_PREFIX, "a lower-case letter, then lower-case letters, digits, hyphens, up to 19"),
]
DEFAULT_AGENTS: tuple[Mapping[str, Any], ...] = ({"name": "linux"},)


class Settings(Group):
    """Everything the platform is made from. Make it with `from_args`."""

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
        # Each may have two roles, and an account has 5000 at the most.
        valid="1 to 2000 templates",
        min_length=1,
        max_length=2000,
    )
    jenkins: JenkinsSettings = setting(JenkinsSettings(), valid="a group")
    usage_estimate: UsageEstimate = setting(UsageEstimate(), valid="a group")
    monitoring: MonitoringSettings = setting(MonitoringSettings(), valid="a group")
    schedule: ScheduleSettings | None = setting(None, valid="a group")
    budget: BudgetSettings | None = setting(None, valid="a group")
    removal_policy: RemovalPolicy = setting(RemovalPolicy.RETAIN, valid="retain or destroy")
    tags: Tags = setting({}, valid="up to 40 tags", max_length=40)
    permissions_boundary_arn: Late[PolicyArn] | None = setting(
        None, valid="the ARN of an IAM policy"
    )
    name_prefix: Prefix | None = setting(None, valid="a prefix such as acme-ci")

    @property
    def keeps_data(self) -> bool:
        return self.removal_policy is RemovalPolicy.RETAIN

    @property
    def agent_images(self) -> dict[PlatformImage, ImageSettings]:
        """The platform's own images for agents that a template runs on."""
        given = {PlatformImage.AGENT: self.images.agent, PlatformImage.KANIKO: self.images.kaniko}
        return {
            kind: image for kind, image in given.items() if any(t.uses(kind) for t in self.agents)
        }

    @classmethod
    def from_args(cls, name: str, args: JenkinsPlatformArgs | None) -> Settings:
        """Validate the inputs of one platform.

        Args:
            name: The component's name.
            args: The inputs; None is the same as an empty mapping.

        Raises:
            SettingsError: with every problem that was found.
        """
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
                *use_rules(settings.usage_estimate, settings.agents),
                *entry_rules(settings.sign_in, settings.load_balancer, settings.network),
                *watch_rules(settings),
            ]
        if problems:
            raise SettingsError(problems)
        return settings


def watch_rules(settings: Settings) -> Iterator[Problem]:
    """Problems between watching and other groups."""
    monitoring, network, budget = settings.monitoring, settings.network, settings.budget
    if monitoring.flow_logs and network.existing:
        yield Problem(
            "monitoring.flow_logs",
            monitoring.flow_logs.destination.value,
            "go with a VPC that is made, but network.adopt names one that is there: its flow logs "
            "are its owner's. Leave one of the two out",
        )
    if budget and not monitoring.on and not budget.email_addresses:
        yield Problem(
            "budget.email_addresses",
            [],
            "required with monitoring.level none, since there is no topic to tell",
        )


def _with_agent_defaults(given: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Fill ``agent_defaults`` into every template.

    Wrong defaults are reported once, not once for every template that inherits them.
    """
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
