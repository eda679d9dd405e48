"""Inputs of the source code on GitHub."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class GitHubArgs(TypedDict):
    """Organizations on GitHub, which a GitHub App gives access to. Each becomes an organization
    folder that builds every repository with a Jenkinsfile, and a credential
    ``github-<organization>``, which libraries from it use too."""

    app_id: str
    """ID of the GitHub App, from its settings page: digits."""
    private_key_secret_arn: pulumi.Input[str]
    """ARN of the secret with the app's private key as PEM in PKCS #8 format, in Secrets Manager or
    SSM Parameter Store."""
    organizations: list[str]
    """Names of 1 to 50 organizations or users in which the app is installed."""
    api_url: NotRequired[str]
    """API URL of a GitHub Enterprise Server, such as ``https://github.example.com/api/v3``.
    Default: none, github.com."""
    webhook_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of the secret that the app signs its webhooks with, in Secrets Manager or SSM Parameter
    Store. With it Jenkins rejects webhooks without a valid signature. Default: none, Jenkins does
    not verify them."""
