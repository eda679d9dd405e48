"""Inputs of authentication and authorization."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


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


class OidcArgs(TypedDict):
    """OpenID Connect in Jenkins (plugin oic-auth). Requires HTTPS."""

    well_known_url: str
    """HTTPS URL of the provider's discovery document, ending with
    ``/.well-known/openid-configuration``."""
    client_id: pulumi.Input[str]
    """Client ID of Jenkins at the provider. Register the platform's output ``url`` followed by
    ``securityRealm/finishLogin`` as the redirect URI."""
    client_secret_arn: pulumi.Input[str]
    """ARN of the client secret in Secrets Manager or SSM Parameter Store; ``<arn>:<key>::`` selects
    one key of a JSON secret."""
    scopes: NotRequired[list[str]]
    """Scopes to request, including ``openid``, at most 20. Many providers require an additional
    scope for groups, such as ``groups``. Default: ``["openid", "profile", "email"]``."""
    user_name_claim: NotRequired[str]
    """Claim with the user name, a name such as ``cognito:username`` or a path.
    Default: ``preferred_username``."""
    groups_claim: NotRequired[str]
    """Claim with the user's groups, a name such as ``cognito:groups`` or a path such as
    ``realm_access.roles``. Default: ``groups``."""
    full_name_claim: NotRequired[str]
    """Claim with the user's full name. Default: ``name``."""
    email_claim: NotRequired[str]
    """Claim with the user's email address. Default: ``email``."""
    pkce: NotRequired[bool]
    """Whether to use Proof Key for Code Exchange (PKCE). Default: ``true``."""
    nonce: NotRequired[bool]
    """Whether to verify the nonce of ID tokens. Default: ``true``."""
    logout_from_provider: NotRequired[bool]
    """Whether signing out of Jenkins also signs out of the provider. Default: ``true``."""
    api_tokens_outlive_session: NotRequired[bool]
    """Whether a user's API tokens are valid while the user has no session. If so, the tokens of
    former users must be revoked in Jenkins. Default: ``true``."""
    escape_hatch: NotRequired[bool]
    """Whether the local administrator can sign in with the generated password, for example while
    the provider is unavailable. Default: ``false``."""


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
    """Client ID of the load balancer at the provider. Register the platform's output ``url``
    followed by ``oauth2/idpresponse`` as the redirect URI."""
    client_secret_arn: pulumi.Input[str]
    """ARN of the client secret in Secrets Manager; ``<arn>:<key>::`` selects one key of a JSON
    secret. The deploying principal must be allowed to read it."""
    scopes: NotRequired[list[str]]
    """Scopes to request, including ``openid``, at most 20. Default: ``["openid"]``."""
    session_timeout_seconds: NotRequired[int]
    """Session duration in seconds, 60 to 604800. Default: ``43200``."""
    paths: NotRequired[list[str]]
    """Paths that require authentication, with ``*`` and ``?`` as wildcards, at most 60.
    Default: none, all paths."""
    bypass_paths: NotRequired[list[str]]
    """Paths that do not require authentication at the load balancer, at most 60. Jenkins still
    checks permissions. Default: the webhooks of GitHub, GitLab, Bitbucket and generic webhooks, the
    agent endpoints and the health check."""
    bypass_api_cidrs: NotRequired[list[str]]
    """Address ranges from which ``bypass_api`` applies, as the load balancer sees the clients, at
    most 30. Default: none, it applies to all clients."""
    bypass_api: NotRequired[bool]
    """Whether requests with an ``Authorization: Basic`` or ``Bearer`` header bypass the load
    balancer's authentication, whatever the header contains: they reach Jenkins, which checks the
    credentials. Scripts with API tokens need it. Default: ``false``."""


class SignInArgs(TypedDict):
    """Authentication and authorization of users."""

    admin_user_name: NotRequired[str]
    """User name of the local administrator: a letter followed by letters, digits, ``.``, ``_`` and
    ``-``, at most 64 characters; not ``SYSTEM``, ``anonymous``, ``authenticated`` or ``unknown``,
    which Jenkins reserves. The generated password is in Secrets Manager;
    ``jenkins-platform rotate-password`` replaces it. With ``oidc`` the local administrator exists
    only if ``escape_hatch`` is true. Default: ``ecsuser``."""
    oidc: NotRequired[OidcArgs]
    """OpenID Connect in Jenkins. Default: none, only the local administrator can sign in."""
    load_balancer_oidc: NotRequired[LoadBalancerOidcArgs]
    """OpenID Connect at the load balancer, in addition to authentication in Jenkins.
    Default: none."""
    groups: NotRequired[list[GrantArgs]]
    """Permissions of groups, at most 200. Default: with ``oidc`` none, and an administrator is
    required; otherwise ``authenticated`` has the role ``developer``."""
    users: NotRequired[list[GrantArgs]]
    """Permissions of individual users, at most 200. Default: none."""
    project_based: NotRequired[bool]
    """Whether folders and jobs can grant additional permissions (project-based matrix
    authorization). Default: ``false``."""
    plugin_permissions: NotRequired[list[str]]
    """Permissions of additional plugins that can be granted, such as ``Lockable Resources/Unlock``,
    at most 200. A permission that does not exist prevents Jenkins from starting. Default: none."""
