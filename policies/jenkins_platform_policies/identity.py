"""Rules for IAM policies and roles."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Policy

from .rule import Properties, listed, rule

POLICY_TYPES = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy")
ROLE_TYPE = "aws:iam/role:Role"

_WITHOUT_SOURCE = ("backup.amazonaws.com", "ec2.amazonaws.com", "ecs.amazonaws.com")
"""Services for which AWS documents no condition key when they assume a role: AWS Backup, EC2 for
instance profiles, ECS for infrastructure roles. Principals that start their work need iam:PassRole,
which never applies across accounts."""
UNSCOPED = (
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:DiscoverPollEndpoint",
    "ecs:ListTaskDefinitions",
    "ec2:Describe*",
    "elasticloadbalancing:Describe*",
    "cloudwatch:PutMetricData",
    "cloudwatch:GetMetricData",
    "logs:CreateLogDelivery",
    "logs:*LogDelivery",
    "secretsmanager:ListSecrets",
    "secretsmanager:BatchGetSecretValue",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "sts:GetCallerIdentity",
    "tag:GetResources",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""Actions without resource types in the Service Authorization Reference."""


def statements(document: Any) -> list[dict[str, Any]]:
    """The statements of a policy given as JSON text or as a mapping."""
    parsed = json.loads(document) if isinstance(document, str) else document
    return [dict(s) for s in listed((parsed or {}).get("Statement"))]


def _allowed(props: Properties) -> Iterator[dict[str, Any]]:
    for statement in statements(props.get("policy")):
        if statement.get("Effect") == "Allow":
            yield statement


def _wildcard_actions(props: Properties) -> Iterator[str]:
    for statement in _allowed(props):
        if "NotAction" in statement:
            yield "allows all actions except a list (NotAction). List the required actions"
        for action in listed(statement.get("Action")):
            if action == "*" or action.endswith(":*"):
                yield f"allows '{action}'. List the required actions"


def _wildcard_resources(props: Properties) -> Iterator[str]:
    for statement in _allowed(props):
        if "NotResource" in statement:
            yield "allows all resources except a list (NotResource). List the required resources"
        if "*" not in listed(statement.get("Resource")):
            continue
        for action in listed(statement.get("Action")):
            if not any(fnmatch.fnmatchcase(action, known) for known in UNSCOPED):
                yield f"allows '{action}' on every resource ('*'). Name the ARNs"


def _pass_role(props: Properties) -> Iterator[str]:
    for statement in _allowed(props):
        if "iam:PassRole" not in listed(statement.get("Action")):
            continue
        for resource in listed(statement.get("Resource")):
            if resource == "*" or resource.endswith(":role/*"):
                yield f"can pass any role ('{resource}'). Name the roles, or an IAM path"
        conditions = statement.get("Condition") or {}
        if not any("iam:PassedToService" in keys for keys in conditions.values()):
            yield "can pass roles to any service. Add the condition iam:PassedToService"


def _trust(props: Properties) -> Iterator[str]:
    for statement in statements(props.get("assumeRolePolicy")):
        principal = statement.get("Principal") or {}
        if principal == "*" or "*" in listed(dict(principal).get("AWS")):
            yield "can be assumed by any principal. Name the principal"
        services = listed(dict(principal).get("Service")) if principal != "*" else []
        services = [s for s in services if s not in _WITHOUT_SOURCE]
        keys = {key for keys in (statement.get("Condition") or {}).values() for key in keys}
        if services and not keys & {"aws:SourceAccount", "aws:SourceArn"}:
            yield (
                f"can be assumed by {', '.join(services)} on behalf of any account. "
                "Add the condition aws:SourceAccount"
            )


POLICIES: list[Policy] = [
    rule(
        "iam-no-wildcard-actions",
        "Policies list the actions that they allow.",
        POLICY_TYPES,
        _wildcard_actions,
    ),
    rule(
        "iam-no-wildcard-resources",
        "Policies name resources if the service supports resource ARNs for the action.",
        POLICY_TYPES,
        _wildcard_resources,
    ),
    rule(
        "iam-pass-role-scoped",
        "iam:PassRole names the roles and the service.",
        POLICY_TYPES,
        _pass_role,
    ),
    rule(
        "iam-trust-scoped",
        "Roles can be assumed by named principals only, and by services for this account only.",
        (ROLE_TYPE,),
        _trust,
    ),
]
