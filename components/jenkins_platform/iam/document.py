"""Building blocks of IAM policy documents: statements, JSON text, trust policies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi

from ..outputs import when_known

Statement = dict[str, Any]
ArnInput = pulumi.Input[str]


def document(
    *statements: Statement | pulumi.Output[list[Statement]],
) -> pulumi.Output[str]:
    """The JSON text of a policy. An output of several statements counts as one argument."""

    def text(parts: list[Statement | list[Statement]]) -> str:
        flat = [s for part in parts for s in (part if isinstance(part, list) else [part])]
        return json.dumps({"Version": "2012-10-17", "Statement": flat})

    return when_known(statements, text)


def allow(
    sid: str,
    actions: Sequence[str],
    resources: ArnInput | Sequence[ArnInput],
    condition: dict[str, dict[str, Any]] | None = None,
) -> Statement:
    """A statement that allows actions on resources, under a condition if there is one."""
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources,
    }
    return statement | ({"Condition": condition} if condition else {})


def trust(account_id: ArnInput, source_arn: ArnInput) -> pulumi.Output[str]:
    """Trust policy: only ECS tasks of this account and of ``source_arn`` can assume the role."""
    return trust_service("ecs-tasks.amazonaws.com", account_id, source_arn)


def trust_jobs(
    provider: ArnInput, issuer: pulumi.Output[str], audience: str, jobs: Sequence[str]
) -> pulumi.Output[str]:
    """Trust policy: builds of these jobs can assume the role, with a token of the issuer. Names of
    jobs may end with ``*``."""

    def condition(url: str) -> dict[str, dict[str, Any]]:
        host = url.removeprefix("https://")
        return {
            "StringEquals": {f"{host}:aud": audience},
            "StringLike": {f"{host}:sub": list(jobs)},
        }

    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": issuer.apply(condition),
        }
    )


def trust_service(
    service: str, account_id: ArnInput, source_arn: ArnInput | None = None
) -> pulumi.Output[str]:
    """Trust policy: a service can assume the role for this account, and only for ``source_arn``
    where that is given."""
    condition: dict[str, dict[str, ArnInput]] = {"StringEquals": {"aws:SourceAccount": account_id}}
    if source_arn is not None:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
    )
