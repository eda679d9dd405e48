"""Inputs of the public endpoint for webhooks."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class WebhooksArgs(TypedDict):
    """A public HTTPS endpoint that accepts only webhooks with a valid signature, so that Jenkins
    itself can be private. It is a Lambda function URL; webhooks wait in a queue while Jenkins
    sleeps or restarts. At least one secret is required, here or in ``jenkins.github``,
    ``gitlab`` or ``bitbucket``."""

    github_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of the secret that GitHub signs webhooks with, in Secrets Manager or SSM Parameter Store.
    Default: that of ``jenkins.github``; without both, webhooks of GitHub are rejected."""
    gitlab_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of the secret with the token that GitLab sends. The token is not passed on to Jenkins.
    Default: that of ``jenkins.gitlab``; without both, webhooks of GitLab are rejected."""
    bitbucket_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of the secret that Bitbucket signs webhooks with. Default: that of ``jenkins.bitbucket``;
    without both, webhooks of Bitbucket are rejected."""
    wake: NotRequired[bool]
    """Whether a webhook wakes Jenkins while it sleeps. Only valid with ``schedule``.
    Default: ``false``, webhooks wait until it is awake."""
    max_concurrency: NotRequired[int]
    """Number of requests that are handled at the same time, 1 to 1000; further ones are answered
    with status 429. It is reserved from the account's Lambda concurrency, of which 100 must remain.
    Default: none, no limit but the account's."""
