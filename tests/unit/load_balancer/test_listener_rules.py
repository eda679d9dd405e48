"""Listener rules: what users reach before and after they sign in at the load balancer."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.settings.sign_in.listener_conditions import portions
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.stacks.parts import load_balancer, parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, of_type

RULE = "aws:lb/listenerRule:ListenerRule"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
CERTIFICATE = f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/abc"
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
OIDC_INPUTS = EVERYTHING["sign_in"]["load_balancer_oidc"]


def registered(oidc: dict[str, Any], **args: Any) -> list[Registration]:
    """The load balancer with these inputs of signing in at it."""
    inputs = {
        **SMALL,
        "load_balancer": {"certificate": {"existing": CERTIFICATE}},
        "sign_in": {"load_balancer_oidc": oidc},
        **args,
    }
    return parts(load_balancer, inputs)


def conditions(**oidc: Any) -> dict[str, Any]:
    """Conditions of the rules by role, with further inputs of signing in."""
    found = of_type(registered({**OIDC_INPUTS, **oidc}), RULE)
    return {role: rule.inputs["conditions"] for role, rule in found.items()}


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
    own = {"httpHeader": {"httpHeaderName": "Authorization", "values": ["Basic *", "Bearer *"]}}
    assert conditions(bypass_paths=[], bypass_api=True, bypass_api_cidrs=ranges) == {
        "bypass-0": [own, {"sourceIp": {"values": ranges[:3]}}],
        "bypass-1": [own, {"sourceIp": {"values": ranges[3:]}}],
    }


def test_paths_bypass_the_sign_in_from_their_ranges_only() -> None:
    ranges = [f"203.0.113.{i}/32" for i in range(3)]
    bypassed = ["/a", "/b", "/c", "/d"]
    first, second = ({"sourceIp": {"values": part}} for part in (ranges[:2], ranges[2:]))
    paths, last = ({"pathPattern": {"values": part}} for part in (["/a", "/b", "/c"], ["/d"]))
    assert conditions(bypass_api=False, bypass_paths=bypassed, bypass_path_cidrs=ranges) == {
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


@pytest.fixture(scope="module")
def below() -> list[Registration]:
    """The load balancer of a Jenkins below a path of its name, with a wake page."""
    return registered(
        OIDC_INPUTS,
        load_balancer={"certificate": {"existing": CERTIFICATE}, "path_prefix": "/jenkins"},
        schedule={"wake_page": True},
    )


def test_paths_that_bypass_the_sign_in_follow_the_path_of_jenkins(
    below: list[Registration],
) -> None:
    rules = {role: r.inputs["conditions"] for role, r in of_type(below, RULE).items()}
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
    listener = of_type(below, "aws:lb/listener:Listener")["https"]
    oidc = listener.inputs["defaultActions"][0]["authenticateOidc"]
    assert oidc["sessionCookieName"] == "JenkinsEntrance_jenkins"


def test_the_root_of_the_name_leads_to_the_path_of_jenkins(below: list[Registration]) -> None:
    root = of_type(below, RULE)["root"].inputs
    assert root["priority"] == 3
    assert root["listenerArn"] == f"{ARN}:jenkins-https"
    assert root["conditions"] == [{"pathPattern": {"values": ["/"]}}]
    assert root["actions"] == [
        {"type": "redirect", "redirect": {"path": "/jenkins/", "statusCode": "HTTP_302"}}
    ]
    assert "root" not in by_role(RULE, EVERYTHING)
    wake_page = of_type(below, RULE)["wake-page"].inputs
    hidden = "/jenkins/jenkins-platform/asleep"
    assert wake_page["conditions"] == [{"pathPattern": {"values": [hidden]}}]


def test_rules_of_a_created_load_balancer_are_replaced_without_a_gap() -> None:
    rules = by_role(RULE, EVERYTHING)
    assert {rule.delete_before_replace for rule in rules.values()} == {False}


def test_an_authorization_header_does_not_bypass_the_sign_in_by_default() -> None:
    oidc = dict(OIDC_INPUTS)
    del oidc["bypass_api"]
    rules = of_type(registered(oidc), RULE)
    fields = {field for rule in rules.values() for c in rule.inputs["conditions"] for field in c}
    assert fields == {"pathPattern"}


def test_only_the_named_paths_need_a_session_when_there_are_any() -> None:
    guarded = registered({**OIDC_INPUTS, "paths": ["/job/*", "/view/*"], "bypass_api": False})
    listener = of_type(guarded, "aws:lb/listener:Listener")["https"]
    assert listener.inputs["defaultActions"] == [FORWARD]
    rules = of_type(guarded, RULE)
    guard = rules["guard-0"].inputs
    assert guard["conditions"] == [{"pathPattern": {"values": ["/job/*", "/view/*"]}}]
    assert [action["type"] for action in guard["actions"]] == ["authenticate-oidc", "forward"]
    headers = [
        condition
        for rule in rules.values()
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
