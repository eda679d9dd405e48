"""Listener rules: what users reach before and after they sign in at the load balancer."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.settings.sign_in.listener_conditions import portions

from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role

RULE = "aws:lb/listenerRule:ListenerRule"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
OIDC = {
    "issuer": "https://id.example.com",
    "authorizationEndpoint": "https://id.example.com/authorize",
    "tokenEndpoint": "https://id.example.com/token",
    "userInfoEndpoint": "https://id.example.com/me",
    "clientId": "balancer",
    "scope": "openid",
    "sessionTimeout": 43200,
    "onUnauthenticatedRequest": "authenticate",
}
FORWARD = {"type": "forward", "order": 2, "targetGroupArn": f"{ARN}:jenkins-web"}
GUARDED: dict[str, Any] = {
    **EVERYTHING,
    "sign_in": {
        "load_balancer_oidc": {
            **EVERYTHING["sign_in"]["load_balancer_oidc"],
            "paths": ["/job/*", "/view/*"],
            "bypass_api": False,
        }
    },
}


def test_everything_else_needs_a_session_of_the_load_balancer() -> None:
    listener = by_role("aws:lb/listener:Listener", EVERYTHING)["https"]
    authenticate, forward = listener.inputs["defaultActions"]
    assert (authenticate["type"], authenticate["order"]) == ("authenticate-oidc", 1)
    assert OIDC.items() <= authenticate["authenticateOidc"].items()
    assert forward == FORWARD


def test_the_client_secret_is_read_from_secrets_manager_and_kept_encrypted() -> None:
    listener = by_role("aws:lb/listener:Listener", EVERYTHING)["https"]
    oidc = listener.inputs["defaultActions"][0]["authenticateOidc"]
    assert "value of arn:aws:secretsmanager" in oidc["clientSecret"]
    assert listener.secrets == ("defaultActions",)


def test_api_clients_bypass_the_sign_in_from_their_ranges_only() -> None:
    ranges = [f"203.0.113.{i}/32" for i in range(4)]
    limited: dict[str, Any] = {
        **EVERYTHING,
        "sign_in": {
            "load_balancer_oidc": {
                **EVERYTHING["sign_in"]["load_balancer_oidc"],
                "bypass_paths": [],
                "bypass_api": True,
                "bypass_api_cidrs": ranges,
            }
        },
    }
    rules = {role: r.inputs for role, r in by_role(RULE, limited).items() if role != "wake-page"}
    own = {"httpHeader": {"httpHeaderName": "Authorization", "values": ["Basic *", "Bearer *"]}}
    assert {role: rule["conditions"] for role, rule in rules.items()} == {
        "bypass-0": [own, {"sourceIp": {"values": ranges[:3]}}],
        "bypass-1": [own, {"sourceIp": {"values": ranges[3:]}}],
    }


def test_paths_bypass_the_sign_in_from_their_ranges_only() -> None:
    ranges = [f"203.0.113.{i}/32" for i in range(3)]
    limited: dict[str, Any] = {
        **EVERYTHING,
        "sign_in": {
            "load_balancer_oidc": {
                **EVERYTHING["sign_in"]["load_balancer_oidc"],
                "bypass_api": False,
                "bypass_paths": ["/a", "/b", "/c", "/d"],
                "bypass_path_cidrs": ranges,
            }
        },
    }
    rules = {role: r.inputs for role, r in by_role(RULE, limited).items() if role != "wake-page"}
    first, second = ({"sourceIp": {"values": part}} for part in (ranges[:2], ranges[2:]))
    paths, last = ({"pathPattern": {"values": part}} for part in (["/a", "/b", "/c"], ["/d"]))
    assert {role: rule["conditions"] for role, rule in rules.items()} == {
        "bypass-0": [paths, first],
        "bypass-1": [paths, second],
        "bypass-2": [last, first],
        "bypass-3": [last, second],
    }


def test_requests_with_credentials_and_webhooks_bypass_the_sign_in() -> None:
    rules = {role: r.inputs for role, r in by_role(RULE, EVERYTHING).items() if role != "wake-page"}
    assert {role: rule["priority"] for role, rule in rules.items()} == {
        f"bypass-{index}": 10 + index for index in range(6)
    }
    assert [rule["actions"] for rule in rules.values()] == [[FORWARD]] * 6
    assert {rule["listenerArn"] for rule in rules.values()} == {f"{ARN}:jenkins-https"}
    assert rules["bypass-0"]["conditions"] == [
        {"httpHeader": {"httpHeaderName": "Authorization", "values": ["Basic *", "Bearer *"]}}
    ]
    paths = [
        path
        for index in range(1, 6)
        for path in rules[f"bypass-{index}"]["conditions"][0]["pathPattern"]["values"]
    ]
    assert paths == [
        "/wsagents/*",
        "/tcpSlaveAgentListener/*",
        "/jnlpJars/*",
        "/computer/*/jenkins-agent.jnlp",
        "/github-webhook/*",
        "/gitlab-webhook/*",
        "/project/*",
        "/bitbucket-hook/*",
        "/bitbucket-scmsource-hook/*",
        "/git/notifyCommit*",
        "/generic-webhook-trigger/*",
        "/multibranch-webhook-trigger/*",
        "/health/",
    ]


BELOW: dict[str, Any] = {
    **EVERYTHING,
    "load_balancer": {**EVERYTHING["load_balancer"], "path_prefix": "/jenkins"},
}


def test_paths_that_bypass_the_sign_in_follow_the_path_of_jenkins() -> None:
    rules = {role: r.inputs["conditions"] for role, r in by_role(RULE, BELOW).items()}
    assert rules["bypass-1"] == [
        {
            "pathPattern": {
                "values": [
                    "/jenkins/wsagents/*",
                    "/jenkins/tcpSlaveAgentListener/*",
                    "/jenkins/jnlpJars/*",
                ]
            }
        }
    ]
    assert rules["bypass-0"] == by_role(RULE, EVERYTHING)["bypass-0"].inputs["conditions"]
    assert "/jenkins/health/" in rules["bypass-5"][0]["pathPattern"]["values"]
    listener = by_role("aws:lb/listener:Listener", BELOW)["https"]
    oidc = listener.inputs["defaultActions"][0]["authenticateOidc"]
    assert oidc["sessionCookieName"] == "JenkinsEntrance_jenkins"


def test_the_root_of_the_name_leads_to_the_path_of_jenkins() -> None:
    root = by_role(RULE, BELOW)["root"].inputs
    assert root["priority"] == 3
    assert root["listenerArn"] == f"{ARN}:jenkins-https"
    assert root["conditions"] == [{"pathPattern": {"values": ["/"]}}]
    assert root["actions"] == [
        {"type": "redirect", "redirect": {"path": "/jenkins/", "statusCode": "HTTP_302"}}
    ]
    assert "root" not in by_role(RULE, EVERYTHING)
    wake_page = by_role(RULE, BELOW)["wake-page"].inputs
    hidden = "/jenkins/jenkins-platform/asleep"
    assert wake_page["conditions"] == [{"pathPattern": {"values": [hidden]}}]


def test_an_authorization_header_does_not_bypass_the_sign_in_by_default() -> None:
    oidc = dict(EVERYTHING["sign_in"]["load_balancer_oidc"])
    del oidc["bypass_api"]
    rules = by_role(RULE, {**EVERYTHING, "sign_in": {"load_balancer_oidc": oidc}})
    fields = {field for rule in rules.values() for c in rule.inputs["conditions"] for field in c}
    assert fields == {"pathPattern"}


def test_only_the_named_paths_need_a_session_when_there_are_any() -> None:
    listener = by_role("aws:lb/listener:Listener", GUARDED)["https"]
    assert listener.inputs["defaultActions"] == [FORWARD]
    guard = by_role(RULE, GUARDED)["guard-0"].inputs
    assert guard["conditions"] == [{"pathPattern": {"values": ["/job/*", "/view/*"]}}]
    assert [action["type"] for action in guard["actions"]] == ["authenticate-oidc", "forward"]
    headers = [
        condition
        for rule in by_role(RULE, GUARDED).values()
        for condition in rule.inputs["conditions"]
        if "httpHeader" in condition
    ]
    assert headers == []


@pytest.mark.parametrize(
    ("paths", "rules"),
    [
        ([], []),
        (["/a"], [["/a"]]),
        (["/a", "/b", "/c", "/d"], [["/a", "/b", "/c"], ["/d"]]),
        # A rule takes five wildcards.
        (["/*/*/*", "/*/*", "/*"], [["/*/*/*", "/*/*"], ["/*"]]),
        (["/?/?/?", "/?/?/?"], [["/?/?/?"], ["/?/?/?"]]),
    ],
)
def test_paths_are_split_by_the_limits_of_a_rule(paths: list[str], rules: list[list[str]]) -> None:
    assert list(portions(paths)) == rules
