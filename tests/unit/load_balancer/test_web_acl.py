"""The web ACL: its rules, their actions, and what its log leaves out."""

from __future__ import annotations

from typing import Any

from harness.inputs.lean import SMALL
from harness.stacks.parts import load_balancer, parts
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, of_type, one

ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
EXISTING = f"arn:aws:wafv2:eu-central-1:{ACCOUNT}:regional/webacl/ours/11111111"


def visibility(metric: str) -> dict[str, Any]:
    return {
        "cloudwatchMetricsEnabled": True,
        "metricName": metric,
        "sampledRequestsEnabled": True,
    }


def managed(priority: int, name: str, counted: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "priority": priority,
        "overrideAction": {"none": {}},
        "statement": {
            "managedRuleGroupStatement": {
                "vendorName": "AWS",
                "name": name,
                "ruleActionOverrides": [
                    {"name": rule, "actionToUse": {"count": {}}} for rule in counted
                ],
            }
        },
        "visibilityConfig": visibility(name),
    }


def test_the_web_acl_blocks_floods_and_applies_the_managed_rules() -> None:
    acl = inputs(one(ACL, EVERYTHING))
    assert acl["rules"] == [
        {
            "name": "rate-limit",
            "priority": 0,
            "action": {"block": {}},
            "statement": {
                "rateBasedStatement": {
                    "limit": 5000,
                    "evaluationWindowSec": 300,
                    "aggregateKeyType": "IP",
                }
            },
            "visibilityConfig": visibility("rate-limit"),
        },
        managed(1, "AWSManagedRulesCommonRuleSet", ["SizeRestrictions_BODY"]),
        managed(
            2,
            "AWSManagedRulesKnownBadInputsRuleSet",
            ["JavaDeserializationRCE_BODY", "ExploitablePaths_URIPATH"],
        ),
    ]
    assert acl["scope"] == "REGIONAL"
    assert acl["defaultAction"] == {"allow": {}}
    assert acl["visibilityConfig"] == visibility("web-acl")


def test_the_web_acl_is_on_the_load_balancer() -> None:
    assert inputs(one(ASSOCIATION, EVERYTHING)) == {
        "webAclArn": f"{ARN}:jenkins-web-acl",
        "resourceArn": f"{ARN}:jenkins-alb",
    }


def test_the_log_leaves_out_headers_with_credentials() -> None:
    log = by_role("aws:cloudwatch/logGroup:LogGroup", EVERYTHING)["web-acl"]
    # AWS WAF requires this prefix.
    assert log.inputs["name"] == "aws-waf-logs-jenkins-abcdef"
    assert log.inputs["retentionInDays"] == 30
    assert log.inputs["kmsKeyId"] == f"{ARN}:jenkins-logs"
    logging = one("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", EVERYTHING)
    assert inputs(logging) == {
        "resourceArn": f"{ARN}:jenkins-web-acl",
        "logDestinationConfigs": [f"{ARN}:jenkins-web-acl"],
        "redactedFields": [
            {"singleHeader": {"name": name}}
            for name in ("authorization", "cookie", "x-amzn-oidc-data", "x-amzn-oidc-accesstoken")
        ],
    }


def test_the_log_is_kept_for_the_days_of_the_input() -> None:
    args = {**SMALL, "load_balancer": {"web_acl": {"log_retention_days": 90}}}
    log = of_type(parts(load_balancer, args), "aws:cloudwatch/logGroup:LogGroup")["web-acl"]
    assert log.inputs["retentionInDays"] == 90


def test_an_existing_web_acl_is_used_as_it_is() -> None:
    args = {**SMALL, "load_balancer": {"web_acl": {"existing": EXISTING}}}
    found = parts(load_balancer, args)
    assert of_type(found, ACL) == {}
    (association,) = of_type(found, ASSOCIATION).values()
    assert association.inputs["webAclArn"] == EXISTING


def test_no_web_acl_by_default() -> None:
    assert by_role(ASSOCIATION) == {}
