"""Settings of authentication and authorization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator

from ...inputs import NatStrategy, Role
from ..facts import permissions
from ..load_balancer import LoadBalancerSettings
from ..network import NetworkSettings
from ..validation.arns import StoredSecretArn
from ..validation.base import Group, OutputOr, Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import matching
from .authorization import AUTHENTICATED, Grant, ItemRole, PermissionName, RoleStrategySettings
from .ldap import LdapSettings
from .load_balancer_oidc import LoadBalancerOidcSettings
from .realms import (
    EntraSettings,
    GitHubSignInSettings,
    OidcSettings,
    Realm,
    SamlSettings,
)

RESERVED_USERS = frozenset({"anonymous", "authenticated", "system", "unknown"})
"""User names that Jenkins uses itself (hudson.security.ACL, hudson.model.User), in lowercase."""
REALMS = ("oidc", "saml", "ldap", "github", "entra")
"""Names of the realms, of which at most one can be set."""


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
    admin_password_secret_arn: OutputOr[StoredSecretArn] | None = setting(
        None, valid="the ARN of a Secrets Manager secret", hidden=True
    )
    oidc: OidcSettings | None = setting(None, valid="a group")
    saml: SamlSettings | None = setting(None, valid="a group")
    ldap: LdapSettings | None = setting(None, valid="a group")
    github: GitHubSignInSettings | None = setting(None, valid="a group")
    entra: EntraSettings | None = setting(None, valid="a group")
    load_balancer_oidc: LoadBalancerOidcSettings | None = setting(None, valid="a group")
    groups: tuple[Grant, ...] | None = setting(None, valid="up to 200 groups", max_length=200)
    users: tuple[Grant, ...] = setting((), valid="up to 200 users", max_length=200)
    project_based: bool = setting(False, valid="true or false")
    role_strategy: RoleStrategySettings | None = setting(None, valid="a group")
    plugin_permissions: tuple[PermissionName, ...] = setting(
        (), valid="up to 200 names such as Lockable Resources/Unlock", max_length=200
    )

    @property
    def realms(self) -> dict[str, Realm]:
        """The realms that are set, by name. More than one is a problem."""
        realms = {name: getattr(self, name) for name in REALMS}
        return {name: realm for name, realm in realms.items() if realm is not None}

    @property
    def realm(self) -> Realm | None:
        """The realm; None if only the local administrator can sign in."""
        return next(iter(self.realms.values()), None)

    @property
    def plugins(self) -> set[str]:
        """Plugins that these settings need, besides those that every controller has."""
        realms = {realm.plugin for realm in self.realms.values() if realm.plugin}
        return realms | ({"role-strategy"} if self.role_strategy else set())

    @property
    def group_grants(self) -> tuple[Grant, ...]:
        """The grants of groups, or the default."""
        if self.groups is None:
            authenticated = Grant(name=AUTHENTICATED, role=Role.DEVELOPER)
            return () if self.realm else (authenticated,)
        return self.groups

    @property
    def granted(self) -> set[str]:
        """All permissions that are granted to any group or user."""
        items = self.role_strategy.item_roles if self.role_strategy else ()
        grants: tuple[Grant | ItemRole, ...] = (*self.group_grants, *self.users, *items)
        return {permission for grant in grants for permission in grant.all_permissions}

    @property
    def groups_without_scope(self) -> bool:
        """Whether grants to groups may have no effect, because no scope asks for groups."""
        groups = any(grant.name != AUTHENTICATED for grant in self.group_grants)
        return groups and self.oidc is not None and self.oidc.groups_without_scope

    @property
    def has_local_administrator(self) -> bool:
        """Whether the local administrator exists."""
        return self.realm is None or (self.oidc is not None and self.oidc.escape_hatch)

    @property
    def local_administrator(self) -> str | None:
        """User name of the local administrator, if it exists."""
        return self.admin_user_name if self.has_local_administrator else None

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of realms and grants."""
        first, *others = [*self.realms] or [""]
        for name in others:
            yield Problem(f"{key}.{name}", "…", f"cannot be combined with {key}.{first}")
        if self.project_based and self.role_strategy:
            yield Problem(
                f"{key}.project_based", True, f"cannot be combined with {key}.role_strategy"
            )
        for kind in ("groups", "users"):
            grants: tuple[Grant, ...] = getattr(self, kind) or ()
            yield from no_duplicates(f"{key}.{kind}", [grant.name for grant in grants], "name")
            for index, grant in enumerate(grants):
                yield from self._unknown_permissions(f"{key}.{kind}[{index}]", key, grant)
        roles = self.role_strategy.item_roles if self.role_strategy else ()
        for index, role in enumerate(roles):
            where = f"{key}.role_strategy.item_roles[{index}]"
            yield from self._unknown_permissions(where, key, role)
        yield from self._everyone_rules(key)
        if not self.has_local_administrator and not any(
            permissions.ADMINISTER in grant.all_permissions
            for grant in (*self.group_grants, *self.users)
        ):
            remedy = ", or enable oidc.escape_hatch" if self.oidc else ""
            yield Problem(
                f"{key}.groups",
                [grant.name for grant in self.groups or ()],
                f"must contain an administrator, because {first} is set. Grant the role admin to a "
                f"group or user{remedy}",
            )

    def _unknown_permissions(
        self, where: str, key: str, grant: Grant | ItemRole
    ) -> Iterator[Problem]:
        for index, permission in enumerate(grant.permissions):
            if reason := permissions.unknown(permission, self.plugin_permissions):
                yield Problem(
                    f"{where}.permissions[{index}]",
                    permission,
                    f"{reason} List those of other plugins in {key}.plugin_permissions",
                )

    def _everyone_rules(self, key: str) -> Iterator[Problem]:
        """Problems of grants to everyone with an account at a public provider."""
        if not (self.github and self.github.is_public):
            return
        for index, grant in enumerate(self.groups or ()):
            if grant.name == AUTHENTICATED:
                message = "contains everyone with a GitHub account. Grant to organizations or teams"
                yield Problem(f"{key}.groups[{index}].name", grant.name, message)
        roles = self.role_strategy.item_roles if self.role_strategy else ()
        for index, role in enumerate(roles):
            if AUTHENTICATED in role.groups:
                message = "contains everyone with a GitHub account. Grant to organizations or teams"
                where = f"{key}.role_strategy.item_roles[{index}].groups"
                yield Problem(where, AUTHENTICATED, message)


def entry_rules(
    sign_in: SignInSettings,
    load_balancer: LoadBalancerSettings,
    network: NetworkSettings,
    java_options: Sequence[str],
) -> Iterator[Problem]:
    """Problems between authentication, the load balancer, the network and the controller."""
    for name in (*REALMS, "load_balancer_oidc"):
        if getattr(sign_in, name) and not load_balancer.has_tls:
            reason = (
                "users enter the password of the directory"
                if name == "ldap"
                else "providers redirect only to HTTPS URLs"
            )
            yield Problem(
                "load_balancer.certificate", None, f"required with sign_in.{name}: {reason}"
            )
    yield from _provider_rules(sign_in, network, java_options)
    if oidc := sign_in.load_balancer_oidc:
        yield from oidc.prefix_rules("sign_in.load_balancer_oidc", load_balancer.prefix)
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
    """The problem of a controller that cannot reach the provider, from which it requests metadata,
    tokens, users or groups. An endpoint or a proxy may lead there."""
    proxy = network.proxy or any(option.startswith("-Dhttps.proxyHost=") for option in java_options)
    isolated = network.nat is NatStrategy.NONE and not network.existing
    if not isolated or network.endpoint_services or proxy:
        return
    for name, realm in sign_in.realms.items():
        if realm.connects_to_provider:
            yield Problem(
                f"sign_in.{name}",
                "…",
                "Jenkins must reach the provider, but network.nat is none. Use one-per-zone, "
                "single or public-subnets, an endpoint of the provider in "
                "network.endpoint_services, or network.proxy",
            )
