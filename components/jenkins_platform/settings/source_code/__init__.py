"""What the settings of GitHub, GitLab and Bitbucket have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

import pulumi

from ..validation.arns import SecretArn
from ..validation.base import Group, OutputOr, Problem, setting
from ..validation.values import matching

HostKey = Annotated[
    str,
    matching(
        r"[^\s#@|]\S* (ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,}={0,2}",
        "a line of a known_hosts file without a comment: host, type of key, key",
    ),
]


class TokenSource(Group):
    """A server to which one token gives access, and whose webhooks Jenkins can create."""

    token_secret_arn: OutputOr[SecretArn] = setting(valid="the ARN of a secret", hidden=True)
    webhook_secret_arn: OutputOr[SecretArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )
    create_webhooks: bool = setting(False, valid="true or false")

    def rules(self, key: str) -> Iterator[Problem]:
        """The problem of webhooks that anyone could send."""
        if self.create_webhooks and self.webhook_secret_arn is None:
            yield Problem(f"{key}.create_webhooks", True, "requires webhook_secret_arn")

    @property
    def secret_arns(self) -> list[str | pulumi.Output[str]]:
        """ARNs of the secrets that the controller reads."""
        webhook = self.webhook_secret_arn
        return [self.token_secret_arn, *([] if webhook is None else [webhook])]


def path_on(host: str, remote: str) -> str | None:
    """Path of a repository with an HTTPS URL on a host, in lowercase; None for other repositories.

    Args:
        host: Host name, and port if it has one.
        remote: URL of the repository.
    """
    url = urlsplit(remote)
    if url.scheme != "https" or url.netloc.lower() != host.lower():
        return None
    return url.path.strip("/").lower()
