"""Rules for IAM: nobody may do more than a name says."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Policy

from .rule import Properties, listed, rule

POLICY_TYPES = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy")
ROLE_TYPE = "aws:iam/role:Role"

_WITHOUT_SOURCE = ("backup.amazonaws.com",)
"""Services that tell no source account when they assume a role: AWS documents no condition key for
it. Whoever starts their jobs must be allowed to pass the role, which is never from elsewhere."""
UNSCOPED = (
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
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
"""Actions for which the Service Authorization Reference lists no resource types."""


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
            yield "allows everything but a list (NotAction). List what is needed"
        for action in listed(statement.get("Action")):
            if action == "*" or action.endswith(":*"):
                yield f"allows '{action}'. List the actions that are really called"


def _wildcard_resources(props: Properties) -> Iterator[str]:
    for statement in _allowed(props):
        if "NotResource" in statement:
            yield "allows all resources but a list (NotResource). List what is needed"
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
                yield f"may pass any role ('{resource}'). Name the roles, or a path of their own"
        conditions = statement.get("Condition") or {}
        if not any("iam:PassedToService" in keys for keys in conditions.values()):
            yield "may pass roles to any service. Add the condition iam:PassedToService"


def _trust(props: Properties) -> Iterator[str]:
    for statement in statements(props.get("assumeRolePolicy")):
        principal = statement.get("Principal") or {}
        if principal == "*" or "*" in listed(dict(principal).get("AWS")):
            yield "may be assumed by anybody. Name the principal"
        services = listed(dict(principal).get("Service")) if principal != "*" else []
        services = [s for s in services if s not in _WITHOUT_SOURCE]
        keys = {key for keys in (statement.get("Condition") or {}).values() for key in keys}
        if services and not keys & {"aws:SourceAccount", "aws:SourceArn"}:
            yield (
                f"may be assumed by {', '.join(services)} on behalf of any account. "
                "Add the condition aws:SourceAccount"
            )


POLICIES: list[Policy] = [
    rule(
        "iam-no-wildcard-actions",
        "Policies name the actions that they allow.",
        POLICY_TYPES,
        _wildcard_actions,
    ),
    rule(
        "iam-no-wildcard-resources",
        "Policies name resources wherever the service knows resources for the action.",
        POLICY_TYPES,
        _wildcard_resources,
    ),
    rule(
        "iam-pass-role-scoped",
        "iam:PassRole names roles and the service that they are passed to.",
        POLICY_TYPES,
        _pass_role,
    ),
    rule(
        "iam-trust-scoped",
        "Roles can be assumed by known principals only, and by services for this account only.",
        (ROLE_TYPE,),
        _trust,
    ),
]
