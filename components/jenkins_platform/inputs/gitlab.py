"""Inputs of the source code on GitLab."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class GitLabArgs(TypedDict):
    """Groups on GitLab. Each becomes an organization folder that builds every project of the group
    and its subgroups that has a Jenkinsfile. One access token gives access to all of them: the
    credential ``gitlab``, which libraries from these groups use too."""

    token_secret_arn: pulumi.Input[str]
    """ARN of the secret with an access token of a user or a group, with the scope ``api``, in
    Secrets Manager or SSM Parameter Store."""
    groups: list[str]
    """Paths of 1 to 50 groups or users, such as ``acme`` or ``acme/platform``."""
    url: NotRequired[str]
    """HTTPS URL of your own GitLab server, without a path. Default: none, gitlab.com."""
    webhook_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of the secret with the token that GitLab sends with webhooks, in Secrets Manager or SSM
    Parameter Store. With it Jenkins, or the endpoint of ``webhooks``, rejects webhooks without the
    token. Default: none, Jenkins does not verify them."""
    create_webhooks: NotRequired[bool]
    """Whether Jenkins creates a webhook in every project. Requires ``webhook_secret_arn``, cannot
    be combined with ``webhooks``. Default: ``false``."""
