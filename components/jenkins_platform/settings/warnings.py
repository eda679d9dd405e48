"""What is valid and probably a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .deprecated import deprecations
from .secret_names import names_place_of_secret, names_secret

if TYPE_CHECKING:
    from . import Settings
    from .containers import PolicyStatement

_WITHOUT_RESOURCES = (
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "secretsmanager:ListSecrets",
    "sts:GetCallerIdentity",
)
"""Frequent actions for which IAM accepts only ``*`` (Service Authorization Reference)."""
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
    yield from _plain("controller.java_options", _properties(settings.controller.java_options))


def _everything(key: str, statements: Sequence[PolicyStatement]) -> Iterator[str]:
    for index, statement in enumerate(statements):
        wide = [action for action in statement.actions if action not in _WITHOUT_RESOURCES]
        if wide and "*" in statement.resources:
            yield (
                f"{key}.policy_statements[{index}] allows {', '.join(wide)} on every resource. "
                "Name ARNs, unless the service has none for an action."
            )


def _properties(options: tuple[str, ...]) -> dict[str, str]:
    return {m[1]: m[2] for option in options if (m := _OPTION.fullmatch(option))}


def _plain(key: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if value and names_secret(name) and not names_place_of_secret(name):
            yield (
                f"{key}.{name} seems to be a secret. It is readable in the task definition and in "
                "the state. Use `secrets` with an ARN instead."
            )
