"""Inputs of the realms that authenticate users."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class RequiredClaimArgs(TypedDict):
    """A claim that users must have to sign in."""

    name: str
    """Name of the claim, or a path such as ``department.name``."""
    value: str
    """Value that the claim must have."""


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
    post_logout_redirect_url: NotRequired[str]
    """HTTPS URL to which the provider redirects after signing out, as registered at the provider.
    Only valid with ``logout_from_provider``. Default: none, the page of the provider."""
    login_parameters: NotRequired[dict[str, str]]
    """Additional query parameters of the authorization request by name, such as
    ``{"prompt": "login"}``, at most 20. Not valid for parameters that the plugin sets.
    Default: none."""
    logout_parameters: NotRequired[dict[str, str]]
    """Additional query parameters of the logout request by name, at most 20. Only valid with
    ``logout_from_provider``. Default: none."""
    required_claim: NotRequired[RequiredClaimArgs]
    """Claim that the ID token of users must have. Default: none, every user of the provider can
    sign in."""
    send_scopes_in_token_request: NotRequired[bool]
    """Whether token requests include the scopes, which some providers require.
    Default: ``false``."""
    check_token_expiration: NotRequired[bool]
    """Whether a session ends when its token expires and cannot be refreshed. Default: ``true``."""
    clock_skew_seconds: NotRequired[int]
    """Tolerance in seconds for the expiration of tokens, 0 to 600.
    Default: none, that of the plugin."""
    api_tokens_outlive_session: NotRequired[bool]
    """Whether a user's API tokens are valid while the user has no session. If so, the tokens of
    former users must be revoked in Jenkins. Default: ``true``."""
    escape_hatch: NotRequired[bool]
    """Whether the local administrator can sign in with the generated password, for example while
    the provider is unavailable. Default: ``false``."""


class SamlBinding(str, Enum):
    """How authentication requests reach the identity provider."""

    HTTP_REDIRECT = "http-redirect"
    """HTTP-Redirect: in the URL."""
    HTTP_POST = "http-post"
    """HTTP-POST: in a form."""


class UserNameCase(str, Enum):
    """Conversion of user names."""

    NONE = "none"
    """None."""
    LOWERCASE = "lowercase"
    """To lowercase."""
    UPPERCASE = "uppercase"
    """To uppercase."""


class SamlArgs(TypedDict):
    """SAML 2.0 in Jenkins (plugin saml). Requires HTTPS. Register the platform's output ``url``
    followed by ``securityRealm/finishLogin`` as the assertion consumer service URL and entity ID;
    Jenkins publishes its metadata under ``securityRealm/metadata``. Exactly one of ``metadata_url``
    and ``metadata_xml`` is required."""

    metadata_url: NotRequired[str]
    """HTTPS URL of the identity provider's metadata. Default: none."""
    metadata_xml: NotRequired[str]
    """The identity provider's metadata as XML text, at most 200000 characters. Default: none."""
    metadata_refresh_minutes: NotRequired[int]
    """Interval in minutes at which the metadata is downloaded again, 1 to 10080. Only valid with
    ``metadata_url``. Default: ``1440``."""
    binding: NotRequired[SamlBinding]
    """How authentication requests reach the identity provider. Default: ``http-redirect``."""
    user_name_attribute: NotRequired[str]
    """Attribute with the user name. Default: none, the name ID."""
    user_name_case: NotRequired[UserNameCase]
    """Conversion of user names. Default: ``none``."""
    full_name_attribute: NotRequired[str]
    """Attribute with the user's full name.
    Default: ``http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name``."""
    email_attribute: NotRequired[str]
    """Attribute with the user's email address. Default: none."""
    groups_attribute: NotRequired[str]
    """Attribute with the user's groups.
    Default: ``http://schemas.xmlsoap.org/claims/Group``."""
    max_authentication_age_seconds: NotRequired[int]
    """Maximum age in seconds of the sign-in at the identity provider, 60 to 31536000. It must be at
    least the session duration there. Default: ``86400``."""
    logout_url: NotRequired[str]
    """HTTPS URL to which users are redirected after signing out of Jenkins. Default: none."""
    entity_id: NotRequired[str]
    """Entity ID of Jenkins. Default: none, the assertion consumer service URL."""
    force_authentication: NotRequired[bool]
    """Whether users must sign in again at the identity provider although they have a session there.
    Default: ``false``."""
    authentication_context: NotRequired[str]
    """URI of the authentication context class to request. Default: none."""


class LdapArgs(TypedDict):
    """LDAP or Active Directory (plugin ldap). Requires HTTPS, because users enter their password
    in Jenkins, and LDAP over TLS."""

    server_url: str
    """URL of the server, ``ldaps://host`` with an optional port; or several with a space between
    them, which are tried in this order."""
    root_dn: str
    """Root DN of the directory, such as ``dc=example,dc=com``."""
    bind_dn: NotRequired[str]
    """DN of the user that searches the directory. Default: none, an anonymous bind."""
    bind_password_secret_arn: NotRequired[pulumi.Input[str]]
    """ARN of that user's password in Secrets Manager or SSM Parameter Store; ``<arn>:<key>::``
    selects one key of a JSON secret. Required with ``bind_dn`` and only valid with it.
    Default: none."""
    user_search_base: NotRequired[str]
    """DN below which users are searched, relative to ``root_dn``. Default: none, ``root_dn``."""
    user_search_filter: NotRequired[str]
    """Filter that finds a user, with ``{0}`` for the user name; ``sAMAccountName={0}`` for Active
    Directory. Default: ``uid={0}``."""
    group_search_base: NotRequired[str]
    """DN below which groups are searched, relative to ``root_dn``. Default: none, ``root_dn``."""
    group_search_filter: NotRequired[str]
    """Filter that finds a group, with ``{0}`` for its name. Default: none, the usual object
    classes of groups."""
    group_membership_filter: NotRequired[str]
    """Filter that finds the groups of a user, with ``{0}`` for the user's DN and ``{1}`` for the
    user name. Cannot be combined with ``group_membership_attribute``. Default: none, the usual
    attributes of groups."""
    group_membership_attribute: NotRequired[str]
    """Attribute of users that lists their groups, such as ``memberOf``. Default: none, groups are
    searched."""
    full_name_attribute: NotRequired[str]
    """Attribute with the user's full name. Default: ``displayname``."""
    email_attribute: NotRequired[str]
    """Attribute with the user's email address. Default: ``mail``."""
    cache_seconds: NotRequired[int]
    """Seconds that users and groups are cached, 30 to 3600. Default: ``300``."""


class GitHubSignInArgs(TypedDict):
    """GitHub or GitHub Enterprise Server (plugin github-oauth). Requires HTTPS. The groups of a
    user are organizations, such as ``acme``, and teams, such as ``acme*platform``."""

    client_id: pulumi.Input[str]
    """Client ID of the OAuth app. Its callback URL is the platform's output ``url`` followed by
    ``securityRealm/finishLogin``."""
    client_secret_arn: pulumi.Input[str]
    """ARN of the client secret in Secrets Manager or SSM Parameter Store; ``<arn>:<key>::`` selects
    one key of a JSON secret."""
    web_url: NotRequired[str]
    """HTTPS URL of GitHub, without a trailing slash. Default: ``https://github.com``."""
    api_url: NotRequired[str]
    """HTTPS URL of the API. Default: none, ``https://api.github.com``, or ``web_url`` followed by
    ``/api/v3``."""
    scopes: NotRequired[list[str]]
    """OAuth scopes to request, 1 to 20. ``read:org`` is required for groups.
    Default: ``["read:org", "user:email"]``."""


class EntraCloud(str, Enum):
    """A Microsoft cloud."""

    AZURE = "azure"
    """The public cloud."""
    CHINA = "china"
    """Azure operated by 21Vianet."""
    US_GOVERNMENT_L4 = "us-government-l4"
    """Azure US Government, impact level 4."""
    US_GOVERNMENT_L5 = "us-government-l5"
    """Azure US Government, impact level 5 (DoD)."""


class EntraArgs(TypedDict):
    """Microsoft Entra ID, formerly Azure AD (plugin azure-ad). Requires HTTPS. Grant permissions to
    groups and users by object ID: display names are not unique."""

    tenant_id: str
    """ID of the tenant, a UUID."""
    client_id: pulumi.Input[str]
    """Application (client) ID of Jenkins. Register the platform's output ``url`` followed by
    ``securityRealm/finishLogin`` as a redirect URI of the platform type *Web*."""
    client_secret_arn: pulumi.Input[str]
    """ARN of the client secret in Secrets Manager or SSM Parameter Store; ``<arn>:<key>::`` selects
    one key of a JSON secret."""
    cloud: NotRequired[EntraCloud]
    """Microsoft cloud of the tenant. Default: ``azure``."""
    cache_seconds: NotRequired[int]
    """Seconds that users and groups are cached, 0 to 86400. Default: ``3600``."""
    graph: NotRequired[bool]
    """Whether Jenkins reads groups from Microsoft Graph, which requires the application permissions
    ``User.ReadBasic.All``, ``GroupMember.Read.All`` and ``Group.Read.All``. Otherwise groups come
    from the token. Default: ``true``."""
    logout_from_provider: NotRequired[bool]
    """Whether signing out of Jenkins also signs out of Entra ID. Default: ``true``."""
    select_account: NotRequired[bool]
    """Whether users choose an account each time they sign in. Default: ``false``."""
    domain_hint: NotRequired[str]
    """Domain of the users, which skips the selection of the account. Default: none."""
