"""Existing resources that must be in the platform's own partition, region or account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..facts import regions
from ..facts.arn import Arn
from ..validation.base import everything
from ..validation.problems import Problem

if TYPE_CHECKING:
    from .. import Settings

_OF_REGION = re.compile(
    r"load_balancer\.((certificate|web_acl)\.existing|additional_certificate_arns\[\d+\])"
    r"|load_balancer\.existing\.listener_arn|agent_cloud\.cluster_arn"
    r"|sign_in\.load_balancer_oidc\.client_secret_arn"
    r"|(storage|backup)\.encryption_key\.existing"
    r"|monitoring\.(log_key|topic)\.existing"
    r"|images\.kms_key_arn"
    r"|images\.pull_through_caches\[\d+\]\.credential_arn"
    r"|(controller|agent_cloud)\.ephemeral_storage_key_arn"
    r"|webhooks\.\w+_secret_arn"
    r"|jenkins\.(github|gitlab|bitbucket)\.webhook_secret_arn"
)
"""Inputs whose services read nothing from other regions. ECS reads the secrets of containers from
any region (Amazon ECS API Reference, "Secret")."""
_OF_ACCOUNT = re.compile(
    r"load_balancer\.((certificate|web_acl)\.existing|additional_certificate_arns\[\d+\])"
    r"|load_balancer\.existing\.listener_arn|agent_cloud\.cluster_arn"
    r"|(.+\.)?(task|execution)_role_arn"
    r"|backup\.role_arn"
    r"|images\.pull_through_caches\[\d+\]\.credential_arn"
    r"|permissions_boundary_arn|(.+\.)?managed_policy_arns\[\d+\]"
)
"""Inputs that AWS does not accept from other accounts: a role can only be passed to a service in
its own account (IAM User Guide, "Grant a user permissions to pass a role to an AWS service")."""
_FIELD = re.compile(r"(arns?|existing|secrets|resources|push_repositories)(\[\d+\]|\.\w+)?$")
_ENDPOINT_REGION = re.compile(r"(?:cn\.)?com\.amazonaws\.(?:vpce\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.")


def elsewhere(settings: Settings, region: str, account: str = "") -> Iterator[Problem]:
    """Problems of existing resources that the platform cannot use; outputs are not compared.

    Args:
        settings: The settings.
        region: The platform's region.
        account: The platform's account, twelve digits. Default: accounts are not compared.
    """
    partition = regions.partition(region)
    copies = {
        "backup.copy_to": settings.backup.copy_to,
        "storage.replication": settings.storage.replication,
    }
    places = {f"{key}.encryption_key.existing": c.region for key, c in copies.items() if c}
    for key, text in _given(settings):
        arn = Arn.parse(text)
        needed = region if _OF_REGION.fullmatch(key) else places.get(key, arn.region)
        if arn.partition != partition:
            yield Problem(
                key,
                text,
                f"is in the partition {arn.partition}, but {region} is in {partition}: name a "
                "resource there",
            )
        elif arn.region != needed:
            owner = "the platform is" if needed == region else "the copy is"
            message = f"is in {arn.region}, but {owner} in {needed}: name a resource there"
            yield Problem(key, text, message)
        elif account and _OF_ACCOUNT.fullmatch(key) and arn.account not in (account, "aws"):
            yield Problem(
                key,
                text,
                f"is in the account {arn.account}, but the platform is in {account}: name a "
                "resource there",
            )
    network = settings.network
    for index, zone in enumerate(network.availability_zones):
        if not zone.startswith(region):
            yield Problem(
                f"network.availability_zones[{index}]", zone, f"is not a zone of {region}"
            )
    for index, service in enumerate(network.endpoint_services):
        found = re.match(
            r"(?:cn\.)?com\.amazonaws\.(?:vpce\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.", service
        )
        if found and found[1] != region:
            key = f"network.endpoint_services[{index}]"
            yield Problem(
                key, service, f"is a service of {found[1]}, but the platform is in {region}"
            )
    for key, copy in copies.items():
        if copy and regions.partition(copy.region) != partition:
            message = f"is not in the partition of {region}, {partition}: AWS copies only within it"
            yield Problem(f"{key}.region", copy.region, message)


def _given(settings: Settings) -> Iterator[tuple[str, str]]:
    """The ARNs in the settings, each with its key."""
    for key, value in everything(settings):
        if isinstance(value, str) and value.startswith("arn:") and _FIELD.search(key):
            yield key, value
