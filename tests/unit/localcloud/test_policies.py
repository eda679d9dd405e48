"""The evaluator of IAM policies, against Principal Mapper's, and where that has no answer."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from localcloud.access.policies import Effect, evaluate, statements

from harness.aws.permissions import judged

ROLE = "arn:aws:iam::123456789012:role/r"
STATEMENTS: dict[str, dict[str, Any]] = {
    "one action": {"Action": "ecs:RunTask", "Resource": "*"},
    "actions with a wildcard": {"Action": ["ecs:run*", "s3:Get?bject"], "Resource": "*"},
    "all but": {"NotAction": "ecs:*", "Resource": "*"},
    "a family": {"Action": "ecs:*", "Resource": "arn:aws:ecs:eu-central-1:1:task-definition/a-*"},
    "all but one resource": {"Action": "*", "NotResource": "arn:aws:s3:::secret/*"},
    "equal": {
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"ecs:cluster": "arn:aws:ecs:eu-central-1:1:cluster/a"}},
    },
    "not equal": {
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"ecs:cluster": "arn:aws:ecs:eu-central-1:1:cluster/a"}},
    },
    "like an ARN": {
        "Action": "*",
        "Resource": "*",
        "Condition": {"ArnLike": {"ecs:cluster": ["arn:aws:ecs:*:*:cluster/a*"]}},
    },
    "true": {
        "Action": "*",
        "Resource": "*",
        "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    },
    "two conditions": {
        "Action": "*",
        "Resource": "*",
        "Condition": {
            "StringLike": {"x:y": ["a*", "b"]},
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        },
    },
    "a missing key": {"Action": "*", "Resource": "*", "Condition": {"Null": {"x:y": "true"}}},
    "if it exists": {
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEqualsIfExists": {"x:y": "abc"}},
    },
    "a number": {
        "Action": "*",
        "Resource": "*",
        "Condition": {"NumericLessThan": {"x:n": "5"}},
    },
    "an address": {
        "Action": "*",
        "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    },
}
ACTIONS = ["ecs:RunTask", "s3:GetObject", "iam:PassRole"]
RESOURCES = [
    "arn:aws:ecs:eu-central-1:1:task-definition/a-x:1",
    "arn:aws:s3:::secret/x",
    "arn:aws:s3:::open/x",
]
CONTEXTS = [
    {},
    {"ecs:cluster": "arn:aws:ecs:eu-central-1:1:cluster/a"},
    {"ecs:cluster": "arn:aws:ecs:eu-central-1:1:cluster/b", "x:y": "abc"},
    {"kms:GrantIsForAWSResource": "true", "x:y": "b", "x:n": "4"},
    {"kms:GrantIsForAWSResource": "false", "x:y": "c", "x:n": "5", "aws:SourceIp": "10.1.2.3"},
]


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements_decide_as_principal_mapper_says(name: str) -> None:
    document = {"Statement": [{"Effect": "Allow", **STATEMENTS[name]}]}
    for action, resource, context in itertools.product(ACTIONS, RESOURCES, CONTEXTS):
        ours = evaluate(statements(document), action, resource, context) is Effect.ALLOW
        assert ours == judged(document, action, resource, context), (action, resource, context)


def test_a_deny_wins_over_every_allow() -> None:
    found = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a/*"},
    ]
    assert evaluate(found, "s3:GetObject", "arn:aws:s3:::a/b", {}) is Effect.DENY
    assert evaluate(reversed(found), "s3:GetObject", "arn:aws:s3:::a/b", {}) is Effect.DENY
    assert evaluate(found, "s3:GetObject", "arn:aws:s3:::b/b", {}) is Effect.ALLOW
    assert evaluate(found[1:], "s3:GetObject", "arn:aws:s3:::b/b", {}) is Effect.NOTHING


@pytest.mark.parametrize(
    ("principal", "applies"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ROLE}, True),
        ({"AWS": "arn:aws:iam::123456789012:root"}, True),
        ({"AWS": "123456789012"}, True),
        ({"AWS": "arn:aws:iam::123456789012:role/other"}, False),
        ({"Service": "ecs-tasks.amazonaws.com"}, False),
    ],
)
def test_the_policy_of_a_resource_is_about_its_principals(principal: Any, *, applies: bool) -> None:
    found = [{"Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": "*"}]
    effect = evaluate(found, "s3:GetObject", "arn:aws:s3:::a/b", {}, ROLE)
    assert (effect is Effect.ALLOW) == applies


def test_values_of_a_condition_may_be_many() -> None:
    def allowed(operator: str, values: list[str]) -> bool:
        condition = {operator: {"aws:TagKeys": ["a", "b"]}}
        found = [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]
        return evaluate(found, "s3:X", "*", {"aws:TagKeys": values}) is Effect.ALLOW

    assert allowed("ForAllValues:StringEquals", ["a", "b"])
    assert not allowed("ForAllValues:StringEquals", ["a", "c"])
    assert allowed("ForAnyValue:StringEquals", ["a", "c"])
    assert not allowed("ForAnyValue:StringEquals", ["c"])


def test_variables_are_filled_in() -> None:
    found = [
        {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:PrincipalAccount}/*"}
    ]
    context = {"aws:PrincipalAccount": "123"}
    assert evaluate(found, "s3:GetObject", "arn:aws:s3:::123/x", context) is Effect.ALLOW
    assert evaluate(found, "s3:GetObject", "arn:aws:s3:::124/x", context) is Effect.NOTHING
