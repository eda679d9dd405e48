"""Inputs of the AWS identity of jobs."""

from typing import NotRequired, TypedDict

import pulumi

from .agents import PolicyStatementArgs


class JobRoleArgs(TypedDict):
    """An IAM role that builds of some jobs can assume with their own identity, whichever agent they
    run on."""

    name: str
    """Name of the role: 1 to 20 lowercase letters, digits and hyphens, starting with a letter."""
    jobs: list[str]
    """Full names of 1 to 50 jobs, such as ``acme/web/main`` for the branch ``main`` of a
    multibranch project, or ``acme/web/*`` for every job in a folder. ``*`` is only valid at the
    end, after a slash. Jobs in folders that build pull requests are included."""
    policy_statements: list[PolicyStatementArgs]
    """Permissions of the role, 1 to 20 statements."""
    managed_policy_arns: NotRequired[list[pulumi.Input[str]]]
    """ARNs of up to 20 IAM managed policies, of AWS or of your account, that the role also has.
    More than 10 need a higher quota. Default: none."""


class JobIdentityArgs(TypedDict):
    """An OpenID Connect provider in IAM for the builds of this Jenkins: a pipeline exchanges a
    token that names its job for credentials of a role (plugin oidc-provider). AWS reads the public
    keys from a Lambda function and does not connect to Jenkins."""

    roles: list[JobRoleArgs]
    """Roles to create, 1 to 100."""
