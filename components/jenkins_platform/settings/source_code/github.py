"""Settings of the source code on GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

import pulumi

from ..validation.arns import SecretArn
from ..validation.base import Group, OutputOr, Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import HttpsUrl, matching
from . import path_on

ORGANIZATION_VALID = "a name of up to 39 letters, digits, '-' and '_', such as acme"
Organization = Annotated[
    str, matching(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,37}[A-Za-z0-9_])?", ORGANIZATION_VALID)
]


class GitHubSettings(Group):
    """See `GitHubArgs`."""

    app_id: Annotated[str, matching(r"\d{1,20}", "digits, in quotes")] = setting(
        valid="the ID of a GitHub App"
    )
    private_key_secret_arn: OutputOr[SecretArn] = setting(valid="the ARN of a secret", hidden=True)
    organizations: tuple[Organization, ...] = setting(
        valid="1 to 50 organizations", min_length=1, max_length=50
    )
    api_url: HttpsUrl | None = setting(None, valid="an HTTPS URL")
    webhook_secret_arn: OutputOr[SecretArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of organizations that are listed more than once; GitHub ignores case."""
        yield from no_duplicates(f"{key}.organizations", self.organizations, same=str.lower)

    @property
    def folders(self) -> list[tuple[str, str]]:
        """Names of the folders in Jenkins, each with its organization."""
        return [(organization, organization) for organization in self.organizations]

    @property
    def secret_arns(self) -> list[str | pulumi.Output[str]]:
        """ARNs of the secrets that the controller reads."""
        webhook = self.webhook_secret_arn
        return [self.private_key_secret_arn, *([] if webhook is None else [webhook])]

    def credentials_id(self, remote: str) -> str | None:
        """ID of the credential for an HTTPS URL of a repository; None for other repositories."""
        path = path_on(urlsplit(self.api_url).netloc if self.api_url else "github.com", remote)
        owner = (path or "").partition("/")[0]
        known = {organization.lower() for organization in self.organizations}
        return credentials_id(owner) if owner in known else None


def credentials_id(organization: str) -> str:
    """ID of the Jenkins credential for an organization."""
    return f"github-{organization.lower()}"
