"""What is valid and probably a mistake."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from ...inputs import VaultLockMode
from ..endpoint_services import unreachable_images
from ..validation.base import everything
from ..validation.deprecated import deprecations
from ..validation.secret_names import contains_secret, names_place_of_secret, names_secret
from .without_effect import without_effect

if TYPE_CHECKING:
    from .. import Settings
    from ..agents.containers import PolicyStatement

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
_ADMINISTRATION = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
_POLICIES_WITHOUT_QUOTA = 10
_ENCRYPTED = "monitoring.webhooks."
"""Inputs that accept secret values, which Pulumi encrypts."""
_SEEMS = (
    "seems to be a secret. It is readable in AWS and in the state. Use an input for the ARN of a "
    "secret instead, such as `secrets`."
)
_DOCKER_DAEMON = re.compile(r"(.*/)?docker:([\w.-]*-)?dind(-[\w.-]*)?(@.*)?")
_OPTION = re.compile(r"-D([^=]+)=(.+)", re.DOTALL)


def warnings(settings: Settings) -> Iterator[str]:
    """Deprecated inputs, inputs without effect, choices that users should know the price of, texts
    in which a secret seems to be, without showing them, and permissions on everything."""
    yield from deprecations(settings)
    yield from without_effect(settings)
    yield from _choices(settings)
    load_balancer = settings.load_balancer
    sixth = [block for block in load_balancer.allowed_cidrs or () if ":" in block]
    if sixth and not load_balancer.dual_stack:
        yield (
            f"load_balancer.allowed_cidrs contains {', '.join(sixth)}, from which no one can "
            "connect while load_balancer.ip_address_type is ipv4."
        )
    if load_balancer.dual_stack and load_balancer.limits_to_ipv4:
        yield (
            "load_balancer.ip_address_type is dualstack, but load_balancer.allowed_cidrs contains "
            "no IPv6 range, so that no one can connect over IPv6."
        )
    for key, value in everything(settings):
        # Variables may have the names of inputs, but their values are texts.
        name = key.rpartition(".")[2]
        if isinstance(value, str):
            if contains_secret(value) and not key.startswith(_ENCRYPTED):
                yield f"{key} {_SEEMS}"
        elif name == "environment":
            yield from _plain(key, cast("Mapping[str, str]", value))
        elif name == "java_options":
            yield from _plain(key, _properties(cast("tuple[str, ...]", value)))
        elif name == "managed_policy_arns":
            yield from _managed(key, cast("Sequence[object]", value))
        elif name == "policy_statements":
            yield from _everything(key, cast("Sequence[PolicyStatement]", value))


def _choices(settings: Settings) -> Iterator[str]:
    """Choices that have a price."""
    if not settings.load_balancer.has_tls:
        yield (
            "load_balancer has no certificate: users reach Jenkins over plain HTTP, inside the "
            "network only, and passwords are not encrypted. Set domain_name and zone_id, or use an "
            "existing certificate."
        )
    if settings.sign_in.groups_without_scope:
        yield (
            "sign_in.oidc.scopes has no scope for groups, and some providers report groups only if "
            "they are asked to, so that sign_in.groups has no effect. Add the provider's scope, "
            "often groups, if it needs one."
        )
    lock = settings.backup.lock
    if lock and lock.mode is VaultLockMode.COMPLIANCE:
        yield (
            f"backup.lock is final {lock.changeable_for_days} days after its creation. Then no "
            "one, not even the root user or AWS, can shorten or remove it, or delete a recovery "
            "point before its retention ends; you pay for all until then."
        )
    for index, template in enumerate(settings.agents):
        for place, sidecar in enumerate(template.sidecars):
            if isinstance(sidecar.image, str) and _DOCKER_DAEMON.fullmatch(sidecar.image):
                yield (
                    f"agents[{index}].sidecars[{place}].image: '{sidecar.image}' is a Docker "
                    "daemon, which does not start in a sidecar, because it is not privileged. "
                    "Build images with platform_image kaniko, or set capacity instances and docker."
                )
    for key, image in unreachable_images(settings):
        yield (
            f"{key}: '{image}' is not in ECR. With network.nat 'none' tasks reach no other "
            "registry, unless network.endpoint_services connects to it."
        )


def _everything(key: str, statements: Sequence[PolicyStatement]) -> Iterator[str]:
    for index, statement in enumerate(statements):
        wide = [a for a in statement.actions if not _unscoped(a)]
        if wide and "*" in statement.resources and not statement.conditions:
            yield (
                f"{key}[{index}] allows {', '.join(wide)} on every resource. "
                "Name ARNs, unless the service has none for an action."
            )


def _managed(key: str, arns: Sequence[object]) -> Iterator[str]:
    for index, arn in enumerate(arns):
        name = arn.rpartition("/")[2] if isinstance(arn, str) else ""
        if name in _ADMINISTRATION:
            yield (
                f"{key}[{index}]: {name} lets every build change almost everything in the account. "
                "Allow what the builds need."
            )
    if len(arns) > _POLICIES_WITHOUT_QUOTA:
        yield (
            f"{key}: {len(arns)} managed policies need a higher quota of IAM than "
            f"{_POLICIES_WITHOUT_QUOTA} per role."
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
