"""Rules that bypass the sign-in at the load balancer: five values each, which AWS allows (Elastic
Load Balancing, quotas of Application Load Balancers), and every path from every range."""

from __future__ import annotations

from itertools import product

import pytest
from jenkins_platform.settings.sign_in.load_balancer_oidc import LoadBalancerOidcSettings

MOST_VALUES = 5
OF_CREDENTIALS = 2
"""Forms of the header ``Authorization``."""
PATHS = ["/a", "/b", "/c", "/d"]
RANGES = [f"203.0.113.{number}/32" for number in range(7)]
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "user_info_endpoint")
SIGN_IN = LoadBalancerOidcSettings.model_validate(
    {
        **dict.fromkeys(ENDPOINTS, "https://id.example.com"),
        "client_id": "jenkins",
        "client_secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-AbCdEf",
        "bypass_paths": PATHS,
        "bypass_path_cidrs": RANGES,
        "bypass_api": True,
        "bypass_api_cidrs": RANGES,
    }
)


@pytest.mark.parametrize(("shared", "rules"), [(False, 2 * 4), (True, 2 * 7)])
def test_a_rule_for_paths(shared: bool, rules: int) -> None:
    found = SIGN_IN.bypass_conditions(shared)
    assert sorted(p for paths, ranges in found for p in product(paths, ranges)) == sorted(
        product(PATHS, RANGES)
    )
    assert max(len(paths) + len(ranges) + shared for paths, ranges in found) <= MOST_VALUES
    assert len(found) == rules


@pytest.mark.parametrize(
    ("shared", "below_path", "rules"),
    [(False, False, 3), (True, False, 4), (False, True, 4), (True, True, 7)],
)
def test_a_rule_for_credentials(shared: bool, below_path: bool, rules: int) -> None:
    found = SIGN_IN.api_conditions(shared, below_path)
    assert [block for ranges in found for block in ranges] == RANGES
    longest = max(map(len, found))
    assert OF_CREDENTIALS + longest + shared + below_path <= MOST_VALUES
    assert len(found) == rules
