"""The realms and the role strategy in the rendered configuration of Jenkins.

The attribute names are those of the plugins' sources, which the stand-in for Jenkins lists
(`casc.yaml`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from jenkins_platform.container_images import builds
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Settings, SettingsError

from harness.jenkins.documents import LOADER, odd_texts, render, structure, texts
from harness.stacks.parts import controller, parts
from harness.stacks.registered import container_in

KNOWN = Path(__file__).parents[2] / "images" / "standins" / "java" / "jenkins" / "casc.yaml"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:realm-AbCdEf"
VARIABLE = "${JENKINS_REALM_SECRET}"
TLS: dict[str, Any] = {
    "domain_name": "ci.example.com",
    "certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/a"},
}
ADMINS = [{"name": "admins", "role": "admin"}]
TENANT = "11111111-2222-3333-4444-555555555555"
METADATA = '<EntityDescriptor entityID="${idp}"/>'
OIDC = {
    "well_known_url": "https://id.example.com/.well-known/openid-configuration",
    "client_id": "jenkins",
    "client_secret_arn": SECRET,
}
CLIENT = {"client_id": "jenkins", "client_secret_arn": SECRET}
LDAP = {"server_url": "ldaps://ldap.example.com:636", "root_dn": "dc=example,dc=com"}
SAML_DEFAULTS = {
    "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
    "usernameCaseConversion": "none",
    "displayNameAttributeName": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "groupsAttributeName": "http://schemas.xmlsoap.org/claims/Group",
    "maximumAuthenticationLifetime": 86_400,
    "advancedConfiguration": {"forceAuthn": False},
}

REALMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "saml-url": (
        {"saml": {"metadata_url": "https://id.example.com/metadata"}},
        {
            "saml": {
                **SAML_DEFAULTS,
                "idpMetadataConfiguration": {
                    "url": "https://id.example.com/metadata",
                    "period": 1440,
                },
            }
        },
    ),
    "saml-xml": (
        {
            "saml": {
                "metadata_xml": METADATA,
                "binding": "http-post",
                "user_name_attribute": "uid",
                "user_name_case": "lowercase",
                "full_name_attribute": "cn",
                "email_attribute": "mail",
                "groups_attribute": "memberOf",
                "max_authentication_age_seconds": 3600,
                "logout_url": "https://id.example.com/bye",
                "entity_id": "urn:jenkins",
                "force_authentication": True,
                "authentication_context": "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
            }
        },
        {
            "saml": {
                "idpMetadataConfiguration": {"xml": METADATA.replace("${", "^${")},
                "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
                "usernameAttributeName": "uid",
                "usernameCaseConversion": "lowercase",
                "displayNameAttributeName": "cn",
                "emailAttributeName": "mail",
                "groupsAttributeName": "memberOf",
                "maximumAuthenticationLifetime": 3600,
                "logoutUrl": "https://id.example.com/bye",
                "advancedConfiguration": {
                    "forceAuthn": True,
                    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
                    "spEntityId": "urn:jenkins",
                },
            }
        },
    ),
    "ldap": (
        {"ldap": LDAP},
        {
            "ldap": {
                "configurations": [
                    {
                        "server": "ldaps://ldap.example.com:636",
                        "rootDN": "dc=example,dc=com",
                        "inhibitInferRootDN": True,
                        "userSearchBase": "",
                        "userSearch": "uid={0}",
                        "groupSearchBase": "",
                        "groupMembershipStrategy": {"fromGroupSearch": {"filter": ""}},
                        "displayNameAttributeName": "displayname",
                        "mailAddressAttributeName": "mail",
                    }
                ],
                "cache": {"size": 1000, "ttl": 300},
                "userIdStrategy": "caseInsensitive",
                "groupIdStrategy": "caseSensitive",
                "disableRolePrefixing": True,
            }
        },
    ),
    "active-directory": (
        {
            "ldap": {
                **LDAP,
                "server_url": "ldaps://dc1.example.com ldaps://dc2.example.com:3269",
                "bind_dn": "cn=jenkins,dc=example,dc=com",
                "bind_password_secret_arn": SECRET,
                "user_search_base": "ou=people",
                "user_search_filter": "(&(objectCategory=user)(sAMAccountName={0}))",
                "group_search_base": "ou=groups",
                "group_search_filter": "(&(objectClass=group)(cn={0}))",
                "group_membership_attribute": "memberOf",
                "full_name_attribute": "cn",
                "email_attribute": "userPrincipalName",
                "cache_seconds": 60,
            }
        },
        {
            "ldap": {
                "configurations": [
                    {
                        "server": "ldaps://dc1.example.com ldaps://dc2.example.com:3269",
                        "rootDN": "dc=example,dc=com",
                        "inhibitInferRootDN": True,
                        "managerDN": "cn=jenkins,dc=example,dc=com",
                        "managerPasswordSecret": VARIABLE,
                        "userSearchBase": "ou=people",
                        "userSearch": "(&(objectCategory=user)(sAMAccountName={0}))",
                        "groupSearchBase": "ou=groups",
                        "groupSearchFilter": "(&(objectClass=group)(cn={0}))",
                        "groupMembershipStrategy": {
                            "fromUserRecord": {"attributeName": "memberOf"}
                        },
                        "displayNameAttributeName": "cn",
                        "mailAddressAttributeName": "userPrincipalName",
                    }
                ],
                "cache": {"size": 1000, "ttl": 60},
                "userIdStrategy": "caseInsensitive",
                "groupIdStrategy": "caseSensitive",
                "disableRolePrefixing": True,
            }
        },
    ),
    "github": (
        {"github": CLIENT},
        {
            "github": {
                "githubWebUri": "https://github.com",
                "githubApiUri": "https://api.github.com",
                "clientID": "jenkins",
                "clientSecret": VARIABLE,
                "oauthScopes": "read:org,user:email",
            }
        },
    ),
    "github-enterprise": (
        {"github": {**CLIENT, "web_url": "https://git.example.com", "scopes": ["read:org"]}},
        {
            "github": {
                "githubWebUri": "https://git.example.com",
                "githubApiUri": "https://git.example.com/api/v3",
                "clientID": "jenkins",
                "clientSecret": VARIABLE,
                "oauthScopes": "read:org",
            }
        },
    ),
    "github-api": (
        {"github": {**CLIENT, "api_url": "https://api.git.example.com"}},
        {
            "github": {
                "githubWebUri": "https://github.com",
                "githubApiUri": "https://api.git.example.com",
                "clientID": "jenkins",
                "clientSecret": VARIABLE,
                "oauthScopes": "read:org,user:email",
            }
        },
    ),
    "entra": (
        {"entra": {**CLIENT, "tenant_id": TENANT}},
        {
            "azure": {
                "tenant": TENANT,
                "clientId": "jenkins",
                "clientSecret": VARIABLE,
                "cacheDuration": 3600,
                "fromRequest": False,
                "azureEnvironmentName": "Azure",
                "disableGraphIntegration": False,
                "singleLogout": True,
                "promptAccount": False,
            }
        },
    ),
    "entra-government": (
        {
            "entra": {
                **CLIENT,
                "tenant_id": TENANT,
                "cloud": "us-government-l5",
                "cache_seconds": 0,
                "graph": False,
                "logout_from_provider": False,
                "select_account": True,
                "domain_hint": "example.com",
            }
        },
        {
            "azure": {
                "tenant": TENANT,
                "clientId": "jenkins",
                "clientSecret": VARIABLE,
                "cacheDuration": 0,
                "fromRequest": False,
                "azureEnvironmentName": "Azure US Government L5 (DOD)",
                "disableGraphIntegration": True,
                "singleLogout": False,
                "promptAccount": True,
                "domainHint": "example.com",
            }
        },
    ),
}


def inputs(realm: dict[str, Any], **sign_in: Any) -> dict[str, Any]:
    return {"load_balancer": TLS, "sign_in": {"groups": ADMINS, **realm, **sign_in}}


def unknown(value: Any, known: Any, where: str) -> Iterator[str]:
    """Keys that the plugin does not have."""
    if isinstance(value, list):
        for item in value:
            yield from unknown(item, known, where)
    elif isinstance(value, dict) and known is not None:
        for key, inner in value.items():
            if key not in known:
                yield f"{where}.{key}"
            else:
                yield from unknown(inner, known[key], f"{where}.{key}")


@functools.cache
def attributes() -> Any:
    return yaml.load(KNOWN.read_text(), LOADER)["attributes"]["jenkins"]


def assert_known(document: Any) -> None:
    known = attributes()
    for key in ("securityRealm", "authorizationStrategy"):
        assert not list(unknown(document["jenkins"][key], known[key], key))


@pytest.mark.parametrize("name", REALMS)
def test_a_realm_is_rendered_with_every_input(name: str) -> None:
    realm, expected = REALMS[name]
    _, document = render(**inputs(realm))
    assert document["jenkins"]["securityRealm"] == expected
    assert_known(document)


@pytest.mark.parametrize("name", REALMS)
def test_groups_of_a_realm_are_granted_and_no_local_administrator(name: str) -> None:
    _, document = render(**inputs(REALMS[name][0]))
    assert document["jenkins"]["authorizationStrategy"]["globalMatrix"]["entries"] == [
        {"group": {"name": "admins", "permissions": ["Overall/Administer"]}}
    ]


@pytest.mark.parametrize("name", REALMS)
def test_the_task_gets_the_secret_of_the_realm_by_reference(name: str) -> None:
    realm = REALMS[name][0]
    (values,) = realm.values()
    has_secret = {"client_secret_arn", "bind_password_secret_arn"} & values.keys()
    task = container_in(parts(controller, inputs(realm)), "controller")
    found = {entry["name"]: entry["valueFrom"] for entry in task["secrets"]}
    assert found == ({"JENKINS_REALM_SECRET": SECRET} if has_secret else {})
    given = Settings.from_args("jenkins", inputs(realm))  # type: ignore[arg-type]
    assert jcasc.known(given) >= found.keys()


@pytest.mark.parametrize(
    ("sign_in", "plugin"),
    [
        ({"saml": {"metadata_url": "https://id.example.com/m"}}, "saml"),
        ({"ldap": LDAP}, "ldap"),
        ({"github": CLIENT}, "github-oauth"),
        ({"entra": {**CLIENT, "tenant_id": TENANT}}, "azure-ad"),
        ({"role_strategy": {}}, "role-strategy"),
        ({"oidc": OIDC}, ""),
    ],
)
def test_the_image_has_the_plugin_of_the_realm_with_its_dependencies(
    sign_in: dict[str, Any], plugin: str
) -> None:
    given = Settings.from_args("jenkins", inputs(sign_in))  # type: ignore[arg-type]
    assert builds.more_plugins(given) == ([plugin] if plugin else [])
    versions = builds.installed_plugins(given).versions()
    optional = {"saml", "ldap", "github-oauth", "azure-ad", "role-strategy"}
    assert versions.keys() & optional == {plugin} - {""}
    assert ("netty-api" in versions) is (plugin == "azure-ad")


OIDC_EXTRAS = {
    "post_logout_redirect_url": (
        "https://ci.example.com/bye",
        {"postLogoutRedirectUrl": "https://ci.example.com/bye"},
    ),
    "required_claim": (
        {"name": "cognito:department", "value": "it"},
        {"tokenFieldToCheckKey": '"cognito:department"', "tokenFieldToCheckValue": "it"},
    ),
    "send_scopes_in_token_request": (True, {"sendScopesInTokenRequest": True}),
    "check_token_expiration": (False, {"tokenExpirationCheckDisabled": True}),
    "clock_skew_seconds": (
        0,
        {"properties": [{"allowedTokenExpirationClockSkew": {"valueSeconds": 0}}]},
    ),
    "login_parameters": (
        {"prompt": "login", "acr_values": "${mfa}"},
        {
            "properties": [
                {
                    "loginQueryParameters": {
                        "items": [
                            {"key": "acr_values", "value": "^${mfa}"},
                            {"key": "prompt", "value": "login"},
                        ]
                    }
                }
            ]
        },
    ),
    "logout_parameters": (
        {"returnTo": "x"},
        {"properties": [{"logoutQueryParameters": {"items": [{"key": "returnTo", "value": "x"}]}}]},
    ),
}


@pytest.mark.parametrize("name", OIDC_EXTRAS)
def test_an_optional_input_of_openid_connect_adds_only_its_attributes(name: str) -> None:
    value, expected = OIDC_EXTRAS[name]
    plain = render(**inputs({"oidc": {**OIDC, "pkce": False}}))[1]
    _, document = render(**inputs({"oidc": {**OIDC, "pkce": False, name: value}}))
    before, after = (d["jenkins"]["securityRealm"]["oic"] for d in (plain, document))
    assert after == {**before, **expected}
    assert_known(document)


def roles(**sign_in: Any) -> Any:
    _, document = render(**inputs({}, **sign_in))
    assert_known(document)
    return document["jenkins"]["authorizationStrategy"]["roleBased"]["roles"]


def test_grants_become_global_roles() -> None:
    found = roles(
        role_strategy={},
        groups=[
            {"name": "ops", "role": "admin"},
            {"name": "devs", "role": "viewer"},
            {"name": "qa", "role": "viewer", "permissions": ["Job/Build"]},
        ],
        users=[{"name": "robot", "role": "viewer"}],
    )
    look = ["Overall/Read", "Job/Discover", "Job/Read", "View/Read"]
    assert found == {
        "global": [
            {
                "name": "admin",
                "permissions": ["Overall/Administer"],
                "entries": [{"user": "ecsuser"}, {"group": "ops"}],
            },
            {
                "name": "viewer",
                "permissions": look,
                "entries": [{"group": "devs"}, {"user": "robot"}],
            },
            {
                "name": "group qa",
                "permissions": [*look, "Job/Build"],
                "entries": [{"group": "qa"}],
            },
        ]
    }


def test_item_roles_have_a_pattern_and_no_global_permission() -> None:
    found = roles(
        role_strategy={
            "item_roles": [
                {
                    "name": "team a",
                    "pattern": "team-a(/.*)?",
                    "role": "viewer",
                    "permissions": ["Job/Configure"],
                    "groups": ["a"],
                    "users": ["ann"],
                }
            ]
        }
    )
    assert found["items"] == [
        {
            "name": "team a",
            "pattern": "team-a(/.*)?",
            "permissions": ["Job/Discover", "Job/Read", "View/Read", "Job/Configure"],
            "entries": [{"group": "a"}, {"user": "ann"}],
        }
    ]


def test_the_escape_hatch_administers_by_group_with_roles_too() -> None:
    sign_in = {"oidc": {**OIDC, "escape_hatch": True}, "role_strategy": {}, "groups": []}
    _, document = render(**inputs(sign_in))
    (role,) = document["jenkins"]["authorizationStrategy"]["roleBased"]["roles"]["global"]
    assert role["entries"] == [{"group": "jenkins-platform-escape-hatch"}]


def test_permissions_that_only_an_item_role_grants_are_enabled() -> None:
    item_role = {
        "name": "a",
        "pattern": "a",
        "permissions": ["Job/ExtendedRead"],
        "groups": ["a"],
    }
    sign_in = {"role_strategy": {"item_roles": [item_role]}}
    task = container_in(parts(controller, {"sign_in": sign_in}), "controller")
    (java,) = (e["value"] for e in task["environment"] if e["name"] == "JENKINS_JAVA_OPTS")
    assert "-Dhudson.security.ExtendedReadPermission=true" in java


ODD: dict[str, dict[str, Any]] = {
    "saml": {"metadata_xml": f"{METADATA} {{}}"},
    "ldap": {**LDAP, "group_membership_filter": "cn={0}{}"},
    "oidc": {
        **OIDC,
        "login_parameters": {"a": "{}"},
        "required_claim": {"name": "a", "value": "{}"},
    },
}


@pytest.mark.parametrize(
    ("cloud", "name"),
    [
        ("azure", "Azure"),
        ("china", "Azure China"),
        ("us-government-l4", "Azure US Government L4"),
        ("us-government-l5", "Azure US Government L5 (DOD)"),
    ],
)
def test_the_clouds_of_entra_id_have_the_names_of_the_plugin(cloud: str, name: str) -> None:
    realm = {"entra": {**CLIENT, "tenant_id": TENANT, "cloud": cloud}}
    _, document = render(**inputs(realm))
    assert document["jenkins"]["securityRealm"]["azure"]["azureEnvironmentName"] == name


@given(realm=st.sampled_from([*ODD]), odd=odd_texts())
def test_no_text_of_a_realm_changes_the_structure_of_the_document(realm: str, odd: str) -> None:
    def filled(value: Any, text: str) -> Any:
        if isinstance(value, dict):
            return {k: filled(v, text) for k, v in value.items()}
        return value.replace("{}", text) if isinstance(value, str) else value

    try:
        _, document = render(**inputs({realm: filled(ODD[realm], odd)}))
    except SettingsError:
        assume(False)  # refused: it never gets into a document
    _, plain = render(**inputs({realm: filled(ODD[realm], "x")}))
    assert structure(document) == structure(plain)
    assert any(odd in text for text in texts(document))
