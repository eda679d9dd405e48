"""Limits of AWS that botocore does not check before it sends."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from localcloud.providers import model_limits

SESSION = botocore.session.get_session()


def problems(service: str, call: str, parameters: dict[str, Any]) -> list[str]:
    model = SESSION.get_service_model(service)
    (operation,) = [n for n in model.operation_names if n.lower() == call.replace("_", "")]
    shape = model.operation_model(operation).input_shape
    return list(model_limits.problems(service, call, parameters, shape))


def policy(length: int) -> str:
    """An indented document that has ``length`` characters without white space."""
    return json.dumps({"Id": "x" * (length - len('{"Id":""}'))}, indent=4)


@pytest.mark.parametrize(
    ("service", "call", "valid", "invalid", "expected"),
    [
        (
            "elbv2",
            "create_rule",
            {"Priority": 50000},
            {"Priority": 50001},
            "Priority is 50001, but AWS allows at most 50000",
        ),
        (
            "efs",
            "create_file_system",
            {"ThroughputMode": "elastic"},
            {"ThroughputMode": "fast"},
            "ThroughputMode must be one of bursting, elastic, provisioned",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "a" * 64},
            {"RoleName": "a" * 65},
            "RoleName has 65 characters, but AWS allows at most 64",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "a+b"},
            {"RoleName": "a/b"},
            r"RoleName must match [\w+=,.@-]+",
        ),
        (
            "sqs",
            "create_queue",
            {"tags": {str(n): "" for n in range(50)}},
            {"tags": {str(n): "" for n in range(51)}},
            "tags has 51 items, but AWS allows at most 50",
        ),
        (
            "ecs",
            "register_task_definition",
            {"containerDefinitions": [{}] * 10},
            {"containerDefinitions": [{}] * 11},
            "containers: 11, but AWS allows 10 (Amazon ECS service quotas)",
        ),
        (
            "elbv2",
            "create_rule",
            {"Conditions": [{"HostHeaderConfig": {"Values": list("abc")}}, {"Values": list("de")}]},
            {
                "Conditions": [
                    {"HostHeaderConfig": {"Values": list("abc")}},
                    {"Values": list("def")},
                ]
            },
            "values of all conditions: 6, but AWS allows 5 (quotas of Application Load Balancers)",
        ),
        (
            "iam",
            "put_role_policy",
            {"PolicyDocument": policy(10240)},
            {"PolicyDocument": policy(10241)},
            "characters of the inline policy without white space: 10241, but AWS allows 10240"
            " (IAM quotas)",
        ),
        (
            "ssm",
            "put_parameter",
            {"Tier": "Advanced", "Value": "x" * 4097},
            {"Tier": "Standard", "Value": "x" * 4097},
            "characters of the parameter: 4097, but AWS allows 4096"
            " (quotas of Systems Manager, standard tier)",
        ),
    ],
)
def test_a_limit_is_reached_but_not_exceeded(
    service: str, call: str, valid: dict[str, Any], invalid: dict[str, Any], expected: str
) -> None:
    assert problems(service, call, valid) == []
    assert problems(service, call, invalid) == [expected]


def test_a_pattern_written_for_java_accepts_letters_of_every_alphabet() -> None:
    tags = [{"key": "équipe", "value": "größe 1"}]
    assert problems("ecs", "tag_resource", {"tags": tags}) == []
    assert problems("ecs", "tag_resource", {"tags": [{"key": "a", "value": "x" * 257}]}) == [
        "tags[0].value has 257 characters, but AWS allows at most 256"
    ]


def test_ids_of_route_53_may_have_their_prefix() -> None:
    assert problems("route53", "get_hosted_zone", {"Id": f"/hostedzone/{'Z' * 32}"}) == []
    assert problems("route53", "get_hosted_zone", {"Id": "Z" * 33})


def test_every_call_with_a_limit_exists() -> None:
    for name in model_limits._table():
        service, call = name.split(".")
        names = SESSION.get_service_model(service).operation_names
        assert call.replace("_", "") in {n.lower() for n in names}, name


def test_messages_do_not_show_values() -> None:
    (message,) = problems("secretsmanager", "put_secret_value", {"SecretString": "s3cret" * 20000})
    assert "s3cret" not in message
