"""Every input of each realm that authenticates users."""

from __future__ import annotations

from typing import Any

_SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:realm-AbCdEf"
_CLIENT = {"client_id": "jenkins", "client_secret_arn": _SECRET}

REALMS: dict[str, dict[str, Any]] = {
    "oidc": {
        **_CLIENT,
        "well_known_url": "https://id.example.com/.well-known/openid-configuration",
        "scopes": ["openid"],
        "user_name_claim": "email",
        "groups_claim": "roles",
        "full_name_claim": "nick",
        "email_claim": "mail",
        "pkce": False,
        "nonce": False,
        "logout_from_provider": True,
        "post_logout_redirect_url": "https://ci.example.com/bye",
        "login_parameters": {"prompt": "login"},
        "logout_parameters": {"locale": "en"},
        "required_claim": {"name": "department", "value": "it"},
        "send_scopes_in_token_request": True,
        "check_token_expiration": False,
        "clock_skew_seconds": 30,
        "api_tokens_outlive_session": False,
        "escape_hatch": True,
    },
    "saml": {
        "metadata_url": "https://id.example.com/metadata",
        "metadata_refresh_minutes": 60,
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
    },
    "ldap": {
        "server_url": "ldaps://ldap.example.com:636",
        "root_dn": "dc=example,dc=com",
        "bind_dn": "cn=jenkins,dc=example,dc=com",
        "bind_password_secret_arn": _SECRET,
        "user_search_base": "ou=people",
        "user_search_filter": "sAMAccountName={0}",
        "group_search_base": "ou=groups",
        "group_search_filter": "(&(objectClass=group)(cn={0}))",
        "group_membership_attribute": "memberOf",
        "full_name_attribute": "cn",
        "email_attribute": "userPrincipalName",
        "cache_seconds": 60,
    },
    "github": {
        **_CLIENT,
        "web_url": "https://git.example.com",
        "api_url": "https://api.git.example.com",
        "scopes": ["read:org"],
    },
    "entra": {
        **_CLIENT,
        "tenant_id": "11111111-2222-3333-4444-555555555555",
        "cloud": "us-government-l5",
        "cache_seconds": 0,
        "graph": False,
        "logout_from_provider": False,
        "select_account": True,
        "domain_hint": "example.com",
    },
}
