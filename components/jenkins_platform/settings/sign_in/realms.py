"""Settings of the realms that authenticate users. At most one of them is set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

import pulumi
from pydantic import AfterValidator

from ...inputs import EntraCloud, SamlBinding, UserNameCase
from ..validation.arns import SecretArn
from ..validation.base import Group, OutputOr, Problem, setting
from ..validation.values import HttpsUrl, Text, matching

GITHUB_URL = "https://github.com"
MAX_METADATA = 200_000
"""Characters of SAML metadata."""
OIDC_PARAMETERS = frozenset(
    [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    ]
)
"""Parameters of authorization requests that identify the request (OpenID Connect Core 1.0, section
3.1.2.1, and RFC 7636)."""
OIDC_LOGOUT_PARAMETERS = frozenset({"id_token_hint", "post_logout_redirect_uri", "state"})
"""Parameters of logout requests that the plugin sets (OicSecurityRealm)."""

_GROUP_SCOPE = re.compile("group|role", re.IGNORECASE)
_ATTRIBUTE = r"[!-~]{1,200}"
Scope = Annotated[str, matching(r"[!#-\[\]-~]{1,200}", "a scope without spaces")]


def _with_openid(scopes: tuple[str, ...]) -> tuple[str, ...]:
    if "openid" not in scopes:
        raise ValueError("must include openid (OpenID Connect Core 1.0, section 3.1.2.1)")
    return scopes


Scopes = Annotated[tuple[Scope, ...], AfterValidator(_with_openid)]
Claim = Annotated[
    str,
    matching(r"[A-Za-z0-9_.:/-]{1,200}", "the name of a claim, or a path like realm_access.roles"),
]
ClientId = Annotated[Text, matching(r"\S{1,255}", "an ID without spaces")]
QueryParameters = dict[
    Annotated[str, matching(r"[A-Za-z0-9_.-]{1,100}", "the name of a query parameter")],
    Annotated[Text, matching(r"[^\n]{1,500}", "up to 500 characters on one line")],
]
Attribute = Annotated[str, matching(_ATTRIBUTE, "the name of an attribute without spaces")]
BaseUrl = Annotated[HttpsUrl, matching(r".*[^/]", "an HTTPS URL without a trailing slash")]


def _metadata(value: str) -> str:
    if len(value) > MAX_METADATA:
        raise ValueError(f"must be at most {MAX_METADATA} characters")
    if "EntityDescriptor" not in value:
        raise ValueError("must contain an EntityDescriptor (SAML 2.0 Metadata, section 2.3.2)")
    if "<!DOCTYPE" in value:
        raise ValueError("must not contain a document type declaration")
    return value


class Realm(Group):
    """What all realms have in common."""

    plugin: ClassVar[str | None] = None
    """Plugin that only this realm needs."""
    secret_input: ClassVar[str] = "client_secret_arn"  # noqa: S105  the name of an input
    """The input with the ARN of its secret, if it has one."""

    @property
    def secret_arn(self) -> str | pulumi.Output[str] | None:
        """ARN of the realm's secret, if it has one."""
        return getattr(self, self.secret_input, None)

    @property
    def id_at_provider(self) -> str | pulumi.Output[str]:
        """ID of Jenkins at the provider; empty without one."""
        return getattr(self, "client_id", "")

    @property
    def connects_to_provider(self) -> bool:
        """Whether Jenkins itself must reach a provider on the internet."""
        return True


class RequiredClaim(Group):
    """See `RequiredClaimArgs`."""

    name: Claim = setting(valid="the name of a claim")
    value: Annotated[Text, matching(r"[^\n]{1,200}", "up to 200 characters on one line")] = setting(
        valid="the value of the claim"
    )


class OidcSettings(Realm):
    """See `OidcArgs`."""

    well_known_url: Annotated[
        HttpsUrl,
        matching(
            r".*/\.well-known/openid-configuration",
            "a URL that ends with /.well-known/openid-configuration",
        ),
    ] = setting(valid="a URL that ends with /.well-known/openid-configuration")
    client_id: OutputOr[ClientId] = setting(valid="the client ID at the provider")
    client_secret_arn: OutputOr[SecretArn] = setting(valid="the ARN of a secret", hidden=True)
    scopes: Scopes = setting(
        ("openid", "profile", "email"), valid="1 to 20 scopes", min_length=1, max_length=20
    )
    user_name_claim: Claim = setting("preferred_username", valid="the name of a claim")
    groups_claim: Claim = setting("groups", valid="the name of a claim")
    full_name_claim: Claim = setting("name", valid="the name of a claim")
    email_claim: Claim = setting("email", valid="the name of a claim")
    pkce: bool = setting(True, valid="true or false")
    nonce: bool = setting(True, valid="true or false")
    logout_from_provider: bool = setting(True, valid="true or false")
    post_logout_redirect_url: HttpsUrl | None = setting(None, valid="an HTTPS URL")
    login_parameters: QueryParameters = setting(
        {}, valid="up to 20 query parameters by name", max_length=20
    )
    logout_parameters: QueryParameters = setting(
        {}, valid="up to 20 query parameters by name", max_length=20
    )
    required_claim: RequiredClaim | None = setting(None, valid="a claim and its value")
    send_scopes_in_token_request: bool = setting(False, valid="true or false")
    check_token_expiration: bool = setting(True, valid="true or false")
    clock_skew_seconds: int | None = setting(None, valid="0 to 600 seconds", ge=0, le=600)
    api_tokens_outlive_session: bool = setting(True, valid="true or false")
    escape_hatch: bool = setting(False, valid="true or false")

    @property
    def has_properties(self) -> bool:
        """Whether the plugin gets any of its properties."""
        return bool(
            self.pkce
            or not self.nonce
            or self.clock_skew_seconds is not None
            or self.login_parameters
            or self.logout_parameters
            or self.escape_hatch
        )

    @property
    def groups_without_scope(self) -> bool:
        """Whether no scope requests groups."""
        return not any(_GROUP_SCOPE.search(scope) for scope in self.scopes)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of inputs for signing out, and of parameters that the plugin sets."""
        for name in ("post_logout_redirect_url", "logout_parameters"):
            if (value := getattr(self, name)) and not self.logout_from_provider:
                yield Problem(f"{key}.{name}", value, "is only valid with logout_from_provider")
        for name in sorted(self.login_parameters.keys() & OIDC_PARAMETERS):
            yield Problem(f"{key}.login_parameters.{name}", "…", "is set by the plugin oic-auth")
        for name in sorted(self.logout_parameters.keys() & OIDC_LOGOUT_PARAMETERS):
            yield Problem(f"{key}.logout_parameters.{name}", "…", "is set by the plugin oic-auth")


class SamlSettings(Realm):
    """See `SamlArgs`."""

    plugin = "saml"

    metadata_url: HttpsUrl | None = setting(None, valid="an HTTPS URL")
    metadata_xml: Annotated[Text, AfterValidator(_metadata)] | None = setting(
        None, valid="the XML text of SAML metadata"
    )
    metadata_refresh_minutes: int = setting(1440, valid="1 to 10080 minutes", ge=1, le=10_080)
    binding: SamlBinding = setting(SamlBinding.HTTP_REDIRECT, valid="http-redirect or http-post")
    user_name_attribute: Attribute | None = setting(None, valid="the name of an attribute")
    user_name_case: UserNameCase = setting(UserNameCase.NONE, valid="none, lowercase or uppercase")
    full_name_attribute: Attribute = setting(
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        valid="the name of an attribute",
    )
    email_attribute: Attribute | None = setting(None, valid="the name of an attribute")
    groups_attribute: Attribute = setting(
        "http://schemas.xmlsoap.org/claims/Group", valid="the name of an attribute"
    )
    max_authentication_age_seconds: int = setting(
        86_400, valid="60 to 31536000 seconds", ge=60, le=31_536_000
    )
    logout_url: HttpsUrl | None = setting(None, valid="an HTTPS URL")
    entity_id: Annotated[str, matching(r"[!-~]{1,1024}", "a URI")] | None = setting(
        None, valid="a URI"
    )
    force_authentication: bool = setting(False, valid="true or false")
    authentication_context: Annotated[str, matching(r"[!-~]{1,1024}", "a URI")] | None = setting(
        None, valid="a URI"
    )

    @property
    def connects_to_provider(self) -> bool:
        """Only to download metadata."""
        return self.metadata_url is not None

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the metadata."""
        if (self.metadata_url is None) is (self.metadata_xml is None):
            yield Problem(key, "…", "must set exactly one of metadata_url and metadata_xml")
        if "metadata_refresh_minutes" in self.model_fields_set and self.metadata_url is None:
            yield Problem(
                f"{key}.metadata_refresh_minutes",
                self.metadata_refresh_minutes,
                "is only valid with metadata_url",
            )


class GitHubSignInSettings(Realm):
    """See `GitHubSignInArgs`."""

    plugin = "github-oauth"

    client_id: OutputOr[ClientId] = setting(valid="the client ID of the OAuth app")
    client_secret_arn: OutputOr[SecretArn] = setting(valid="the ARN of a secret", hidden=True)
    web_url: BaseUrl = setting(GITHUB_URL, valid="an HTTPS URL")
    api_url: BaseUrl | None = setting(None, valid="an HTTPS URL")
    scopes: tuple[Scope, ...] = setting(
        ("read:org", "user:email"), valid="1 to 20 scopes", min_length=1, max_length=20
    )

    @property
    def is_public(self) -> bool:
        """Whether anyone can have an account."""
        return self.web_url == GITHUB_URL

    @property
    def effective_api_url(self) -> str:
        """The API's URL, or its default."""
        default = "https://api.github.com" if self.is_public else f"{self.web_url}/api/v3"
        return self.api_url or default


class EntraSettings(Realm):
    """See `EntraArgs`."""

    plugin = "azure-ad"

    tenant_id: Annotated[
        str,
        matching(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID in lowercase"),
    ] = setting(valid="the ID of the tenant, a UUID")
    client_id: OutputOr[ClientId] = setting(valid="the application (client) ID")
    client_secret_arn: OutputOr[SecretArn] = setting(valid="the ARN of a secret", hidden=True)
    cloud: EntraCloud = setting(EntraCloud.AZURE, valid=", ".join(c.value for c in EntraCloud))
    cache_seconds: int = setting(3600, valid="0 to 86400 seconds", ge=0, le=86_400)
    graph: bool = setting(True, valid="true or false")
    logout_from_provider: bool = setting(True, valid="true or false")
    select_account: bool = setting(False, valid="true or false")
    domain_hint: Annotated[str, matching(r"[A-Za-z0-9.-]{1,253}", "a domain")] | None = setting(
        None, valid="a domain such as example.com"
    )
