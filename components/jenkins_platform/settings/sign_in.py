"""Settings of authentication and authorization."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator

from ..inputs import NatStrategy, Role
from . import limits, permissions
from .arns import SecretArn, StoredSecretArn
from .base import Group, OutputOr, Problem, setting
from .listener_conditions import portions, wildcards
from .load_balancer import LoadBalancerSettings
from .network import NetworkSettings
from .rules import no_duplicates
from .values import HttpsUrl, Text, matching

AUTHENTICATED = "authenticated"
"""Jenkins's group of all authenticated users."""
RESERVED_USERS = frozenset({"anonymous", "authenticated", "system", "unknown"})
"""User names that Jenkins uses itself (hudson.security.ACL, hudson.model.User), in lowercase."""
BYPASS_PATHS = (
    # Agents.
    "/wsagents/*",
    "/tcpSlaveAgentListener/*",
    "/jnlpJars/*",
    "/computer/*/jenkins-agent.jnlp",
    # Webhooks.
    "/github-webhook/*",
    "/gitlab-webhook/*",
    "/project/*",
    "/bitbucket-hook/*",
    "/bitbucket-scmsource-hook/*",
    "/git/notifyCommit*",
    "/generic-webhook-trigger/*",
    "/multibranch-webhook-trigger/*",
    "/health/",
)
_GROUP_SCOPE = re.compile("group|role", re.IGNORECASE)
Name = Annotated[Text, matching(r"\S(.{0,198}\S)?", "up to 200 characters on one line")]
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
PermissionName = Annotated[
    str, matching(r"[A-Za-z][A-Za-z ]*/[A-Za-z]+", "a permission like Job/Read")
]


def _wildcards(path: str) -> str:
    if wildcards(path) > (most := limits.CONDITION_WILDCARDS.maximum):
        raise ValueError(f"has more than {most} wildcards")
    return path


PathPattern = Annotated[
    str,
    matching(
        r"/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}",
        "a path like /github-webhook/*, of up to 128 letters, digits and _-.$/~\"'@:+&*?",
    ),
    AfterValidator(_wildcards),
]


class Grant(Group):
    """See `GrantArgs`."""

    name: Name = setting(valid="the name of a group or user")
    role: Role | None = setting(None, valid="admin, developer or viewer")
    permissions: tuple[PermissionName, ...] = setting((), valid="a list such as Job/Read")

    @property
    def all_permissions(self) -> tuple[str, ...]:
        """The permissions of the role, then the others, each once."""
        of_role = permissions.OF_ROLE[self.role] if self.role else ()
        return tuple(dict.fromkeys((*of_role, *self.permissions)))

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of an empty grant or of unauthenticated users."""
        if not self.all_permissions:
            yield Problem(key, self.name, "must have a role, permissions or both")
        if self.name == "anonymous":
            yield Problem(
                f"{key}.name",
                self.name,
                "is not supported: unauthenticated users have no permissions",
            )


class OidcSettings(Group):
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
        ("openid", "profile", "email"), valid="a list of scopes", min_length=1, max_length=20
    )
    user_name_claim: Claim = setting("preferred_username", valid="the name of a claim")
    groups_claim: Claim = setting("groups", valid="the name of a claim")
    full_name_claim: Claim = setting("name", valid="the name of a claim")
    email_claim: Claim = setting("email", valid="the name of a claim")
    pkce: bool = setting(True, valid="true or false")
    nonce: bool = setting(True, valid="true or false")
    logout_from_provider: bool = setting(True, valid="true or false")
    api_tokens_outlive_session: bool = setting(True, valid="true or false")
    escape_hatch: bool = setting(False, valid="true or false")


class LoadBalancerOidcSettings(Group):
    """See `LoadBalancerOidcArgs`."""

    issuer: HttpsUrl = setting(valid="an HTTPS URL")
    authorization_endpoint: HttpsUrl = setting(valid="an HTTPS URL")
    token_endpoint: HttpsUrl = setting(valid="an HTTPS URL")
    user_info_endpoint: HttpsUrl = setting(valid="an HTTPS URL")
    client_id: OutputOr[ClientId] = setting(valid="the client ID at the provider")
    client_secret_arn: OutputOr[StoredSecretArn] = setting(
        valid="the ARN of a Secrets Manager secret", hidden=True
    )
    scopes: Scopes = setting(("openid",), valid="a list of scopes", min_length=1, max_length=20)
    session_timeout_seconds: int = setting(43_200, valid="60 to 604800 seconds", ge=60, le=604_800)
    paths: tuple[PathPattern, ...] = setting((), valid="a list of paths", max_length=60)
    bypass_paths: tuple[PathPattern, ...] = setting(
        BYPASS_PATHS, valid="a list of paths", max_length=60
    )
    bypass_api: bool = setting(False, valid="true or false")

    @property
    def bypass_conditions(self) -> list[list[str]]:
        """The bypassed paths, a list for each listener rule."""
        return list(portions(self.bypass_paths))

    @property
    def path_conditions(self) -> list[list[str]]:
        """The guarded paths, a list for each listener rule."""
        return list(portions(self.paths))


def _not_reserved(value: str) -> str:
    if value.lower() in RESERVED_USERS:
        raise ValueError("is reserved by Jenkins")
    return value


class SignInSettings(Group):
    """See `SignInArgs`."""

    admin_user_name: Annotated[
        str,
        matching(r"[A-Za-z][A-Za-z0-9._-]{0,63}", "a letter, then letters, digits, '.', '_', '-'"),
        AfterValidator(_not_reserved),
    ] = setting("ecsuser", valid="up to 64 letters, digits, '.', '_' and '-'")
    oidc: OidcSettings | None = setting(None, valid="a group")
    load_balancer_oidc: LoadBalancerOidcSettings | None = setting(None, valid="a group")
    groups: tuple[Grant, ...] | None = setting(None, valid="a list of groups", max_length=200)
    users: tuple[Grant, ...] = setting((), valid="a list of users", max_length=200)
    project_based: bool = setting(False, valid="true or false")
    plugin_permissions: tuple[PermissionName, ...] = setting(
        (), valid="a list such as Lockable Resources/Unlock", max_length=200
    )

    @property
    def group_grants(self) -> tuple[Grant, ...]:
        """The grants of groups, or the default."""
        if self.groups is None:
            authenticated = Grant(name=AUTHENTICATED, role=Role.DEVELOPER)
            return () if self.oidc else (authenticated,)
        return self.groups

    @property
    def granted(self) -> set[str]:
        """All permissions that are granted to any group or user."""
        grants = (*self.group_grants, *self.users)
        return {permission for grant in grants for permission in grant.all_permissions}

    @property
    def groups_without_scope(self) -> bool:
        """Whether grants to groups may have no effect, because no scope asks for groups."""
        groups = any(grant.name != AUTHENTICATED for grant in self.group_grants)
        scopes = self.oidc.scopes if self.oidc else ()
        return bool(self.oidc and groups) and not any(_GROUP_SCOPE.search(s) for s in scopes)

    @property
    def has_local_administrator(self) -> bool:
        """Whether the local administrator exists."""
        return self.oidc is None or self.oidc.escape_hatch

    @property
    def local_administrator(self) -> str | None:
        """User name of the local administrator, if it exists."""
        return self.admin_user_name if self.has_local_administrator else None

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of grants."""
        for kind in ("groups", "users"):
            grants: tuple[Grant, ...] = getattr(self, kind) or ()
            yield from no_duplicates(f"{key}.{kind}", [grant.name for grant in grants], "name")
            for index, grant in enumerate(grants):
                for position, permission in enumerate(grant.permissions):
                    if reason := permissions.unknown(permission, self.plugin_permissions):
                        where = f"{key}.{kind}[{index}].permissions[{position}]"
                        yield Problem(
                            where,
                            permission,
                            f"{reason} List those of other plugins in {key}.plugin_permissions",
                        )
        if not self.has_local_administrator and permissions.ADMINISTER not in self.granted:
            yield Problem(
                f"{key}.groups",
                [grant.name for grant in self.groups or ()],
                "must contain an administrator, because oidc is set. Grant the role admin to a "
                "group or user, or enable oidc.escape_hatch",
            )


def entry_rules(
    sign_in: SignInSettings,
    load_balancer: LoadBalancerSettings,
    network: NetworkSettings,
    java_options: Sequence[str],
) -> Iterator[Problem]:
    """Problems between authentication, the load balancer, the network and the controller."""
    for name in ("oidc", "load_balancer_oidc"):
        if getattr(sign_in, name) and not load_balancer.has_tls:
            yield Problem(
                "load_balancer.certificate",
                None,
                f"required with sign_in.{name}: providers redirect only to HTTPS URLs",
            )
    yield from _provider_rules(sign_in, network, java_options)
    without_nat = (NatStrategy.NONE, NatStrategy.PUBLIC_SUBNETS)
    if (
        sign_in.load_balancer_oidc
        and load_balancer.internal
        and not network.existing
        and network.nat in without_nat
    ):
        yield Problem(
            "sign_in.load_balancer_oidc",
            "…",
            "an internal load balancer must reach the provider over a NAT gateway, but "
            f"network.nat is {network.nat.value}. Use one-per-zone or single",
        )


def _provider_rules(
    sign_in: SignInSettings, network: NetworkSettings, java_options: Sequence[str]
) -> Iterator[Problem]:
    """The problem of a controller that cannot reach the provider: it requests the discovery
    document, tokens and user info (oic-auth). An endpoint or a proxy may lead there."""
    proxy = any(option.startswith("-Dhttps.proxyHost=") for option in java_options)
    isolated = network.nat is NatStrategy.NONE and not network.existing
    if sign_in.oidc and isolated and not network.endpoint_services and not proxy:
        yield Problem(
            "sign_in.oidc",
            "…",
            "Jenkins must reach the provider, but network.nat is none. Use one-per-zone, single or "
            "public-subnets, an endpoint of the provider in network.endpoint_services, or a proxy "
            "in controller.java_options (-Dhttps.proxyHost=…)",
        )
