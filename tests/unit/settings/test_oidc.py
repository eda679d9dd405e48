"""Settings of OpenID Connect that the configuration of the plugin depends on."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.settings.sign_in.realms import OidcSettings

NOTHING = {
    "well_known_url": "https://id.example.com/.well-known/openid-configuration",
    "client_id": "jenkins",
    "client_secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:oidc-AbCdEf",
    "pkce": False,
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, False),
        ({"pkce": True}, True),
        ({"nonce": False}, True),
        ({"clock_skew_seconds": 0}, True),
        ({"login_parameters": {"a": "b"}}, True),
        ({"logout_parameters": {"a": "b"}}, True),
        ({"escape_hatch": True}, True),
        ({"check_token_expiration": False}, False),
    ],
    ids=str,
)
def test_the_plugin_gets_properties_only_if_there_are_any(
    given: dict[str, Any], expected: bool
) -> None:
    assert OidcSettings.model_validate({**NOTHING, **given}).has_properties is expected


@pytest.mark.parametrize(
    ("scopes", "without"),
    [(["openid"], True), (["openid", "groups"], False), (["openid", "ROLES"], False)],
)
def test_groups_need_a_scope(scopes: list[str], without: bool) -> None:
    found = OidcSettings.model_validate({**NOTHING, "scopes": scopes})
    assert found.groups_without_scope is without
