"""Inputs of authentication and authorization."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .realms import EntraArgs, GitHubSignInArgs, LdapArgs, OidcArgs, SamlArgs


class Role(str, Enum):
    """A named set of Jenkins permissions."""

    ADMIN = "admin"
    """``Overall/Administer``, which implies all permissions."""
    DEVELOPER = "developer"
    """View jobs and builds; start, cancel and replay builds; view workspaces."""
    VIEWER = "viewer"
    """View jobs and builds."""


class GrantArgs(TypedDict):
    """Permissions of a group or user: a role, permissions or both."""

    name: str
    """Name of the group or user as the identity provider reports it, at most 200 characters. The
    group ``authenticated`` contains all authenticated users."""
    role: NotRequired[Role]
    """A named set of permissions. Default: none."""
    permissions: NotRequired[list[str]]
    """Additional Jenkins permissions, such as ``Job/Configure``. Default: none."""


class LoadBalancerOidcArgs(TypedDict):
    """OpenID Connect at the load balancer: unauthenticated requests do not reach Jenkins. Requires
    HTTPS and a load balancer that can reach the provider over the internet.

    The client secret is read from Secrets Manager during the deployment, passed to the load
    balancer and stored encrypted in the Pulumi state."""

    issuer: str
    """HTTPS URL of the issuer, as in the provider's discovery document."""
    authorization_endpoint: str
    """HTTPS URL of the provider's authorization endpoint."""
    token_endpoint: str
    """HTTPS URL of the provider's token endpoint."""
    user_info_endpoint: str
    """HTTPS URL of the provider's user info endpoint."""
    client_id: pulumi.Input[str]
    """Client ID of the load balancer at the provider. Register ``https://``, the DNS name and
    ``/oauth2/idpresponse``, without ``load_balancer.path_prefix``, as the redirect URI."""
    client_secret_arn: pulumi.Input[str]
    """ARN of the client secret in Secrets Manager; ``<arn>:<key>::`` selects one key of a JSON
    secret. The deploying principal must be allowed to read it."""
    scopes: NotRequired[list[str]]
    """Scopes to request, including ``openid``, at most 20. Default: ``["openid"]``."""
    session_timeout_seconds: NotRequired[int]
    """Session duration in seconds, 60 to 604800. Default: ``43200``."""
    paths: NotRequired[list[str]]
    """Paths that require authentication, with ``*`` and ``?`` as wildcards, at most 60. Like
    ``bypass_paths`` without ``load_balancer.path_prefix``. Default: none, all paths."""
    bypass_paths: NotRequired[list[str]]
    """Paths that do not require authentication at the load balancer, at most 60. Jenkins still
    checks permissions. Default: the webhooks of GitHub, GitLab, Bitbucket and generic webhooks, the
    agent endpoints and the health check."""
    bypass_path_cidrs: NotRequired[list[str]]
    """Address ranges from which ``bypass_paths`` applies, as the load balancer sees the clients, at
    most 30: those of agents and of webhooks. Every two ranges, or one with an existing load
    balancer, need a listener rule for every three paths. Default: none, it applies to all clients.
    """
    bypass_api_cidrs: NotRequired[list[str]]
    """Address ranges from which ``bypass_api`` applies, as the load balancer sees the clients, at
    most 30. Default: none, it applies to all clients."""
    bypass_api: NotRequired[bool]
    """Whether requests with an ``Authorization: Basic`` or ``Bearer`` header bypass the load
    balancer's authentication, whatever the header contains: they reach Jenkins, which checks the
    credentials. Scripts with API tokens need it. Default: ``false``."""


class ItemRoleArgs(TypedDict):
    """A role on some jobs and folders: a role, permissions or both, for at least one group or
    user."""

    name: str
    """Name of the role, at most 200 characters."""
    pattern: str
    """Regular expression that full names of jobs and folders must match, such as
    ``team-a(/.*)?``, at most 500 characters."""
    role: NotRequired[Role]
    """``developer`` or ``viewer``, without ``Overall/Read``. Default: none."""
    permissions: NotRequired[list[str]]
    """Additional permissions on jobs, builds, views and credentials, such as ``Job/Configure``.
    Default: none."""
    groups: NotRequired[list[str]]
    """Names of groups, at most 200. Default: none."""
    users: NotRequired[list[str]]
    """Names of users, at most 200. Default: none."""


class RoleStrategyArgs(TypedDict):
    """Role-based authorization (plugin role-strategy) instead of the matrix. ``groups`` and
    ``users`` become global roles."""

    item_roles: NotRequired[list[ItemRoleArgs]]
    """Roles on some jobs and folders, at most 500. Default: none."""


class SignInArgs(TypedDict):
    """Authentication and authorization of users."""

    admin_user_name: NotRequired[str]
    """User name of the local administrator: a letter followed by letters, digits, ``.``, ``_`` and
    ``-``, at most 64 characters; not ``SYSTEM``, ``anonymous``, ``authenticated`` or ``unknown``,
    which Jenkins reserves. The generated password is in Secrets Manager;
    ``jenkins-platform rotate-password`` replaces it. With another realm the local administrator
    does not exist, except with ``oidc.escape_hatch``. Default: ``ecsuser``."""
    admin_password_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing secret in Secrets Manager with the local administrator's password;
    ``<arn>:<key>::`` selects one key of a JSON secret. Jenkins reads it when it starts. Its owner
    rotates it: ``jenkins-platform rotate-password`` is not available. Default: none, a password is
    generated and stored in a secret that is created."""
    oidc: NotRequired[OidcArgs]
    """OpenID Connect in Jenkins. At most one of ``oidc``, ``saml``, ``ldap``, ``github`` and
    ``entra`` can be set. Default: none, only the local administrator can sign in."""
    saml: NotRequired[SamlArgs]
    """SAML 2.0 in Jenkins. Default: none."""
    ldap: NotRequired[LdapArgs]
    """LDAP or Active Directory. Default: none."""
    github: NotRequired[GitHubSignInArgs]
    """GitHub. Default: none."""
    entra: NotRequired[EntraArgs]
    """Microsoft Entra ID. Default: none."""
    load_balancer_oidc: NotRequired[LoadBalancerOidcArgs]
    """OpenID Connect at the load balancer, in addition to authentication in Jenkins.
    Default: none."""
    groups: NotRequired[list[GrantArgs]]
    """Permissions of groups, at most 200. Default: with a realm such as ``oidc`` none, and an
    administrator is required; otherwise ``authenticated`` has the role ``developer``."""
    users: NotRequired[list[GrantArgs]]
    """Permissions of individual users, at most 200. Default: none."""
    project_based: NotRequired[bool]
    """Whether folders and jobs can grant additional permissions (project-based matrix
    authorization). Cannot be combined with ``role_strategy``. Default: ``false``."""
    role_strategy: NotRequired[RoleStrategyArgs]
    """Role-based authorization instead of the matrix; ``{}`` for global roles only.
    Default: none, the matrix."""
    plugin_permissions: NotRequired[list[str]]
    """Permissions of additional plugins that can be granted, such as ``Lockable Resources/Unlock``,
    at most 200. A permission that does not exist prevents Jenkins from starting. Default: none."""
