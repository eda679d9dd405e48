"""How people sign in, and what they may do then."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class Role(str, Enum):
    """A named list of permissions."""

    ADMIN = "admin"
    """``Overall/Administer``: everything."""
    DEVELOPER = "developer"
    """See jobs and builds; start, cancel and replay builds; look into workspaces."""
    VIEWER = "viewer"
    """See jobs and builds."""


class GrantArgs(TypedDict):
    """What one group or one user may do: a role, permissions, or both."""

    name: str
    """Name of the group or user, as the identity provider tells it. The group ``authenticated`` is
    everybody who has signed in."""
    role: NotRequired[Role]
    """A named list of permissions. Default: none."""
    permissions: NotRequired[list[str]]
    """Further permissions in Jenkins's words, such as ``Job/Configure``. Default: none."""


class OidcArgs(TypedDict):
    """Sign-in by OpenID Connect in Jenkins itself (plugin oic-auth), which needs HTTPS."""

    well_known_url: str
    """HTTPS address of the provider's discovery document; it ends with
    ``/.well-known/openid-configuration``."""
    client_id: pulumi.Input[str]
    """Client id that the provider gave to Jenkins. The redirect address to register there is the
    platform's ``url`` with ``securityRealm/finishLogin`` at its end."""
    client_secret_arn: pulumi.Input[str]
    """ARN of the secret with the client secret, in Secrets Manager or SSM Parameter Store; for one
    key of a JSON secret ``<arn>:<key>::``."""
    scopes: NotRequired[list[str]]
    """Scopes to ask for. Default ``openid``, ``profile``, ``email``; many providers need one more
    for groups, such as ``groups``."""
    user_name_claim: NotRequired[str]
    """Claim with the user name: a name such as ``cognito:username``, or a path. Default
    ``preferred_username``."""
    groups_claim: NotRequired[str]
    """Claim with the user's groups: a name such as ``cognito:groups``, or a path such as
    ``realm_access.roles``. Default ``groups``."""
    full_name_claim: NotRequired[str]
    """Claim with the name to show. Default ``name``."""
    email_claim: NotRequired[str]
    """Claim with the mail address. Default ``email``."""
    pkce: NotRequired[bool]
    """Whether the login is bound to the browser that started it (PKCE). Default true."""
    nonce: NotRequired[bool]
    """Whether a token must hold the nonce of its login. Default true."""
    logout_from_provider: NotRequired[bool]
    """Whether signing out of Jenkins also signs out of the provider. Default true."""
    api_tokens_outlive_session: NotRequired[bool]
    """Whether a user's API tokens work while nobody is signed in as that user. Default true:
    scripts have no session. A person who leaves must then lose their tokens in Jenkins too."""
    escape_hatch: NotRequired[bool]
    """Whether the local administrator can still sign in when the provider is out of order, with
    the generated password. Default false."""


class LoadBalancerOidcArgs(TypedDict):
    """OpenID Connect at the load balancer: nobody gets as far as Jenkins without signing in. It
    needs HTTPS, and a load balancer that can reach the provider over the internet.

    The load balancer wants the client secret itself: it is read from Secrets Manager when the
    stack is deployed, and is in Pulumi's state, encrypted."""

    issuer: str
    """The provider's issuer, as in its discovery document: an HTTPS address."""
    authorization_endpoint: str
    """HTTPS address of the provider's authorization endpoint."""
    token_endpoint: str
    """HTTPS address of the provider's token endpoint."""
    user_info_endpoint: str
    """HTTPS address of the provider's user info endpoint."""
    client_id: pulumi.Input[str]
    """Client id that the provider gave to the load balancer. The redirect address to register
    there is the platform's ``url`` with ``oauth2/idpresponse`` at its end."""
    client_secret_arn: pulumi.Input[str]
    """ARN of the secret with the client secret, in Secrets Manager; for one key of a JSON secret
    ``<arn>:<key>::``. Whoever deploys must be allowed to read it."""
    scopes: NotRequired[list[str]]
    """Scopes to ask for. Default ``openid``."""
    session_timeout_seconds: NotRequired[int]
    """Seconds until people have to sign in again, 60 to 604800. Default 43200 (12 hours)."""
    paths: NotRequired[list[str]]
    """Paths that are guarded, with ``*`` and ``?`` as wildcards. Default: all."""
    bypass_paths: NotRequired[list[str]]
    """Paths that are not guarded. Jenkins still decides who may do what there. Default: webhooks
    of GitHub, GitLab, Bitbucket and generic ones, what agents connect to, and the health check."""
    bypass_api: NotRequired[bool]
    """Whether requests that bring credentials of their own (an ``Authorization`` header with an
    API token) go to Jenkins, which checks them. Default true."""


class SignInArgs(TypedDict):
    """How people sign in, and what they may do then."""

    admin_user_name: NotRequired[str]
    """User name of the local administrator: a letter, then letters, digits, ``.``, ``_``, ``-``,
    64 characters at the most. Default ``ecsuser``. The password is generated and kept in
    Secrets Manager; ``jenkins-platform rotate-password`` makes a new one. With ``oidc`` the local
    administrator exists only as its escape hatch."""
    oidc: NotRequired[OidcArgs]
    """Sign-in by OpenID Connect. Default: only the local administrator can sign in."""
    load_balancer_oidc: NotRequired[LoadBalancerOidcArgs]
    """OpenID Connect at the load balancer, in front of Jenkins's own sign-in. Default: none."""
    groups: NotRequired[list[GrantArgs]]
    """What groups may do. Default: with ``oidc`` nothing, so that at least one administrator must
    be named; otherwise ``authenticated`` has the role ``developer``."""
    users: NotRequired[list[GrantArgs]]
    """What single users may do. Default: nothing."""
    project_based: NotRequired[bool]
    """Whether folders and jobs may give further permissions of their own (project-based matrix).
    Default false."""
    plugin_permissions: NotRequired[list[str]]
    """Permissions that plugins of yours bring, such as ``Lockable Resources/Unlock``, so that
    they can be given. One that does not exist stops Jenkins at its start. Default: none."""
