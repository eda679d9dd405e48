"""Inputs of the source code on Bitbucket."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class BitbucketArgs(TypedDict):
    """Workspaces of Bitbucket Cloud, or projects of Bitbucket Data Center. Each becomes an
    organization folder that builds every repository with a Jenkinsfile. One token gives access to
    all of them: the credentials ``bitbucket`` and, for Git over HTTPS, ``bitbucket-git``, which
    libraries from them use too."""

    token_secret_arn: pulumi.Input[str]
    """ARN of the secret with the token, in Secrets Manager or SSM Parameter Store: an access token
    of a workspace or project, or with ``user_name`` a token of that user."""
    workspaces: list[str]
    """IDs of 1 to 50 workspaces; with ``url`` keys of projects, or ``~`` and the name of a user."""
    user_name: NotRequired[str]
    """Owner of the token: in Bitbucket Cloud the email address of the Atlassian account that the
    API token belongs to, in Bitbucket Data Center the name of the user. Default: none, an access
    token without a user."""
    url: NotRequired[str]
    """HTTPS URL of Bitbucket Data Center, such as ``https://bitbucket.example.com``, without a
    trailing slash. Default: none, Bitbucket Cloud."""
    webhook_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of the secret that Bitbucket signs webhooks with, in Secrets Manager or SSM Parameter
    Store. With it Jenkins rejects webhooks without a valid signature. Default: none, Jenkins does
    not verify them."""
    create_webhooks: NotRequired[bool]
    """Whether Jenkins creates a webhook in every repository. Requires ``webhook_secret_arn``,
    cannot be combined with ``webhooks``. Default: ``false``."""
