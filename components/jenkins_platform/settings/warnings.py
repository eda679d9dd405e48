"""What is valid and probably a mistake."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .base import everything
from .deprecated import deprecations
from .secret_names import contains_secret, names_place_of_secret, names_secret

if TYPE_CHECKING:
    from . import Settings
    from .containers import PolicyStatement

UNSCOPED = (
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:DiscoverPollEndpoint",
    "ecs:ListTaskDefinitions",
    "ec2:Describe*",
    "elasticloadbalancing:Describe*",
    "cloudwatch:PutMetricData",
    "cloudwatch:GetMetricData",
    "logs:CreateLogDelivery",
    "logs:*LogDelivery",
    "secretsmanager:ListSecrets",
    "secretsmanager:BatchGetSecretValue",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "sts:GetCallerIdentity",
    "tag:GetResources",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""Actions without resource types in the Service Authorization Reference: the list of the policy
pack, which does not depend on the platform; a test compares them."""
_ENCRYPTED = "monitoring.webhooks."
"""Inputs that accept secret values, which Pulumi encrypts."""
_SEEMS = (
    "seems to be a secret. It is readable in AWS and in the state. Use an input for the ARN of a "
    "secret instead, such as `secrets`."
)
_OPTION = re.compile(r"-D([^=]+)=(.+)", re.DOTALL)


def warnings(settings: Settings) -> Iterator[str]:
    """Deprecated inputs, ranges without effect, texts in which a secret seems to be, without
    showing them, and permissions on everything."""
    yield from deprecations(settings)
    load_balancer = settings.load_balancer
    sixth = [block for block in load_balancer.allowed_cidrs or () if ":" in block]
    if sixth and not load_balancer.dual_stack:
        yield (
            f"load_balancer.allowed_cidrs contains {', '.join(sixth)}, from which no one can "
            "connect while load_balancer.ip_address_type is ipv4."
        )
    for index, template in enumerate(settings.agents):
        key = f"agents[{index}]"
        yield from _plain(f"{key}.environment", template.environment)
        for place, sidecar in enumerate(template.sidecars):
            yield from _plain(f"{key}.sidecars[{place}].environment", sidecar.environment)
        yield from _plain(f"{key}.java_options", _properties(template.java_options))
        yield from _everything(key, template.policy_statements)
    if settings.jenkins.job_identity:
        for index, role in enumerate(settings.jenkins.job_identity.roles):
            key = f"jenkins.job_identity.roles[{index}]"
            yield from _everything(key, role.policy_statements)
    controller = settings.controller
    yield from _plain("controller.environment", controller.environment)
    yield from _plain("controller.java_options", _properties(controller.java_options))
    for key, value in everything(settings):
        if isinstance(value, str) and contains_secret(value) and not key.startswith(_ENCRYPTED):
            yield f"{key} {_SEEMS}"


def _everything(key: str, statements: Sequence[PolicyStatement]) -> Iterator[str]:
    for index, statement in enumerate(statements):
        wide = [a for a in statement.actions if not _unscoped(a)]
        if wide and "*" in statement.resources and not statement.conditions:
            yield (
                f"{key}.policy_statements[{index}] allows {', '.join(wide)} on every resource. "
                "Name ARNs, unless the service has none for an action."
            )


def _unscoped(action: str) -> bool:
    return any(fnmatch.fnmatchcase(action, known) for known in UNSCOPED)


def _properties(options: tuple[str, ...]) -> dict[str, str]:
    return {m[1]: m[2] for option in options if (m := _OPTION.fullmatch(option))}


def _plain(key: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        named = names_secret(name) and not names_place_of_secret(name)
        # Other values in which a secret is recognizable are reported wherever they are.
        if value and named and not contains_secret(value):
            yield f"{key}.{name} {_SEEMS}"
