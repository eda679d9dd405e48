"""Settings of the public endpoint for webhooks."""

from __future__ import annotations

from .validation.arns import SecretArn
from .validation.base import Group, OutputOr, setting


class WebhooksSettings(Group):
    """See `WebhooksArgs`."""

    github_secret_arn: OutputOr[SecretArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )
    gitlab_secret_arn: OutputOr[SecretArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )
    bitbucket_secret_arn: OutputOr[SecretArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )
    wake: bool = setting(False, valid="true or false")
    max_concurrency: int | None = setting(None, valid="1 to 1000 requests", ge=1, le=1000)
